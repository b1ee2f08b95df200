"""A card on disk → what it says, or a sentence that says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from sangtin.errors import InputError

Said = TypeVar("Said", bound=BaseModel)


def read_json(file: Path, kind: type[Said]) -> Said:
    """Read a JSON file of a model folder; InputError where it is missing or does not hold a `kind`."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{file} is missing: the model folder is not whole. Copy or train it again."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"{file} is damaged ({where}: {first['msg']}). Copy or train the model again."
        ) from None
