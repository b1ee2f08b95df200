"""A post to forget → a row that keeps its bin and nothing that a person wrote."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, func, select, update

from sangtin.post import Bin, Cause, Kind, now
from sangtin.record.changes import Change, State
from sangtin.record.engine import Writing
from sangtin.record.schema import (
    cluster,
    held,
    membership,
    meta,
    post,
    prediction,
    revision,
    sketch,
)

# An erased post's id: unlike any `source:native id`, since a source's name holds no tilde.
MARK = "~erased:"


def erase(writing: Writing, key: int) -> None:
    """Remove text, revisions, signature, sketch, author and url; keep the bin. Idempotent.

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
    connection.execute(update(post).where(post.c.key == key).values(**_blank(connection, row)))
    state = State(row.day, Bin(row.bin), Kind(row.kind) if row.kind else None)
    writing.note(Change(key, "erased", row.source, state, state, Cause(row.cause), row.settled_by))


def erased_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the ids whose posts were erased; they must not come back."""
    if not ids or not _any_erased(connection):
        return set()
    forms = {_erased_form(connection, post_id): post_id for post_id in ids}
    found = connection.execute(select(post.c.id).where(post.c.id.in_(list(forms))))
    return {forms[row.id] for row in found}


def erased_key(connection: Connection, post_id: str) -> int | None:
    """The key of the row that an erased post left; None where it was not erased."""
    if not _any_erased(connection):
        return None
    form = _erased_form(connection, post_id)
    return connection.execute(select(post.c.key).where(post.c.id == form)).scalar_one_or_none()


def _any_erased(connection: Connection) -> bool:
    return connection.execute(select(meta.c.value).where(meta.c.name == "erased key")).first() is not None


def _blank(connection: Connection, row: Row[tuple[object, ...]]) -> dict[str, object]:
    nothing = dict.fromkeys(
        ("url", "author_key", "thread", "likes", "comments", "shares", "views", "attention"), None
    )
    return nothing | {
        "id": _erased_form(connection, row.id),
        "erased_at": now(),
        "placed": True,
        "readable": False,
        "edited": False,
    }


def _erased_form(connection: Connection, post_id: str) -> str:
    """A keyed hash: it knows the id when it comes again, and tells nothing of it."""
    digest = hmac.new(_key(connection), post_id.encode(), hashlib.sha256).hexdigest()[:32]
    return MARK + digest


def _key(connection: Connection) -> bytes:
    found = connection.execute(select(meta.c.value).where(meta.c.name == "erased key")).scalar_one_or_none()
    if found is None:
        found = secrets.token_hex(32)
        connection.execute(meta.insert().values(name="erased key", value=found))
    return bytes.fromhex(str(found))


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
