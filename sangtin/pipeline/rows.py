"""A file of posts, JSONL or CSV, gzipped or not → posts, and rows that are none with the reason.

    with LineFile(file) as lines:
        for item in read_rows(lines, taking, after=position):
            ...  # a Row or a Rejected; `item.last` is the position to go on from

Memory stays bounded whatever the file holds, and no row raises.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import NoReturn

from sangtin.pipeline.lines import LONGEST_ROW, LineFile
from sangtin.pipeline.reasons import Reason, RowError, shown
from sangtin.pipeline.table import Table
from sangtin.pipeline.taking import Taking, post_of
from sangtin.post import Post

_JSONL = frozenset({".jsonl", ".ndjson", ".json"})


@dataclass(frozen=True, slots=True)
class Row:
    """A post, and the lines of the file that it stands on, from 1."""

    line: int
    last: int
    post: Post


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no post. Where `reason.ends_the_file`, `last` is the last line that was read."""

    line: int
    last: int
    reason: Reason
    detail: str


def read_rows(lines: LineFile, taking: Taking, *, after: int = 0) -> Iterator[Row | Rejected]:
    """Every row after line `after`, in order, once. Blank lines are no rows."""
    last = after
    try:
        head = lines.head()
        rows = _objects if _holds_json(head, lines.name) else _records
        for item in rows(lines, taking, after):
            last = item.last
            yield item
    except RowError as error:
        yield Rejected(last + 1, last, error.reason, error.detail)


def _holds_json(head: bytes, name: str) -> bool:
    """The content decides; the name only where the content does not."""
    path = PurePath(name.lower().removesuffix(".gz"))
    return head.lstrip()[:1] in (b"{", b"[") or path.suffix in _JSONL


def _objects(lines: LineFile, taking: Taking, after: int) -> Iterator[Row | Rejected]:
    for number, line in enumerate(lines.lines(), 1):
        if number <= after or line == b"\n":
            continue
        try:
            if line is None:
                raise RowError(Reason.LONG_ROW, f"the line is longer than {LONGEST_ROW >> 20} MiB")
            if not line.isspace():
                found = _object(line)
                fields = taking.columns.fields(tuple(found))
                yield Row(number, number, post_of({f: found[c] for f, c in fields.items()}, taking))
        except RowError as error:
            yield Rejected(number, number, error.reason, error.detail)


def _records(lines: LineFile, taking: Taking, after: int) -> Iterator[Row | Rejected]:
    table = Table(lines.lines(), taking.columns)
    table.skip(after)
    fields = {field: table.header.index(c) for field, c in taking.columns.fields(table.header).items()}
    for record in table.records():
        try:
            if isinstance(record.values, RowError):
                raise record.values
            if len(record.values) > len(table.header):
                counts = f"{len(record.values)} fields under {len(table.header)} columns"
                raise RowError(Reason.TOO_MANY_FIELDS, counts)
            there = {f: record.values[i] for f, i in fields.items() if i < len(record.values)}
            yield Row(record.first, record.last, post_of(there, taking))
        except RowError as error:
            yield Rejected(record.first, record.last, error.reason, error.detail)


def _object(line: bytes) -> dict[str, object]:
    try:
        found = _DECODER.decode(line.decode("utf-8"))
    except RowError:
        raise
    except UnicodeDecodeError as error:
        raise RowError(Reason.BROKEN_TEXT, f"byte {error.start + 1} of the line: {error.reason}") from None
    except json.JSONDecodeError as error:
        raise RowError(Reason.NOT_JSON, f"{error.msg} at character {error.pos + 1}") from None
    except ValueError:  # an integer of more than 4,300 digits
        raise RowError(Reason.NOT_JSON, "a number has too many digits") from None
    except RecursionError:
        raise RowError(Reason.TOO_DEEP, "lists or objects stand too deep in one another") from None
    if not isinstance(found, dict):
        hint = "; for a whole list in one file: jq -c '.[]' OLD > NEW" if isinstance(found, list) else ""
        raise RowError(Reason.NOT_AN_OBJECT, f"a {type(found).__name__}, not an object{hint}")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise RowError(Reason.REPEATED_KEY, shown(twice))
    return found


def _no_constant(name: str) -> NoReturn:
    raise RowError(Reason.NOT_JSON, f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
