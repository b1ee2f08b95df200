"""Posts to forget → rows that keep their bins and nothing that a person wrote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from sangtin.post import Cause, now
from sangtin.record.among import among
from sangtin.record.changes import Change, state_of
from sangtin.record.engine import Writing
from sangtin.record.portions import portions
from sangtin.record.repeating import put_to, repeats_itself
from sangtin.record.schema import (
    cluster,
    held,
    membership,
    post,
    prediction,
    refused,
    revision,
    shared,
    sketch,
)
from sangtin.record.settling import settle
from sangtin.record.standing import count_again, free_copies, stands, wait_again

# What is left of an erased post's row but its id, times and bin.
_GONE = dict.fromkeys(("url", "author_key", "thread", "likes", "comments", "shares", "views", "attention"))


def erase(writing: Writing, key: int) -> None:
    """Remove a post's text, revisions, signature, sketch, author and url; keep id and bin. Idempotent.

    What an index said when it refused the text goes too: it may quote it.

    The id stays so that the post does not come back when it is fetched or imported again.
    The posts that repeated this one lost their original: they wait to be placed again. Those that a person
    put to it are what they would be without that word.
    """
    erase_all(writing, [key])


def erase_all(writing: Writing, keys: Collection[int]) -> None:
    """The same for many posts: as few statements for a thousand as for one."""
    for some in portions(keys):
        _erase(writing, some)


def _erase(writing: Writing, keys: list[int]) -> None:
    connection = writing.connection
    rows = _there(connection, keys)
    there = [row.key for row in rows]
    for original in _originals(connection, there):
        free_copies(connection, original)
    left = _clusters(connection, there)
    for table in (sketch, membership, prediction, revision, held, refused, shared):
        connection.execute(delete(table).where(among(connection, table.c.post, there)))
    _count_again(writing, left)
    gone = _GONE | {"erased_at": now(), "placed": True, "readable": False, "edited": False, "flags": ""}
    connection.execute(update(post).where(among(connection, post.c.key, there)).values(**gone))
    for row in rows:
        before = state_of(row)
        after = replace(before, flags=())  # there is nothing left to look at
        writing.note(Change(row.key, "erased", row.source, before, after, Cause(row.cause), row.settled_by))
    _take_back(writing, put_to(connection, there))


def _there(connection: Connection, keys: list[int]) -> list[Row[Any]]:
    """The rows of those that are not erased yet."""
    query = select(post).where(among(connection, post.c.key, keys), post.c.erased_at.is_(None))
    return list(connection.execute(query.order_by(post.c.key)))


def _originals(connection: Connection, keys: list[int]) -> list[int]:
    """Those of which a text of some post was ever a copy."""
    repeated = select(membership.c.of).where(among(connection, membership.c.of, keys))
    return sorted(connection.execute(repeated.distinct()).scalars())


def _clusters(connection: Connection, keys: list[int]) -> set[str]:
    """The clusters in which posts stand."""
    query = select(membership.c.cluster).join(post, stands())
    return set(connection.execute(query.where(among(connection, post.c.key, keys)).distinct()).scalars())


def _count_again(writing: Writing, left: set[str]) -> None:
    """Count the clusters that posts left; those that nobody stands in, most of them, go at once."""
    query = select(membership.c.cluster).join(post, stands()).where(membership.c.cluster.in_(left))
    kept = set(writing.connection.execute(query.distinct()).scalars())
    writing.connection.execute(delete(cluster).where(cluster.c.id.in_(left - kept)))
    count_again(writing, kept)
    writing.recounted |= left


def _take_back(writing: Writing, keys: list[int]) -> None:
    """What was said of these posts names no post any more."""
    for key in keys:
        if repeats_itself(writing.connection, key):
            wait_again(writing.connection, key)
    settle(writing, keys)
