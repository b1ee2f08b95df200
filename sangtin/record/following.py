"""The record ↔ a follower that keeps an index: what changed, what it refused, what to hand over again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, collate, delete, func, select

from sangtin.post import Cause, now
from sangtin.record.changes import Change, changed_posts, state_of, upsert
from sangtin.record.engine import Writing
from sangtin.record.portions import portions
from sangtin.record.schema import change, post, refused
from sangtin.record.shown import Summary, ids_of, summaries


@dataclass(frozen=True, slots=True)
class Changed:
    """A post as it is now, or None where it was erased, and the number of its newest change."""

    id: str
    number: int
    summary: Summary | None


def changed(
    connection: Connection, after: int, limit: int, handed: dict[int, int]
) -> tuple[list[Changed], int]:
    """The posts of the next `limit` changes after a number, as they are now, and the last of these numbers.

    `handed` remembers (post key → number) what this follower was handed before, so that a post that came,
    was placed and was read while nobody followed is handed over once.
    """
    rows = changed_posts(connection, after, limit)
    fresh = sorted({key for number, key in rows if handed.get(key, 0) < number})
    newest = _newest(connection, fresh)
    handed.update(newest)
    return _changed(connection, newest), rows[-1][0] if rows else after


def pages(connection: Connection, size: int) -> Iterator[list[Changed]]:
    """Every post that is not erased, in the order of ids by code point, a page at a time."""
    by_code_point = post.c.id if connection.dialect.name == "sqlite" else collate(post.c.id, "C")
    last = ""
    while True:
        query = select(post.c.key, post.c.id).where(post.c.erased_at.is_(None), by_code_point > last)
        rows = connection.execute(query.order_by(by_code_point).limit(size)).all()
        if not rows:
            return
        last = rows[-1].id
        yield _changed(connection, _newest(connection, [row.key for row in rows]))


def count(connection: Connection) -> int:
    """How many posts an index holds when it is complete."""
    return int(connection.execute(select(func.count()).where(post.c.erased_at.is_(None))).scalar_one())


def again(writing: Writing, ids: Collection[str]) -> None:
    """Note a change without a difference, so that every follower takes these posts once more."""
    for some in portions(ids):
        for row in writing.connection.execute(select(post).where(post.c.id.in_(some))).all():
            state = state_of(row)
            writing.note(Change(row.key, "again", row.source, state, state, Cause(row.cause), row.settled_by))


def refuse(writing: Writing, index: str, refusals: Sequence[tuple[str, int, str]]) -> None:
    """Keep (post id, number, reason) of what an index did not take."""
    found: dict[str, int] = {}
    for some in portions([post_id for post_id, _, _ in refusals]):
        keys = select(post.c.id, post.c.key).where(post.c.id.in_(some), post.c.erased_at.is_(None))
        found |= {row.id: row.key for row in writing.connection.execute(keys)}
    for post_id, number, reason in refusals:
        if post_id not in found:
            continue  # erased meanwhile: a reason may quote the text
        values = {"number": number, "reason": reason, "at": now()}
        insert = upsert(writing.connection, refused).values(index=index, post=found[post_id], **values)
        writing.connection.execute(
            insert.on_conflict_do_update(index_elements=["index", "post"], set_=values)
        )


def accept(writing: Writing, index: str, ids: Collection[str]) -> None:
    """Forget refusals of posts that the index has taken since."""
    for some in portions(ids):
        keys = select(post.c.key).where(post.c.id.in_(some))
        writing.connection.execute(delete(refused).where(refused.c.index == index, refused.c.post.in_(keys)))


def refusals(connection: Connection, index: str) -> list[tuple[str, str]]:
    """(post id, reason) of everything that an index has refused and not taken since."""
    rows = select(post.c.id, refused.c.reason).join(post, post.c.key == refused.c.post)
    found = connection.execute(rows.where(refused.c.index == index).order_by(post.c.id))
    return [(row.id, row.reason) for row in found]


def _newest(connection: Connection, keys: list[int]) -> dict[int, int]:
    """Key → number of the newest change, in the order of the keys."""
    rows = select(change.c.post, func.max(change.c.number)).where(change.c.post.in_(keys))
    found = dict(connection.execute(rows.group_by(change.c.post)).all())
    return {key: found.get(key, 0) for key in keys}


def _changed(connection: Connection, newest: dict[int, int]) -> list[Changed]:
    alive = {summary.key: summary for summary in summaries(connection, list(newest))}
    ids = ids_of(connection, list(newest))
    return [Changed(ids[key], number, alive.get(key)) for key, number in newest.items()]
