"""A post to forget → a row that keeps its bin and nothing that a person wrote."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from sangtin.post import Bin, Cause, Kind, now
from sangtin.record.changes import Change, State
from sangtin.record.engine import Writing
from sangtin.record.schema import (
    cluster,
    held,
    membership,
    post,
    prediction,
    revision,
    sketch,
)


def erase(writing: Writing, key: int) -> None:
    """Remove text, revisions, signature, sketch, author and url; keep id and bin. Idempotent.

    The id stays so that the post does not come back when it is fetched or imported again.
    The posts that repeated this one lost their original: they wait to be placed again.
    """
    connection = writing.connection
    row = connection.execute(select(post).where(post.c.key == key)).one()
    if row.erased_at is not None:
        return
    _free_copies(connection, key)
    _leave_cluster(connection, key)
    for table in (revision, prediction, membership):
        connection.execute(delete(sketch).where(sketch.c.post == key))
        connection.execute(delete(table).where(table.c.post == key))
    connection.execute(delete(held).where(held.c.post == key))
    columns = ("url", "author_key", "thread", "likes", "comments", "shares", "views", "attention")
    gone = dict.fromkeys(columns) | {"erased_at": now(), "placed": True, "readable": False, "edited": False}
    connection.execute(update(post).where(post.c.key == key).values(**gone))
    state = State(row.day, Bin(row.bin), Kind(row.kind) if row.kind else None)
    writing.note(Change(key, "erased", row.source, state, state, Cause(row.cause), row.settled_by))


def _free_copies(connection: Connection, key: int) -> None:
    copies = select(membership.c.post).where(
        membership.c.of == key, membership.c.post == post.c.key, membership.c.revision == post.c.revision
    )
    waits = update(post).where(post.c.key.in_(select(membership.c.post).where(membership.c.of == key)))
    connection.execute(waits.where(copies.exists()).values(placed=False))


def _leave_cluster(connection: Connection, key: int) -> None:
    """Count the post out of its cluster; the earliest remaining post leads."""
    found = select(membership.c.cluster, membership.c.of).where(membership.c.post == key)
    for row in connection.execute(found).all():
        rest = select(func.count(), func.min(membership.c.moment), func.max(membership.c.moment)).where(
            membership.c.cluster == row.cluster, membership.c.post != key
        )
        posts, first_at, last_at = connection.execute(rest).one()
        if not posts:
            connection.execute(delete(cluster).where(cluster.c.id == row.cluster))
            continue
        lead = (
            select(membership.c.post)
            .where(membership.c.cluster == row.cluster, membership.c.post != key)
            .order_by(membership.c.moment, membership.c.post)
            .limit(1)
        )
        copies = cluster.c.copies - (1 if row.of is not None else 0)
        values = {"posts": posts, "copies": copies, "first_at": first_at, "last_at": last_at}
        lead_key = connection.execute(lead).scalar_one()
        connection.execute(update(cluster).where(cluster.c.id == row.cluster).values(lead=lead_key, **values))
