"""Changes of posts' states → numbered rows and the roll-up, in the transaction that made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from sangtin.post import Bin, Cause, Flag, Kind, now
from sangtin.record.flags import flags_of, written
from sangtin.record.schema import change, counter, flagged, monthly, rollup


@dataclass(frozen=True, slots=True)
class State:
    """What the ledger counts of a post: its bin, and beside it the flags that a model may raise."""

    day: date
    bin: Bin
    kind: Kind | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A post came in, was placed, settled, edited or erased. `before` is None for a post that came in."""

    post: int
    what: str
    source: str
    before: State | None
    after: State
    cause: Cause = Cause.NONE
    settled_by: str = ""


def state_of(row: Row[Any]) -> State:
    """The state that a post's row says."""
    return state(row.day, row.bin, row.kind, row.flags)


def state(day: date, bin: str, kind: str | None, flags: str) -> State:
    """The state that these columns of a post say."""
    return State(day, Bin(bin), Kind(kind) if kind else None, flags_of(flags))


def upsert(connection: Connection, table: Any) -> Any:
    """An INSERT that takes ON CONFLICT, in the dialect of the connection."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def write_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Bring the roll-up up to date, then take a block of numbers and write the rows that carry them."""
    if not changes:
        return
    _roll_up(connection, changes)
    _count_flags(connection, changes)
    took = counter.update().values(value=counter.c.value + len(changes)).returning(counter.c.value)
    first = connection.execute(took).scalar_one() - len(changes) + 1
    at = now()
    connection.execute(change.insert(), [_row(each, first + i, at) for i, each in enumerate(changes)])


def last_number(connection: Connection) -> int:
    """The number of the newest change; 0 before the first."""
    return int(connection.execute(select(counter.c.value)).scalar_one())


def changed_posts(connection: Connection, after: int, limit: int) -> list[tuple[int, int]]:
    """(number, post key) of the changes after a number, in order, at most `limit`."""
    rows = select(change.c.number, change.c.post).where(change.c.number > after)
    return [(row.number, row.post) for row in connection.execute(rows.order_by(change.c.number).limit(limit))]


def number_at(connection: Connection, moment: datetime) -> int:
    """The number of the last change made at or before a moment."""
    found = select(func.max(change.c.number)).where(change.c.at <= moment)
    return int(connection.execute(found).scalar_one() or 0)


def _roll_up(connection: Connection, changes: Sequence[Change]) -> None:
    moved: Counter[tuple[date, str, str, str]] = Counter()
    for each in changes:
        moved[_cell(each.after, each.source)] += 1
        if each.before is not None:
            moved[_cell(each.before, each.source)] -= 1
    months: Counter[tuple[date, str, str, str]] = Counter()
    for (day, source, bin_, kind), posts in moved.items():
        months[day.replace(day=1), source, bin_, kind] += posts
    _add(connection, rollup, moved.items())
    _add(connection, monthly, months.items())


def _add(connection: Connection, table: Table, cells: Iterable[tuple[tuple[Any, ...], int]]) -> None:
    """Add posts to the cells of a table of counts, in the order of its key."""
    names = [column.name for column in table.primary_key]
    rows = [
        dict(zip((*names, "posts"), (*cell, posts), strict=True)) for cell, posts in sorted(cells) if posts
    ]
    if rows:
        insert = upsert(connection, table)
        added = {"posts": table.c.posts + insert.excluded.posts}
        connection.execute(insert.on_conflict_do_update(index_elements=names, set_=added), rows)


def _count_flags(connection: Connection, changes: Sequence[Change]) -> None:
    moved: Counter[tuple[date, str, str]] = Counter()
    for each in changes:
        moved.update((each.after.day, each.source, flag.value) for flag in each.after.flags)
        if each.before is not None:
            moved.subtract((each.before.day, each.source, flag.value) for flag in each.before.flags)
    _add(connection, flagged, moved.items())


def _cell(state: State, source: str) -> tuple[date, str, str, str]:
    return state.day, source, state.bin.value, state.kind.value if state.kind else ""


def _row(each: Change, number: int, at: datetime) -> dict[str, Any]:
    before, after = each.before, each.after
    return {
        "number": number,
        "at": at,
        "post": each.post,
        "what": each.what,
        "source": each.source,
        "day": after.day,
        "bin": after.bin.value,
        "kind": after.kind.value if after.kind else None,
        "day_before": before.day if before else None,
        "bin_before": before.bin.value if before else None,
        "kind_before": before.kind.value if before and before.kind else None,
        "cause": each.cause.value,
        "settled_by": each.settled_by,
        "flags": written(after.flags),
        "flags_before": written(before.flags) if before else "",
    }
