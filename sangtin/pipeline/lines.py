"""A file, gzipped or not → its lines as bytes, in bounded memory, whatever the file holds."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sangtin.errors import UsageError
from sangtin.pipeline.reasons import Reason, RowError

# Facebook's posts end at 63,206 characters, the longest of the large networks; escaped in JSON that is
# 6 bytes each, with room for what else a row holds. A longer row is no post, and is never held in memory.
LONGEST_ROW = 1 << 20
# Deflate reaches 1,032:1 (zlib, technical details), posts 3:1 to 13:1 (the development data), one long post
# over and over 245:1. Small files are let through: what they unpack to is harmless.
GZIP_RATIO = 400
GZIP_FREE = 16 << 20
# Twenty times the archive of 4.7 million posts that this was built for, at 700 bytes a row.
GZIP_LARGEST = 64 << 30
# How often the two bounds are looked at, in unpacked bytes.
_STRIDE = 1 << 20
_PEEKED = 4096
_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF8_BOM = b"\xef\xbb\xbf"
_GZIP_MAGIC = b"\x1f\x8b"
# What people hand over instead of a file of lines, by its first bytes.
_OTHER = (
    (b"PK\x03\x04", "a ZIP archive or an Excel file; unpack it, or save it as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save it as CSV UTF-8"),
    (b"PAR1", "a Parquet file; convert it to JSONL"),
    (b"SQLite format 3\x00", "an SQLite database; export its table as CSV"),
    (b"BZh", "a bzip2 file; unpack it with bunzip2"),
    (b"\xfd7zXZ\x00", "an xz file; unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it with unzstd"),
    (b"%PDF", "a PDF file"),
)


class LineFile:
    """The lines of a file, once, from its start. Errors of the content are RowErrors that end the file."""

    def __init__(self, file: Path) -> None:
        """Open a file. UsageError where there is none, or none that may be read."""
        self.name = file.name
        self._raw = _opened(file)
        self.size = file.stat().st_size
        self._unpacked = 0
        self._checked = _STRIDE
        self._stream: io.BufferedIOBase = self._raw
        self.gzipped = self._raw.peek(2)[:2] == _GZIP_MAGIC
        if self.gzipped:
            self._stream = gzip.GzipFile(fileobj=self._raw, mode="rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._raw.close()

    @property
    def offset(self) -> int:
        """How many bytes of the file, as it lies on the disk, were read so far."""
        return self._raw.tell() if not self._raw.closed else self.size

    def head(self) -> bytes:
        """The first bytes, unpacked, without a UTF-8 byte order mark; nothing is consumed but that mark.

        RowError where they are no lines in UTF-8.
        """
        start = self._peek()
        if not start:
            raise RowError(Reason.EMPTY_FILE, "it holds nothing")
        for magic, what in _OTHER:
            if start.startswith(magic):
                raise RowError(Reason.ENCODING, f"it is {what}")
        for mark, name in _BOMS:
            if start.startswith(mark):
                raise RowError(Reason.ENCODING, _convert(name))
        if start[: _PEEKED // 8].count(0) * 4 > len(start[: _PEEKED // 8]):
            raise RowError(Reason.ENCODING, _convert("UTF-16"))
        if start.startswith(_UTF8_BOM):
            self._stream.read(len(_UTF8_BOM))
            start = start[len(_UTF8_BOM) :]
        return start

    def lines(self) -> Iterator[bytes | None]:
        """Each line with its end, None for one longer than LONGEST_ROW."""
        while line := self._readline():
            if len(line) > LONGEST_ROW and not line.endswith(b"\n"):
                self._skip_line()
                yield None
            else:
                yield line

    def _peek(self) -> bytes:
        try:
            return self._stream.peek(_PEEKED)[:_PEEKED]  # type: ignore[attr-defined, no-any-return]  # both have it
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _broken(error) from None

    def _readline(self) -> bytes:
        try:
            line = self._stream.readline(LONGEST_ROW + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _broken(error) from None
        self._unpacked += len(line)
        if self.gzipped and self._unpacked > self._checked:
            self._checked = self._unpacked + _STRIDE
            self._check_ratio()
        return line

    def _skip_line(self) -> None:
        while (rest := self._readline()) and not rest.endswith(b"\n"):
            pass

    def _check_ratio(self) -> None:
        if self._unpacked > GZIP_LARGEST:
            raise RowError(Reason.BOMB, f"it unpacks to more than {GZIP_LARGEST >> 30} GiB; split it")
        if self._unpacked > GZIP_FREE and self._unpacked > GZIP_RATIO * self._raw.tell():
            raise RowError(
                Reason.BOMB,
                f"it unpacks to more than {GZIP_RATIO} times its size; unpack it yourself if it is yours",
            )


def identity(file: Path) -> str:
    """SHA-256 of a file's bytes as they lie on the disk, in hex, streamed."""
    with _opened(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _opened(file: Path) -> io.BufferedReader:
    try:
        if file.is_dir():
            raise UsageError(f"{file} is a folder. Name a file in it.")
        if file.exists() and not file.is_file():
            raise UsageError(
                f"{file} is no regular file. Save what it gives to one first, so that an import can resume."
            )
        return file.open("rb")
    except FileNotFoundError:
        if str(file) == "-":
            raise UsageError(
                "An import reads a file, so that it can resume. Save what the pipe gives to one first."
            ) from None
        raise UsageError(f"There is no file {file}. Check the path.") from None
    except PermissionError:
        raise UsageError(f"You may not read {file}. Ask its owner, or run: chmod u+r {file}") from None
    except OSError as error:
        raise UsageError(f"{file} can't be read ({error.strerror}). Copy it somewhere else.") from None
    except ValueError:
        raise UsageError(f"{str(file)!r} can't be a path: it holds a NUL character.") from None


def _convert(name: str) -> str:
    return f"it is {name}; convert it: iconv -f {name} -t UTF-8 OLD > NEW"


def _broken(error: Exception) -> RowError:
    return RowError(Reason.BROKEN_GZIP, f"{error}; what came before it was read, copy the file again".lower())
