"""JSONL with id and text → one placement a line, earlier lines being earlier posts."""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from dedupe.pausing import uncollected
from dedupe.place import Placer
from dedupe.shelf import Item, Placement
from dedupe.temporary import TemporaryShelf

# Lines placed together; the sketches of a batch are drawn in one pass.
BATCH = 1_000
# A longer line is no post; it is passed over without being held in memory.
LONGEST_LINE = 1 << 24
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one line: its post's id and placement, `of` as an id; or why it cannot be read."""

    line: int
    id: object
    placement: Placement | None = None
    of: object = None
    error: str = ""

    def as_json(self) -> dict[str, object]:
        """The row as the command prints it."""
        if self.placement is None:
            return {"id": self.id, "cluster": None, "of": None, "similarity": 0.0, "relation": None} | {
                "error": self.error
            }
        where = self.placement
        return {
            "id": self.id,
            "cluster": where.cluster,
            "of": self.of,
            "similarity": where.similarity,
            "relation": where.relation.value,
            "reason": where.reason,
        }


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    id: object
    text: str = ""
    error: str = ""


def placed(stream: BinaryIO) -> Iterator[Row]:
    """One row a line, in order, in bounded memory: earlier lines are known from a temporary folder.

    Where the stream breaks off with an error, the lines before it have their rows, and then it is raised.
    """
    with tempfile.TemporaryDirectory(prefix="sangtin-dedupe-") as folder:
        shelf = TemporaryShelf(Path(folder))
        placer = Placer(shelf, Path(folder) / "index")
        try:
            for batch in _batches(_read(stream)):
                with uncollected():
                    rows = _place(batch, placer, shelf)
                yield from rows
        finally:
            shelf.close()


def _batches(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    try:
        for line in lines:
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except (OSError, EOFError, zlib.error):
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def unpacked(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or what a gzip stream holds."""
    peek = getattr(stream, "peek", None)
    if peek is not None and peek(2)[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]  # a GzipFile reads like a BinaryIO
    return stream


def _place(batch: list[_Line], placer: Placer, shelf: TemporaryShelf) -> list[Row]:
    good = [line for line in batch if not line.error]
    items = [Item(line.number, line.text, _BEGINNING + timedelta(seconds=line.number)) for line in good]
    placements = placer.place(items)
    shelf.keep(items, placements, [json.dumps(line.id) for line in good])
    placer.commit()
    names = shelf.names({p.of for p in placements if p.of is not None})
    found = {p.key: p for p in placements}
    return [_row(line, found.get(line.number), names) for line in batch]


def _row(line: _Line, where: Placement | None, names: Mapping[int, str]) -> Row:
    of = json.loads(names[where.of]) if where is not None and where.of is not None else None
    return Row(line.number, line.id, where, of, line.error)


def _read(stream: BinaryIO) -> Iterator[_Line]:
    for number, raw in enumerate(_lines(stream), 1):
        if raw is None:
            yield _Line(number, None, error=f"longer than {LONGEST_LINE >> 20} MiB")
        elif raw.strip():
            yield _parsed(number, raw)


def _lines(stream: BinaryIO) -> Iterable[bytes | None]:
    """The stream's lines; None for one that is too long."""
    while raw := stream.readline(LONGEST_LINE):
        if len(raw) < LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _parsed(number: int, raw: bytes) -> _Line:
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _Line(number, None, error=f"not JSON ({type(error).__name__})")
    if not isinstance(row, dict):
        return _Line(number, None, error="not a JSON object")
    name, text = row.get("id"), row.get("text")
    if not isinstance(name, str | int):
        return _Line(number, None, error="no id")
    if not isinstance(text, str):
        return _Line(number, name, error="no text")
    return _Line(number, name, text)
