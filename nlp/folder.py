"""A model folder on disk ↔ what it says of itself. A folder is never changed once it has a name."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from nlp.cards import read_json
from nlp.hub import fetched, is_published
from nlp.huggingface import CONFIG, read_config
from sangtin.errors import InputError, MissingError, UsageError

CARD = "model.json"
PHOBERT = "phobert"  # type and name of the reader in a folder of Hugging Face's layout
HASH_LENGTH = 8  # hex digits in a name: 4 billion, for a handful of models a day


class Step(BaseModel):
    """One reader of a model. It settles a text whose likeliest label reaches its threshold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    type: str
    thresholds: dict[str, float] | None = Field(
        default=None, description="Least probability per label; None, or a label left out: settles none."
    )


class ModelCard(BaseModel):
    """model.json: the readers in order, what they answer, the hash of every file and of the data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(ge=1, le=1)
    name: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{8}$")
    labels: tuple[str, ...] = Field(min_length=1)
    readers: tuple[Step, ...] = Field(min_length=1)
    data: str = Field(description="SHA-256 of the rows that trained it and chose its thresholds.")
    flags: dict[str, float] = Field(default_factory=dict, description="Least chance that raises each flag.")
    files: dict[str, str] = Field(description="SHA-256 of each other file.")

    @property
    def made(self) -> date:
        """The day in the name."""
        return date.fromisoformat(self.name[:10])


@dataclass(frozen=True, slots=True)
class Plain:
    """A folder of weights without a model.json: one reader that settles nothing."""

    name: str
    labels: tuple[str, ...]
    readers: tuple[Step, ...]


def write_card(
    folder: Path,
    day: date,
    readers: tuple[Step, ...],
    meaning: tuple[tuple[str, ...], str],
    *,
    flags: dict[str, float] | None = None,
) -> ModelCard:
    """Seal `folder`, whose readers are written, with a model.json. `meaning` is (labels, data hash)."""
    labels, data = meaning
    files = {
        str(f.relative_to(folder)): _hash(f)
        for f in sorted(folder.rglob("*"))
        if f.is_file() and f.name != CARD
    }
    draft = ModelCard(
        format=1,
        name=f"{day}-{'0' * HASH_LENGTH}",
        labels=labels,
        readers=readers,
        data=data,
        flags=flags or {},
        files=files,
    )
    card = draft.model_copy(update={"name": f"{day}-{_digest(draft)}"})
    (folder / CARD).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return card


def read_card(folder: Path) -> ModelCard:
    """Read and check model.json and the hash of every file it names."""
    file = folder / CARD
    if not file.is_file():
        raise MissingError(
            f"{folder} is not a model folder: it has no {CARD}. Train one with `sangtin train fit`, "
            "or name one that `sangtin model list` shows."
        )
    card = read_json(file, ModelCard)
    _check(folder, card)
    return card


def is_plain(folder: Path) -> bool:
    """Whether a folder holds weights in Hugging Face's layout, and no model.json."""
    return (folder / CONFIG).is_file() and not (folder / CARD).is_file()


def read_plain(folder: Path) -> Plain:
    """What a plain folder's config says of it; its weights are not looked at."""
    labels = dict.fromkeys(one.label for one in read_config(folder).classes)
    return Plain(folder.name, tuple(labels), (Step(name=PHOBERT, type=PHOBERT),))


def find(name: str, models: Path, shipped: Path) -> Path:
    """The folder that `name` means: a path, `shipped`, a model in `models`, or published weights."""
    if name == "shipped":
        return shipped
    for folder in (models / name, Path(name).expanduser()):
        if (folder / CARD).is_file() or (folder / CONFIG).is_file():
            # "." and ".." are no names, and a folder's name becomes a model's.
            return folder if folder.name not in ("", "..") else folder.resolve()
    if is_published(name):
        return fetched(name, models)
    for folder, card in held(models, shipped):
        if card.name == name:
            return folder
    raise UsageError(
        f"There is no model {name!r}: neither a folder with a {CARD} or a {CONFIG}, nor one under {models}. "
        "`sangtin model list` shows what there is."
    )


def held(models: Path, shipped: Path) -> list[tuple[Path, ModelCard]]:
    """The shipped model, then the whole ones in `models`, oldest first; damaged ones are left out, and what
    a copy left half-made, whose name begins with a dot."""
    found = []
    for file in [shipped / CARD, *models.glob(f"[!.]*/{CARD}")]:
        with contextlib.suppress(InputError, MissingError):
            found.append((file.parent, read_card(file.parent)))
    return found[:1] + sorted(found[1:], key=lambda pair: pair[1].name)


def held_plain(models: Path) -> list[tuple[Path, Plain]]:
    """The plain folders in `models` that tell labels apart, by name; damaged ones are left out."""
    found = []
    for file in sorted(models.glob(f"[!.]*/{CONFIG}")):
        with contextlib.suppress(InputError, MissingError, UsageError):
            if is_plain(file.parent) and (plain := read_plain(file.parent)).labels:
                found.append((file.parent, plain))
    return found


def _check(folder: Path, card: ModelCard) -> None:
    unknown = {label for step in card.readers for label in step.thresholds or ()} - set(card.labels)
    if unknown:
        raise InputError(
            f"{folder / CARD} has thresholds for labels it does not know: {', '.join(sorted(unknown))}."
        )
    for name, wanted in card.files.items():
        file = folder / name
        if not _inside(file, folder):
            raise InputError(f"{file} is missing: the model folder is not whole. Copy or train it again.")
        if _hash(file) != wanted:
            raise InputError(f"{file} was changed after the model was made. Copy or train it again.")
    if card.name[-HASH_LENGTH:] != _digest(card):
        raise InputError(f"{folder / CARD} was changed after the model was made. Copy or train it again.")


def _inside(file: Path, folder: Path) -> bool:
    """Whether there is such a file in the folder; a name that no file can have is of none."""
    try:
        return file.resolve().is_relative_to(folder.resolve()) and file.is_file()
    except (ValueError, OSError):
        return False


def _digest(card: ModelCard) -> str:
    hidden = {"name"} if card.flags else {"name", "flags"}  # a card without flags has the name it always had
    said = json.dumps(card.model_dump(exclude=hidden), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:HASH_LENGTH]


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
