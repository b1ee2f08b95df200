"""How long each source's card lets posts be kept → the posts that were kept longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from sangtin.record.schema import post, source

# As many days back as there are dates since the year 1 (datetime.min), roughly: nothing is older.
_MOST_DAYS = 700_000


def count_expired(connection: Connection, at: datetime) -> dict[str, int]:
    """How many posts of each source whose card says for how long were fetched longer ago; also where none."""
    limited = select(source.c.name).where(source.c.retention_days.is_not(None)).order_by(source.c.name)
    query = select(post.c.source, func.count().label("posts")).where(_expired(connection, at))
    found: dict[str, int] = dict(connection.execute(query.group_by(post.c.source)).all())
    return {name: found.get(name, 0) for name in connection.execute(limited).scalars()}


def expired(connection: Connection, at: datetime, after: int, limit: int) -> list[tuple[int, str]]:
    """(key, source) of the next of them with keys above `after`, in the order of keys."""
    query = select(post.c.key, post.c.source).where(_expired(connection, at), post.c.key > after)
    return [(row.key, row.source) for row in connection.execute(query.order_by(post.c.key).limit(limit))]


def unlimited(connection: Connection) -> list[str]:
    """The sources whose cards do not say how long their posts are kept, by name."""
    query = select(source.c.name).where(source.c.retention_days.is_(None)).order_by(source.c.name)
    return list(connection.execute(query).scalars())


def _expired(connection: Connection, at: datetime) -> ColumnElement[bool]:
    """Whether a post, not erased yet, was first fetched longer ago than its source's card lets it be kept."""
    limited = select(source.c.name, source.c.retention_days).where(source.c.retention_days.is_not(None))
    rules = [
        and_(post.c.source == name, post.c.fetched_at < at - timedelta(days=min(days, _MOST_DAYS)))
        for name, days in connection.execute(limited)
    ]
    return and_(post.c.erased_at.is_(None), or_(false(), *rules))
