"""Rows of a result → JSON lines on the pipe or in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sangtin.cli.terminal import say
from sangtin.errors import InputError, UsageError

# Broken lines that are named one by one; the rest are counted.
NAMED = 10


def line(row: Mapping[str, object]) -> str:
    """One JSON line; characters that UTF-8 cannot hold (lone surrogates) are escaped."""
    written = json.dumps(row, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        written = json.dumps(row)
    return written + "\n"


@contextmanager
def writing(output: Path | None, file: Path) -> Iterator[TextIO]:
    """Where the rows made of `file` go: the pipe unless `output` names a file.

    UsageError where it can't be written, or is `file` itself, which would be lost before it is read.
    """
    if output is None:
        yield sys.stdout
        return
    if output.exists() and file.exists() and output.samefile(file):
        raise UsageError(f"{output} is what is read. Choose another --output.")
    try:
        opened = output.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot write {output} ({error.strerror}). Choose another --output.") from None
    with opened:
        yield opened


class Broken:
    """The rows that could not be read: the first are named at once, all are counted at the end."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, error: object) -> None:
        """Remember a row's error, if it has one."""
        if error:
            self.count += 1
            if self.count <= NAMED:
                say(str(error))

    def end(self) -> None:
        """InputError if there was one."""
        if self.count:
            lines = "1 line" if self.count == 1 else f"{self.count:,} lines"
            raise InputError(f"{lines} could not be read; the rows say why. The others are answered.")
