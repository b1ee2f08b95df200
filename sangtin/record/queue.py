"""Posts that a person should look at → a reviewer's queue, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from sangtin.post import Act
from sangtin.record.schema import post, review
from sangtin.record.shown import Summary, summaries


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many posts wait for a reviewer, and since when the oldest does."""

    posts: int
    oldest: datetime | None


def waiting(connection: Connection, reviewer: str) -> Waiting:
    """What the head of the queue's screen says."""
    row = connection.execute(select(func.count(), func.min(post.c.moment)).where(_waits(reviewer))).one()
    return Waiting(int(row[0]), row[1])


def queue(connection: Connection, reviewer: str, limit: int = 2, skip: tuple[str, ...] = ()) -> list[Summary]:
    """The next posts for a reviewer: edited ones, negative ones, scams, then unsure ones.

    Left out: what this reviewer called unsure and the ids to skip.
    """
    query = select(post.c.key).where(_waits(reviewer))
    if skip:
        query = query.where(post.c.id.not_in(skip))
    rows = connection.execute(query.order_by(post.c.attention.desc(), post.c.moment.desc()).limit(limit))
    return summaries(connection, [row.key for row in rows])


def _waits(reviewer: str) -> ColumnElement[bool]:
    undo: Any = review.alias("undo")
    unsure = and_(
        review.c.post == post.c.key,
        review.c.revision == post.c.revision,
        review.c.reviewer == reviewer,
        review.c.act == Act.UNSURE.value,
        ~select(undo.c.id).where(undo.c.undoes == review.c.id).exists(),
    )
    return and_(post.c.attention.is_not(None), ~select(review.c.id).where(unsure).exists())
