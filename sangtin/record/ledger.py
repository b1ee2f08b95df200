"""The roll-up and the changes → the ledger of any period, source and moment, and its trend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from sangtin.post import Bin, Kind, Ledger
from sangtin.record.changes import number_at
from sangtin.record.periods import cells_within
from sangtin.record.schema import change, post, rollup


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ledger counts: posts of days (both ends included) and of one source; None means all."""

    from_day: date | None = None
    to_day: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """How many posts of one day and source stand in one bin."""

    day: date
    source: str
    bin: Bin
    kind: Kind | None
    posts: int


EVERYTHING = Scope()


def ledger(connection: Connection, scope: Scope = EVERYTHING, as_of: datetime | None = None) -> Ledger:
    """Count the posts in each bin, now or as it was known at a moment."""
    counted = cells_within(scope.from_day, scope.to_day, scope.source)
    rows = select(counted.c.bin, func.sum(counted.c.posts)).group_by(counted.c.bin)
    counts = _counts(connection, rows)
    if as_of is not None:
        number = number_at(connection, as_of)
        for bin_, posts in _since(connection, scope, number).items():
            counts[bin_] = counts.get(bin_, 0) - posts
    return _ledger(counts)


def kinds(connection: Connection, scope: Scope = EVERYTHING) -> dict[Kind, int]:
    """How many posts of the bin spam are of each kind."""
    counted = cells_within(scope.from_day, scope.to_day, scope.source)
    rows = select(counted.c.kind, func.sum(counted.c.posts)).where(counted.c.bin == Bin.SPAM.value)
    found = connection.execute(rows.group_by(counted.c.kind))
    return {Kind(kind): int(posts) for kind, posts in found if kind and posts}


def trend(connection: Connection, scope: Scope = EVERYTHING) -> dict[date, Ledger]:
    """The ledger of each day that has posts, in order."""
    rows = within(select(rollup.c.day, rollup.c.bin, func.sum(rollup.c.posts)), rollup, scope)
    days: dict[date, dict[str, int]] = {}
    found = connection.execute(rows.group_by(rollup.c.day, rollup.c.bin).order_by(rollup.c.day))
    for day, bin_, posts in found:
        days.setdefault(day, {})[bin_] = int(posts)
    return {day: _ledger(counts) for day, counts in days.items() if any(counts.values())}


def by_source(connection: Connection, scope: Scope = EVERYTHING) -> dict[str, Ledger]:
    """The ledger of each source that has posts."""
    counted = cells_within(scope.from_day, scope.to_day, scope.source)
    rows = select(counted.c.source, counted.c.bin, func.sum(counted.c.posts))
    sources: dict[str, dict[str, int]] = {}
    found = connection.execute(rows.group_by(counted.c.source, counted.c.bin).order_by(counted.c.source))
    for source, bin_, posts in found:
        sources.setdefault(source, {})[bin_] = int(posts)
    return {source: _ledger(counts) for source, counts in sources.items() if any(counts.values())}


def days_of(connection: Connection) -> tuple[date, date] | None:
    """The first and the last day that has posts; None where there are none."""
    days = select(rollup.c.day).where(rollup.c.posts > 0)
    first, last = (
        connection.execute(days.order_by(order).limit(1)).scalar_one_or_none()
        for order in (rollup.c.day, rollup.c.day.desc())
    )
    return (first, last) if first and last else None


def recount(connection: Connection, scope: Scope = EVERYTHING) -> Ledger:
    """The ledger counted post by post, to check the roll-up with."""
    rows = select(post.c.bin, func.count()).group_by(post.c.bin)
    return _ledger(_counts(connection, within(rows, post, scope)))


def cells(connection: Connection) -> Iterable[Cell]:
    """Every cell of the roll-up that holds posts."""
    rows = connection.execute(select(rollup).where(rollup.c.posts != 0))
    return [Cell(r.day, r.source, Bin(r.bin), Kind(r.kind) if r.kind else None, r.posts) for r in rows]


def _since(connection: Connection, scope: Scope, number: int) -> dict[str, int]:
    """By how much each bin has grown since a number."""
    into = select(change.c.bin, func.count()).where(change.c.number > number)
    grown = _counts(connection, within(into, change, scope).group_by(change.c.bin))
    out = select(change.c.bin_before, func.count()).where(
        change.c.number > number, change.c.bin_before.is_not(None)
    )
    left = within(out, change, scope, day="day_before").group_by(change.c.bin_before)
    for bin_, posts in _counts(connection, left).items():
        grown[bin_] = grown.get(bin_, 0) - posts
    return grown


def within(query: Select[Any], table: Table, scope: Scope, *, day: str = "day") -> Select[Any]:
    """Those rows of a table with days and sources that a scope takes in."""
    if scope.from_day:
        query = query.where(table.c[day] >= scope.from_day)
    if scope.to_day:
        query = query.where(table.c[day] <= scope.to_day)
    if scope.source:
        query = query.where(table.c.source == scope.source)
    return query


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {bin_: int(posts or 0) for bin_, posts in connection.execute(query)}


def _ledger(counts: dict[str, int]) -> Ledger:
    known = {bin_.value: counts.get(bin_.value, 0) for bin_ in Bin}
    return replace(Ledger(), **known)
