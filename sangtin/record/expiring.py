"""How long each source's card lets posts be kept → the posts that were kept longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, exists, func, select, type_coerce

from sangtin.record.schema import EPOCH, MICROSECOND, post, source

_DAY = timedelta(days=1) // MICROSECOND


def count_expired(connection: Connection, at: datetime) -> dict[str, int]:
    """How many posts of each source whose card says for how long were fetched longer ago; also where none."""
    limited = select(source.c.name).where(source.c.retention_days.is_not(None)).order_by(source.c.name)
    query = select(post.c.source, func.count().label("posts")).where(_expired(at))
    found: dict[str, int] = dict(connection.execute(query.group_by(post.c.source)).all())
    return {name: found.get(name, 0) for name in connection.execute(limited).scalars()}


def expired(connection: Connection, at: datetime, after: int, limit: int) -> list[tuple[int, str]]:
    """(key, source) of the next of them with keys above `after`, in the order of keys."""
    query = select(post.c.key, post.c.source).where(_expired(at), post.c.key > after)
    return [(row.key, row.source) for row in connection.execute(query.order_by(post.c.key).limit(limit))]


def unlimited(connection: Connection) -> list[str]:
    """The sources whose cards do not say how long their posts are kept, by name."""
    query = select(source.c.name).where(source.c.retention_days.is_(None)).order_by(source.c.name)
    return list(connection.execute(query).scalars())


def _expired(at: datetime) -> ColumnElement[bool]:
    """Whether a post, not erased yet, was first fetched longer ago than its source's card lets it be kept."""
    age = (at - EPOCH) // MICROSECOND - type_coerce(post.c.fetched_at, BigInteger)
    over = and_(source.c.name == post.c.source, (age - 1) // _DAY >= source.c.retention_days)
    return and_(post.c.erased_at.is_(None), exists().where(over))
