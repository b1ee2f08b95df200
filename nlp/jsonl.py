"""A JSONL file, gzipped or not, or a pipe → its objects, one at a time, each with its place."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from sangtin.errors import InputError, UsageError

# A line is held in memory whole; posts are some kilobytes, and hostile lines end here.
LONGEST_LINE = 64 << 20
BOM = b"\xef\xbb\xbf"


class _Lines(Protocol):
    """A stream of bytes that is read line by line."""

    def readline(self, size: int, /) -> bytes: ...


def objects(file: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Each object of `file` ('-' is standard input) with its `file:line`; blank lines are passed over.

    InputError names the line that is not UTF-8, not JSON, not an object or too long.
    """
    named = "standard input" if str(file) == "-" else str(file)
    try:
        with _opened(file) as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if stripped := line.removeprefix(BOM).strip():
                    yield f"{named}:{number}", _object(stripped, f"{named}:{number}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{named} is not a whole gzip file ({error}). Copy it again.") from None


def _opened(file: Path) -> AbstractContextManager[_Lines]:
    if str(file) == "-":
        return nullcontext(sys.stdin.buffer)
    if not file.is_file():
        raise UsageError(f"{file} is not there or is not a file. Check the path.")
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")


def _object(line: bytes, where: str) -> dict[str, object]:
    if len(line) > LONGEST_LINE:
        raise InputError(f"{where} is longer than {LONGEST_LINE >> 20} MB. Remove the line.")
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError(f"{where} is not UTF-8. Convert the file to UTF-8, or remove the line.") from None
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"{where} is not JSON ({said}). Mend or remove the line.") from None
    if not isinstance(value, dict):
        raise InputError(f'{where} is not a JSON object. Each line must be one, like {{"id":1,"text":"…"}}.')
    return value
