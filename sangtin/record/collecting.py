"""How collecting went → the newest post of each source, and the days on which it failed."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection, func, select

from sangtin.post import VIETNAM, day_of
from sangtin.record.ledger import EVERYTHING, Scope
from sangtin.record.schema import post, run, source


def newest_posts(connection: Connection) -> dict[str, datetime]:
    """When the newest post of each source that has posts was published, else fetched."""
    newest = select(func.max(post.c.moment)).where(post.c.source == source.c.name).scalar_subquery()
    rows = connection.execute(select(source.c.name, newest.label("newest")))
    return {row.name: row.newest for row in rows if row.newest is not None}


def failed_days(connection: Connection, scope: Scope = EVERYTHING) -> dict[date, tuple[str, ...]]:
    """The days on which every crawl of some source that began then failed, with those sources by name."""
    query = select(run.c.source, run.c.state, run.c.started_at).where(run.c.kind == "crawl")
    if scope.from_day:
        query = query.where(run.c.started_at >= datetime.combine(scope.from_day, time(), VIETNAM))
    if scope.to_day:
        query = query.where(run.c.started_at <= datetime.combine(scope.to_day, time.max, VIETNAM))
    if scope.source:
        query = query.where(run.c.source == scope.source)
    states: dict[tuple[date, str], set[str]] = {}
    for row in connection.execute(query.where(run.c.source.is_not(None))):
        states.setdefault((day_of(row.started_at), row.source), set()).add(row.state)
    failed: dict[date, tuple[str, ...]] = {}
    for day, name in sorted(key for key, seen in states.items() if seen == {"failed"}):
        failed[day] = (*failed.get(day, ()), name)
    return failed
