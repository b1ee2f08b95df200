"""The counts of flags and the changes → how many posts had each flag, in any period, source and moment.

A flag is no bin: its posts are counted in their bins too, and a post with two flags under both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from sangtin.post import READ_FLAGS, Flag
from sangtin.record.changes import number_at
from sangtin.record.flags import flags_of
from sangtin.record.ledger import EVERYTHING, Scope, within
from sangtin.record.schema import change, flagged, post

Flagged = dict[Flag, int]


def count_flagged(
    connection: Connection, scope: Scope = EVERYTHING, as_of: datetime | None = None
) -> Flagged:
    """How many posts have each flag that a model may raise, now or as it was known at a moment."""
    query = select(flagged.c.flag, func.sum(flagged.c.posts)).group_by(flagged.c.flag)
    counts = Counter({flag: int(n) for flag, n in connection.execute(within(query, flagged, scope))})
    if as_of is not None:
        counts.subtract(_since(connection, scope, number_at(connection, as_of)))
    return _every(counts)


def flagged_days(connection: Connection, scope: Scope = EVERYTHING) -> dict[date, Flagged]:
    """The same for each day on which a post has a flag, in order."""
    query = within(select(flagged.c.day, flagged.c.flag, flagged.c.posts), flagged, scope)
    days: dict[date, Counter[str]] = {}
    for day, flag, posts in connection.execute(query.order_by(flagged.c.day)):
        days.setdefault(day, Counter())[flag] += int(posts)
    return {day: _every(counts) for day, counts in days.items() if any(counts.values())}


def recount_flagged(connection: Connection, scope: Scope = EVERYTHING) -> Flagged:
    """The flags counted post by post, to check the counts with."""
    query = within(select(post.c.flags, func.count()).where(post.c.flags != ""), post, scope)
    return _every(_apart(connection.execute(query.group_by(post.c.flags))))


def _since(connection: Connection, scope: Scope, number: int) -> Counter[str]:
    """By how much each flag has grown since a number."""
    into = select(change.c.flags, func.count()).where(change.c.number > number, change.c.flags != "")
    out = select(change.c.flags_before, func.count())
    out = out.where(change.c.number > number, change.c.flags_before != "")
    grown = _apart(connection.execute(within(into, change, scope).group_by(change.c.flags)))
    left = within(out, change, scope, day="day_before").group_by(change.c.flags_before)
    grown.subtract(_apart(connection.execute(left)))
    return grown


def _apart(rows: Iterable[Any]) -> Counter[str]:
    """Counts of combinations → of each flag in them."""
    found: Counter[str] = Counter()
    for written, posts in rows:
        for flag in flags_of(written):
            found[flag.value] += int(posts)
    return found


def _every(counts: Counter[str]) -> Flagged:
    return {flag: counts[flag.value] for flag in READ_FLAGS}
