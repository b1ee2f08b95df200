"""One record → another, on any engine: what differs is written, in the end both are compared row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, String, Table, cast, collate, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import DataError

from sangtin.errors import BusyError, EngineError, UsageError
from sangtin.record import leases, ledger
from sangtin.record.bulk import insert_rows
from sangtin.record.changes import upsert
from sangtin.record.engine import COPYING, Record, Writing, init_record, new_epoch
from sangtin.record.schema import audit, counter, lease, meta, metadata, post, review, run

# Rows read, and written in one transaction, at a time: some megabytes.
PAGE = 2_000
# What belongs to the processes that work on a record, not to its history.
LEFT = frozenset({"lease", "held"})
OWN_META = ("epoch", COPYING)

Advance = Callable[[int], None]
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds, and how many rows of it this run wrote; fewer where an earlier one was cut short."""

    rows: int
    written: int
    posts: int


def size(source: Record) -> int:
    """How many steps a copy takes: each row is written and compared."""
    with source.read() as connection:
        return 2 * sum(_count(connection, table) for table in _tables())


def copy(source: Record, target_url: str, advance: Advance = lambda _: None) -> Copied:
    """Copy a record at rest to another URL. What was cut short goes on where it was.

    The copy cannot be opened before it is whole and equal; then it has an epoch of its own, so that an
    index that follows it is built anew. BusyError where somebody works on the source, UsageError where
    another record is at the target.
    """
    _at_rest(source)
    with contextlib.closing(_target(source, target_url)) as target:
        _mark(source, target)
        with source.read() as connection:
            before = _marks(connection)
            written = _bring(connection, target, advance)
            rows = _compare(connection, target, advance)
            _finish(connection, target)
        with source.read() as connection:
            if _marks(connection) != before:
                raise BusyError("The record changed while it was copied. Stop what works on it; run again.")
        with target.write(durable=True) as writing:
            new_epoch(writing)
            writing.connection.execute(delete(meta).where(meta.c.name == COPYING))
            posts = _count(writing.connection, post)
        return Copied(rows, written, posts)


def _at_rest(source: Record) -> None:
    with source.beside() as writing:
        leases.drop_dead(writing)
        names = writing.connection.execute(select(lease.c.name).order_by(lease.c.name)).scalars().all()
    if names:
        raise BusyError(
            f"Somebody works on the record ({', '.join(names)}). Stop serve, sieve, crawl, index; then copy."
        )


def _marks(connection: Connection) -> tuple[Any, ...]:
    """What moves when anybody works on a record."""
    newest = [select(func.max(column)) for column in (counter.c.value, audit.c.id, run.c.id, review.c.id)]
    return tuple(connection.execute(query).scalar_one() for query in newest)


def _target(source: Record, url: str) -> Record:
    """The record at a URL, made where there is none."""
    target = init_record(url, copying=True)
    if target.engine.url.set(drivername="x", query={}) == source.engine.url.set(drivername="x", query={}):
        target.close()
        raise UsageError("A record can't be copied onto itself. Name another place.")
    return target


def _mark(source: Record, target: Record) -> None:
    """Say in the target that it is a copy which is not whole. UsageError where it holds something else."""
    epoch = source.epoch()
    with target.write(durable=True) as writing:
        connection = writing.connection
        begun = connection.execute(select(meta.c.value).where(meta.c.name == COPYING)).scalar_one_or_none()
        if begun not in (None, epoch):
            raise UsageError("A part of another record is there. Empty that database, or name another.")
        if begun is None and _count(connection, post):
            raise UsageError("There is a record with posts already. Name an empty database.")
        mark = upsert(connection, meta).values(name=COPYING, value=epoch)
        connection.execute(mark.on_conflict_do_nothing())


def _bring(source: Connection, target: Record, advance: Advance) -> int:
    """Make the target's rows those of the source. Returns how many were written."""
    written = 0
    for table in reversed(_tables()):
        _drop(source, target, table)
    for table in _tables():
        for mine, theirs in _pages(source, target, table, advance):
            new = [row for row in mine if _key(table, row) not in theirs]
            changed = [row for row in mine if theirs.get(_key(table, row), row) != row]
            if new or changed:
                with target.write() as writing:
                    _write(writing, table, new, changed)
            written += len(new) + len(changed)
    return written


def _drop(source: Connection, target: Record, table: Table) -> None:
    """Remove from the target what the source has no more."""
    with target.read() as connection:
        if not _count(connection, table):
            return
        for page in _paged(connection, table):
            keys = [_key(table, row) for row in page]
            there = {
                tuple(row) for row in source.execute(select(*table.primary_key).where(_around(table, keys)))
            }
            gone = [key for key in keys if key not in there]
            if gone:
                with target.write() as writing:
                    writing.connection.execute(delete(table).where(tuple_(*table.primary_key).in_(gone)))


def _write(writing: Writing, table: Table, new: Sequence[Values], changed: Sequence[Values]) -> None:
    connection = writing.connection
    try:
        if new:
            insert_rows(connection, table, new)
        for row in changed:
            values = dict(zip(table.c.keys(), row, strict=True))
            insert = upsert(connection, table).values(**values)
            keys = [column.name for column in table.primary_key]
            connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))
    except DataError as error:
        first, last = _key(table, (*new, *changed)[0]), _key(table, (*new, *changed)[-1])
        raise EngineError(
            f"A row of {table.name} between {first} and {last} holds what the target can't store, such as a "
            "NUL character. Erase that post, then run again."
        ) from error


def _compare(source: Connection, target: Record, advance: Advance) -> int:
    """Read both once more. EngineError where a row differs. Returns how many rows there are."""
    rows = 0
    for table in _tables():
        there = 0
        for mine, theirs in _pages(source, target, table, advance):
            if any(theirs.get(_key(table, row)) != row for row in mine):
                raise EngineError(f"The copy of {table.name} differs from the record. Run the copy again.")
            there += len(mine)
        with target.read() as connection:
            if _count(connection, table) != there:
                raise EngineError(f"The copy of {table.name} holds too many rows. Run the copy again.")
        rows += there
    with target.read() as connection:
        if not ledger.ledger(connection) == ledger.recount(connection) == ledger.ledger(source):
            raise EngineError(
                "The ledgers of record and copy differ. Look at the record with: sangtin doctor"
            )
    return rows


def _pages(
    source: Connection, target: Record, table: Table, advance: Advance
) -> Iterator[tuple[list[Values], dict[Values, Values]]]:
    """The source's rows in the order of their keys, a page at a time, with the target's rows there."""
    for page in _paged(source, table):
        with target.read() as connection:
            query = select(table).where(_around(table, [_key(table, row) for row in page]))
            found = {_key(table, row): row for row in map(tuple, connection.execute(query))}
        yield page, found
        advance(len(page))


def _paged(connection: Connection, table: Table) -> Iterator[list[Values]]:
    """Every row, streamed in the order of its key by code point, which is the same on every engine."""
    order = [_by_code_point(connection, column) for column in table.primary_key]
    query = _ours(table, select(table)).order_by(*order)
    with connection.execute(query.execution_options(stream_results=True, yield_per=PAGE)) as rows:
        while page := [tuple(row) for row in islice(rows, PAGE)]:
            yield page


def _by_code_point(connection: Connection, column: Any) -> Any:
    plain = connection.dialect.name == "sqlite" or not isinstance(column.type, String)
    return column if plain else collate(column, "C")


def _around(table: Table, keys: Sequence[Values]) -> Any:
    """A condition that the rows of these keys fulfil and few others, by the first column of an index."""
    column, values = next(iter(table.primary_key)), [key[0] for key in keys]
    if isinstance(column.type, String):
        return column.in_(set(values))
    return column.between(min(values), max(values))


def _key(table: Table, row: Values) -> Values:
    places = [list(table.c.keys()).index(column.name) for column in table.primary_key]
    return tuple(row[place] for place in places)


def _tables() -> list[Table]:
    """Parents before their children."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT]


def _ours(table: Table, query: Any) -> Any:
    return query.where(meta.c.name.not_in(OWN_META)) if table is meta else query


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(_ours(table, select(func.count()).select_from(table))).scalar_one())


def _finish(source: Connection, target: Record) -> None:
    """Let the target go on numbering where the source stopped: no key is ever given twice."""
    with target.write(durable=True) as writing:
        for table in _tables():
            column = table.autoincrement_column
            if column is not None:
                _number_from(writing.connection, table, column.name, _last_key(source, table, column.name))


def _last_key(connection: Connection, table: Table, column: str) -> int:
    """The greatest key that was ever given, also where its row is gone."""
    if connection.dialect.name == "sqlite":
        given: Any = text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table.name)
    else:
        given = select(func.pg_sequence_last_value(_sequence(table, column)))
    last = connection.execute(given).scalar_one_or_none()
    most = connection.execute(select(func.max(table.c[column]))).scalar_one_or_none()
    return max(int(last or 0), int(most or 0))


def _number_from(connection: Connection, table: Table, column: str, last: int) -> None:
    if not last:
        return
    if connection.dialect.name == "sqlite":
        if table.dialect_options["sqlite"]["autoincrement"]:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            given = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
            connection.execute(given, {"name": table.name, "last": last})
    else:
        connection.execute(select(func.setval(_sequence(table, column), last)))


def _sequence(table: Table, column: str) -> Any:
    return cast(func.pg_get_serial_sequence(table.name, column), REGCLASS)
