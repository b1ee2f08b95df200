"""A file that is whole when it is there: written beside its place, and moved into it at the end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from sangtin.errors import UsageError


@contextlib.contextmanager
def arriving(file: Path) -> Iterator[Path]:
    """Where to write what is to be `file`; nothing is left of it when the block fails.

    UsageError where `file` has no folder, or is one.
    """
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent}. Make it, or write somewhere else.")
    if file.is_dir():
        raise UsageError(f"{file} is a folder. Name a file in it.")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
