"""Lines of a CSV file → its rows as columns and values; a row that breaks costs no other row."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sangtin.pipeline.columns import Columns
from sangtin.pipeline.lines import LONGEST_ROW
from sangtin.pipeline.reasons import Reason, RowError, shown

DELIMITERS = (",", ";", "\t")
# A first line by which Excel is told the delimiter.
_TOLD = re.compile(rb'"?sep=.?"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One row with the lines it stands on, or why it is none. Lines count from 1, both ends included."""

    first: int
    last: int
    values: list[str] | RowError


class Table:
    """The header of a CSV file, and the rows under it. Lines are bytes, None for one that is too long."""

    def __init__(self, lines: Iterator[bytes | None], columns: Columns) -> None:
        """Read the header; its delimiter is the one under which most columns are known. RowError for none."""
        csv.field_size_limit(max(LONGEST_ROW, csv.field_size_limit()))
        start = list(_record_lines(lines))
        if not start:
            raise RowError(Reason.HEADER, "no line holds column names")
        self.delimiter, self.header = _header(start, columns)
        self._lines = lines
        self._line = len(start)

    def skip(self, lines: int) -> None:
        """Go on after this many lines of the file, the header's included."""
        while self._line < lines and next(self._lines, b"") != b"":
            self._line += 1

    def records(self) -> Iterator[Record]:
        """Every row in order. Where quotes don't close, only the line that opens them is lost."""
        waiting: deque[bytes | None] = deque()
        while True:
            taken: list[bytes | None] = []
            reader = csv.reader(self._fed(waiting, taken), delimiter=self.delimiter, strict=True)
            try:
                for values in reader:
                    first, self._line = self._line + 1, self._line + len(taken)
                    taken.clear()
                    if values:
                        yield Record(first, self._line, values)
                return
            except csv.Error as error:
                yield self._lost(taken, waiting, RowError(Reason.NOT_CSV, str(error)))
            except RowError as error:
                if error.reason.ends_the_file:
                    raise
                yield self._lost(taken, waiting, error)

    def _lost(self, taken: list[bytes | None], waiting: deque[bytes | None], why: RowError) -> Record:
        """Give up the first line of a row, and read the lines after it again."""
        waiting.extendleft(reversed(taken[1:]))
        self._line += 1
        return Record(self._line, self._line, why)

    def _fed(self, waiting: deque[bytes | None], taken: list[bytes | None]) -> Iterator[str]:
        """Lines for the parser, remembered in `taken` until their row is whole."""
        size = 0
        while (line := waiting.popleft() if waiting else next(self._lines, b"")) != b"":
            size = len(line or b"") + (size if taken else 0)
            taken.append(line)
            if line is None or size > LONGEST_ROW:
                raise RowError(Reason.LONG_ROW, f"the row is longer than {LONGEST_ROW >> 20} MiB")
            yield line.decode("utf-8", "surrogateescape")


def _record_lines(lines: Iterator[bytes | None]) -> Iterator[bytes]:
    """The lines of the header, what stands before it included: as many as close its quotes."""
    quotes = 0
    for line in lines:
        if line is None:
            raise RowError(Reason.HEADER, f"the first line is longer than {LONGEST_ROW >> 20} MiB")
        yield line
        quotes += line.count(b'"')
        if line.strip() and quotes % 2 == 0 and not _TOLD.fullmatch(line):
            return


def _header(start: Iterable[bytes], columns: Columns) -> tuple[str, list[str]]:
    try:
        lines = [line.decode("utf-8") for line in start if not _TOLD.fullmatch(line)]
    except UnicodeDecodeError as error:
        raise RowError(
            Reason.HEADER,
            f"byte {error.start + 1} of the column names is not UTF-8; save the file as CSV UTF-8",
        ) from None
    guesses = {delimiter: _split(lines, delimiter) for delimiter in DELIMITERS}
    known = {delimiter: columns.assign(names) for delimiter, names in guesses.items()}
    best = max(DELIMITERS, key=lambda each: ("text" in known[each], len(known[each]), len(guesses[each])))
    header = guesses[best]
    if any("\r" in line.rstrip("\r\n") for line in lines):
        raise RowError(Reason.HEADER, r"its lines end in CR alone; convert it: tr '\r' '\n' < OLD > NEW")
    if "text" not in known[best]:
        named = ", ".join(shown(name) for name in header[:8])
        raise RowError(
            Reason.HEADER, f"no column holds the text; name it with --map text=… (columns: {named})"
        )
    for column in known[best].values():
        if header.count(column) > 1:
            raise RowError(Reason.HEADER, f"column {shown(column)} stands twice; rename one")
    return best, header


def _split(lines: Iterable[str], delimiter: str) -> list[str]:
    try:
        return next((row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row), [])
    except csv.Error:
        return []
