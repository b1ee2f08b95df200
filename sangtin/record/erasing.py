"""A post to forget → a row that keeps its bin and nothing that a person wrote."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, select, update

from sangtin.post import Cause, now
from sangtin.record.changes import Change, state_of
from sangtin.record.engine import Writing
from sangtin.record.repeating import put_to, repeats_itself
from sangtin.record.schema import held, membership, post, prediction, refused, revision, shared, sketch
from sangtin.record.settling import settle
from sangtin.record.standing import cluster_of, count_again, free_copies, wait_again


def erase(writing: Writing, key: int) -> None:
    """Remove text, revisions, signature, sketch, author and url; keep id and bin. Idempotent.

    What an index said when it refused the text goes too: it may quote it.

    The id stays so that the post does not come back when it is fetched or imported again.
    The posts that repeated this one lost their original: they wait to be placed again. Those that a person
    put to it are what they would be without that word.
    """
    connection = writing.connection
    row = connection.execute(select(post).where(post.c.key == key)).one()
    if row.erased_at is not None:
        return
    free_copies(connection, key)
    left = cluster_of(connection, key)
    for table in (sketch, membership, prediction, revision, held, refused, shared):
        connection.execute(delete(table).where(table.c.post == key))
    if left is not None:
        count_again(writing, [left])
    columns = ("url", "author_key", "thread", "likes", "comments", "shares", "views", "attention")
    gone = dict.fromkeys(columns) | {"erased_at": now(), "placed": True, "readable": False, "edited": False}
    gone |= {"flags": ""}
    connection.execute(update(post).where(post.c.key == key).values(**gone))
    before = state_of(row)
    after = replace(before, flags=())  # there is nothing left to look at
    writing.note(Change(key, "erased", row.source, before, after, Cause(row.cause), row.settled_by))
    _take_back(writing, put_to(connection, key))


def _take_back(writing: Writing, keys: list[int]) -> None:
    """What was said of these posts names no post any more."""
    for key in keys:
        if repeats_itself(writing.connection, key):
            wait_again(writing.connection, key)
    settle(writing, keys)
