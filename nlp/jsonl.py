"""A JSONL file, gzipped or not, or a pipe → its objects, one at a time, each with its place."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Protocol

from sangtin.errors import InputError, UsageError

# A line is held in memory whole; posts are some kilobytes, and hostile lines end here.
LONGEST_LINE = 64 << 20
BOM = b"\xef\xbb\xbf"


class _Lines(Protocol):
    """A stream of bytes that is read line by line."""

    def readline(self, size: int, /) -> bytes: ...


Found = dict[str, object] | InputError


def objects(file: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Each object of `file` ('-' is standard input) with its `file:line`; blank lines are passed over.

    InputError names the line that is not UTF-8, not JSON, not an object or too long.
    """
    for where, found in rows(file):
        if isinstance(found, InputError):
            raise found
        yield where, found


def rows(file: Path) -> Iterator[tuple[str, Found]]:
    """The same, with an InputError in the place of a line that is no object; the lines after it follow."""
    named = "standard input" if str(file) == "-" else str(file)
    number = 0
    try:
        with _opened(file) as stream:
            for line in _lines(stream):
                number += 1
                if line is None or line.removeprefix(BOM).strip():
                    yield f"{named}:{number}", _object(line, f"{named}:{number}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        what = f"{named} is not a whole gzip file ({error}). Copy it again."
        yield f"{named}:{number + 1}", InputError(what)


def _lines(stream: _Lines) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is never held whole."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line
            continue
        yield None
        while not line.endswith(b"\n") and (line := stream.readline(LONGEST_LINE + 1)):
            pass


def _opened(file: Path) -> AbstractContextManager[_Lines]:
    if str(file) == "-":
        return nullcontext(_unpacked(sys.stdin.buffer))
    if not file.is_file():
        raise UsageError(f"{file} is not there or is not a file. Check the path.")
    return gzip.open(file) if file.suffix == ".gz" else _unpacked(file.open("rb"))


def _unpacked(stream: BinaryIO) -> BinaryIO | gzip.GzipFile:
    """The stream itself, or what a gzip stream holds."""
    peek = getattr(stream, "peek", None)
    packed = peek is not None and peek(2)[:2] == b"\x1f\x8b"
    return gzip.GzipFile(fileobj=stream) if packed else stream


def _object(line: bytes | None, where: str) -> Found:
    if line is None:
        return InputError(f"{where} is longer than {LONGEST_LINE >> 20} MB. Remove the line.")
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return InputError(f"{where} is not UTF-8. Convert the file to UTF-8, or remove the line.")
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else str(error)
        return InputError(f"{where} is not JSON ({said}). Mend or remove the line.")
    if not isinstance(value, dict):
        return InputError(f'{where} is not a JSON object. Each line must be one, like {{"id":1,"text":"…"}}.')
    return value
