"""Posts that a person should look at → a reviewer's queue, most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from sangtin.post import Act
from sangtin.record.portions import portions
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
    """The next posts for a reviewer: edited ones, negative ones, then scams and unsure ones
    in the order in which they look negative.

    Left out: what this reviewer called unsure and the ids to skip.
    """
    query = select(post.c.key).where(_waits(reviewer))
    if skip:
        query = query.where(post.c.id.not_in(skip))
    rows = connection.execute(query.order_by(post.c.attention.desc(), post.c.moment.desc()).limit(limit))
    return summaries(connection, [row.key for row in rows])


def still_waiting(connection: Connection, reviewer: str, ids: Sequence[str]) -> set[str]:
    """Those of the posts that wait for a reviewer."""
    found: set[str] = set()
    for some in portions(ids):
        rows = connection.execute(select(post.c.id).where(_waits(reviewer), post.c.id.in_(some)))
        found |= {row.id for row in rows}
    return found


def _waits(reviewer: str) -> ColumnElement[bool]:
    """One set of unsure posts for the whole query: asking post by post made a count seven times slower.

    By key alone, which the index on attention holds; with the revision each post would be looked up.
    """
    now = post.alias("now")
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    unsure = (
        select(review.c.post)
        .join(now, and_(now.c.key == review.c.post, now.c.revision == review.c.revision))
        .where(review.c.reviewer == reviewer, review.c.act == Act.UNSURE.value, review.c.id.not_in(undone))
    )
    return and_(post.c.attention.is_not(None), post.c.key.not_in(unsure))
