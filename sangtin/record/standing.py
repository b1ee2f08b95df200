"""Where posts stand ↔ the counts of their clusters, when posts come, move or leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, select, update

from sangtin.post import Act, Relation
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import cluster, membership, post, review, shared, sketch


def stands() -> ColumnElement[bool]:
    """Joins a post to its place. A copy that lost its original stands there until it is placed again."""
    return and_(membership.c.post == post.c.key, membership.c.revision == post.c.revision)


def cluster_of(connection: Connection, key: int) -> str | None:
    """The cluster in which a post stands; None before it has a place."""
    found = select(membership.c.cluster).join(post, stands()).where(post.c.key == key)
    return connection.execute(found).scalar_one_or_none()


def free_copies(connection: Connection, key: int) -> None:
    """The posts that repeat this one wait to be placed again: what they repeated is there no more.

    Their outcomes stand until then, and a copy that a person set free is not read before. What people said
    of the cluster while they were copies holds for them wherever they are placed.
    """
    _share(connection, key)
    copies = select(membership.c.post).join(post, stands()).where(membership.c.of == key)
    waits = update(post).where(post.c.key.in_(copies))
    connection.execute(waits.values(placed=False, readable=False))


def repeats(connection: Connection, key: int) -> bool:
    """Whether the machine holds a post for a copy."""
    of = select(membership.c.of).join(post, stands()).where(post.c.key == key)
    return connection.execute(of).scalar_one_or_none() is not None


def undrawn(connection: Connection, key: int) -> bool:
    """Whether a post is a near copy that only its original was to be found by: it has no sketch.

    An exact copy needs none: what repeats it repeats the very words of its original.
    """
    near = select(membership.c.post).join(post, and_(stands(), post.c.placed))
    near = near.where(post.c.key == key, membership.c.relation == Relation.NEAR.value)
    drawn = select(sketch.c.post).where(sketch.c.post == key)
    return connection.execute(near.where(~drawn.exists())).first() is not None


def free_same_words(connection: Connection, key: int, end: int) -> None:
    """The posts in this one's words that hang on another one, as this did, wait to be placed again."""
    words = select(membership.c.normal_hash).join(post, stands())
    mine, theirs = (
        connection.execute(words.where(post.c.key == each)).scalar_one_or_none() for each in (key, end)
    )
    if mine is None or mine == theirs:
        return
    hang = select(membership.c.post).join(post, stands())
    hang = hang.where(membership.c.of == end, membership.c.normal_hash == mine, post.c.key != key)
    waits = update(post).where(post.c.key.in_(hang))
    connection.execute(waits.values(placed=False, readable=False))


def wait_again(connection: Connection, key: int) -> None:
    """A post waits to be placed again, and what repeats it with it."""
    free_copies(connection, key)
    connection.execute(update(post).where(post.c.key == key).values(placed=False, readable=False))


def _share(connection: Connection, key: int) -> None:
    """With placed copies only: one that waits lost an earlier text of this post, and its labels with it."""
    then = and_(membership.c.of == review.c.post, membership.c.key <= review.c.placed_until)
    said = and_(review.c.post == key, review.c.on_cluster, review.c.act == Act.LABEL.value)
    query = select(review.c.id, membership.c.post, membership.c.revision).join(membership, then)
    query = query.join(post, and_(stands(), post.c.placed)).where(said)
    connection.execute(shared.insert().from_select(["review", "post", "revision"], query))


def move(writing: Writing, key: int, moment: datetime) -> None:
    """A post turns out to have been posted at another moment than it was placed with."""
    connection = writing.connection
    now = select(post.c.revision).where(post.c.key == key).scalar_subquery()
    mine = and_(membership.c.post == key, membership.c.revision == now)
    connection.execute(update(membership).where(mine).values(moment=moment))
    name = cluster_of(connection, key)
    if name is not None:
        count_again(writing, [name])


def grow(connection: Connection, came: Sequence[dict[str, Any]]) -> None:
    """Add newcomers, summed up as rows of `cluster`, to the counts of their clusters, or begin these."""
    if not came:
        return
    insert = upsert(connection, cluster)
    new = insert.excluded
    earlier = new.first_at < cluster.c.first_at
    grown = {
        "posts": cluster.c.posts + new.posts,
        "copies": cluster.c.copies + new.copies,
        "lead": case((earlier, new.lead), else_=cluster.c.lead),
        "first_at": case((earlier, new.first_at), else_=cluster.c.first_at),
        "last_at": case((new.last_at > cluster.c.last_at, new.last_at), else_=cluster.c.last_at),
    }
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=grown), list(came))


def count_again(writing: Writing, names: Collection[str]) -> None:
    """Count clusters from their members; the earliest leads, and one without members is no more."""
    for name in sorted(set(names)):
        _count_again(writing.connection, name)
    writing.recounted |= set(names)


def _count_again(connection: Connection, name: str) -> None:
    named = select(membership, post.c.id).join(post, stands())
    mine = named.where(membership.c.cluster == name).subquery()
    counted = select(
        func.count().label("posts"),
        func.count(mine.c.of).label("copies"),
        func.min(mine.c.moment).label("first_at"),
        func.max(mine.c.moment).label("last_at"),
    ).select_from(mine)
    row = connection.execute(counted).one()
    if not row.posts:
        connection.execute(delete(cluster).where(cluster.c.id == name))
        return
    first = select(mine.c.post).order_by(mine.c.moment, mine.c.of.is_not(None), mine.c.id).limit(1)
    values = dict(row._mapping) | {"lead": connection.execute(first).scalar_one()}
    insert = upsert(connection, cluster).values(id=name, burst=False, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))
