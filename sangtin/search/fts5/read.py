"""Queries → documents in order, from one connection in one read transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator
from heapq import heappop, heappush

import apsw

from sangtin.search.document import Digest, Document
from sangtin.search.fts5.body import read_document
from sangtin.search.fts5.expression import TIE_BITS, Match
from sangtin.search.request import Cursor, tie

_FOUND = "words MATCH ? AND words.rowid BETWEEN ? AND ?"
_ROWS = (
    "SELECT key, said, state FROM words"
    " CROSS JOIN states ON key = words.rowid CROSS JOIN texts ON texts.text = states.text"
)


def by_time(
    connection: apsw.Connection, wanted: Match, *, newest: bool = True, after: Cursor | None = None
) -> Generator[Document]:
    """All hits after a cursor, in order, read as they are asked for. Close it when done."""
    displaced = one(connection, "SELECT value FROM meta WHERE name = 'displaced'")
    low, high = wanted.low, wanted.high
    if after and newest:
        high = min(high, _place(after) + displaced)
    elif after:
        low = max(low, _place(after))
    cursor = connection.cursor()
    rows = cursor.execute(
        f"{_ROWS} WHERE {_FOUND} ORDER BY words.rowid {'DESC' if newest else 'ASC'}",
        (wanted.folded, low, high),
    )
    shown = _order(after, newest) if after else None
    with contextlib.closing(cursor):
        for document in _in_order(rows, displaced, newest):
            if shown is None or _order(document, newest) > shown:
                yield document


def _place(at: Document | Cursor) -> int:
    """The key that a post has where no other post took it before."""
    return at.second << TIE_BITS | tie(at.id)


def _order(at: Document | Cursor, newest: bool) -> tuple[int, str]:
    return (-_place(at) if newest else _place(at)), at.id


def _in_order(rows: Iterable[tuple[int, str, str]], displaced: int, newest: bool) -> Iterator[Document]:
    """Rows in the order of keys → documents in the order of (place, id).

    A key is at most `displaced` beyond its place, so what waits is next as soon as no place that is
    still to be read can come before it.
    """
    waiting: list[tuple[tuple[int, str], Document]] = []
    for key, said, state in rows:
        document = read_document(said, state)
        heappush(waiting, (_order(document, newest), document))
        reached = -key if newest else key - displaced
        while waiting and waiting[0][0][0] <= reached:
            yield heappop(waiting)[1]
    while waiting:
        yield heappop(waiting)[1]


def by_relevance(connection: apsw.Connection, wanted: Match, rank: int, count: int) -> list[Document]:
    """The hits from this rank on: with the marks as typed first, then BM25, then newest."""
    if wanted.marked == wanted.folded:
        return _ranked(connection, wanted.folded, wanted, (count, rank))
    typed = f"({wanted.folded}) AND ({wanted.marked})"
    found = _ranked(connection, typed, wanted, (count, rank))
    if len(found) < count:
        before = rank + len(found) if found else count_of(connection, typed, wanted)
        rest = f"({wanted.folded}) NOT ({wanted.marked})"
        found += _ranked(connection, rest, wanted, (count - len(found), max(rank - before, 0)))
    return found


def _ranked(
    connection: apsw.Connection, expression: str, wanted: Match, window: tuple[int, int]
) -> list[Document]:
    """The documents in a window (count, first) of what an expression finds, best first."""
    best = (
        f"SELECT words.rowid FROM words WHERE {_FOUND}"  # noqa: S608
        " ORDER BY rank, words.rowid DESC LIMIT ? OFFSET ?"
    )
    keys = connection.execute(best, (expression, wanted.low, wanted.high, *window)).fetchall()
    row = "SELECT said, state FROM states JOIN texts USING (text) WHERE key = ?"
    return [read_document(*found) for key in keys for found in connection.execute(row, key)]


def count_of(connection: apsw.Connection, expression: str, wanted: Match) -> int:
    """How many rows of the period an expression finds."""
    values = (expression, wanted.low, wanted.high)
    return one(connection, f"SELECT count(*) FROM words WHERE {_FOUND}", *values)  # noqa: S608


def one(connection: apsw.Connection, sql: str, *values: apsw.SQLiteValue) -> int:
    """The one number that a statement answers."""
    found = connection.execute(sql, values).fetchone()
    assert found is not None
    return int(found[0])


def held(connection: apsw.Connection, ids: Iterable[str]) -> Iterator[Document]:
    """The documents of those ids that are held."""
    sql = "SELECT said, state FROM ids JOIN states USING (key) JOIN texts USING (text) WHERE id = ?"
    for id in ids:
        with contextlib.suppress(UnicodeEncodeError):  # such an id was refused
            yield from (read_document(*found) for found in connection.execute(sql, (id,)))


def digests(connection: apsw.Connection) -> Iterator[Digest]:
    """What is held, in the order of ids."""
    cursor = connection.cursor()
    with contextlib.closing(cursor):
        sql = "SELECT id, number, digest FROM ids WHERE key IS NOT NULL ORDER BY id"
        for id, number, digest in cursor.execute(sql):
            yield Digest(str(id), int(number), digest.hex())
