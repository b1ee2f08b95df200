"""Posts as fetched → rows of the record, each counted once: new, seen or changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from sangtin.post import Bin, Cause, Post, day_of, now, text_hash
from sangtin.record.changes import Change, State, state_of
from sangtin.record.engine import Writing
from sangtin.record.portions import portions
from sangtin.record.revisions import Span, current, fetch
from sangtin.record.schema import post, revision
from sangtin.record.standing import cluster_of, count_again, free_copies, move

COUNTS = ("likes", "comments", "shares", "views")
# What a search index holds of a post beside its text and outcome: followers are told when one of these moves.
FOLLOWED = ("moment", "author_key", "thread")
# What no stage and no person has looked at.
PENDING: dict[str, Any] = {
    "placed": False,
    "readable": False,
    "answered_by": 0,
    "bin": Bin.PENDING.value,
    "kind": None,
    "cause": Cause.NONE.value,
    "settled_by": "",
    "flags": "",
    "attention": None,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many posts of a batch came in, were there already, or came with another text."""

    new: int = 0
    seen: int = 0
    changed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.seen + other.seen, self.changed + other.changed)


@dataclass(frozen=True, slots=True)
class _Fetch:
    """A post with the hash of its text and the time it counts as fetched."""

    post: Post
    hash: str
    at: datetime


def add(writing: Writing, posts: Sequence[Post], *, at: datetime | None = None) -> Counts:
    """Add fetched posts; the same fetch again changes nothing. `at` stands in for a missing fetched_at.

    An erased post stays erased and counts as seen. Sources must be in the record.
    """
    at = at or now()
    total = Counts()
    for batch in _without_repeats(_Fetch(p, text_hash(p.text), p.fetched_at or at) for p in posts):
        for portion in portions(batch):
            total += _add(writing, portion)
    return total


def key_of(connection: Connection, post_id: str) -> int | None:
    """The record's key of a post id; None where there is none."""
    return connection.execute(select(post.c.key).where(post.c.id == post_id)).scalar_one_or_none()


def texts(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    """The current texts of posts by key; erased ones are missing."""
    now_current = (revision.c.post == post.c.key) & (revision.c.number == post.c.revision)
    query = select(post.c.key, revision.c.text).join(revision, now_current)
    found: dict[int, str] = {}
    for some in portions(list(keys)):
        rows = connection.execute(query.where(post.c.key.in_(some)))
        found |= {row.key: row.text for row in rows}
    return found


def _without_repeats(fetches: Iterable[_Fetch]) -> Iterable[list[_Fetch]]:
    """Rounds in which each post stands at most once, so that each sees what the one before it left."""
    rounds: list[dict[str, _Fetch]] = []
    depth: dict[str, int] = {}
    for each in fetches:
        index = depth.get(each.post.id, 0)
        depth[each.post.id] = index + 1
        if index == len(rounds):
            rounds.append({})
        rounds[index][each.post.id] = each
    return [list(batch.values()) for batch in rounds]


def _add(writing: Writing, batch: list[_Fetch]) -> Counts:
    connection = writing.connection
    ids = [each.post.id for each in batch]
    known = {row.id: row for row in connection.execute(select(post).where(post.c.id.in_(ids)))}
    fresh = [each for each in batch if each.post.id not in known]
    _insert(writing, fresh)
    old = [(known[each.post.id], each) for each in batch if each.post.id in known]
    changed = _fetch_again(writing, old)
    return Counts(len(fresh), len(batch) - len(fresh) - changed, changed)


def _insert(writing: Writing, fresh: list[_Fetch]) -> None:
    if not fresh:
        return
    connection = writing.connection
    connection.execute(post.insert(), [_new_row(each) for each in fresh])
    ids = [each.post.id for each in fresh]
    keys = {r.id: r.key for r in connection.execute(select(post.c.id, post.c.key).where(post.c.id.in_(ids)))}
    connection.execute(
        revision.insert(),
        [_revision_row(keys[e.post.id], Span(1, e.hash, e.at, e.at), e.post.text) for e in fresh],
    )
    for each in fresh:
        after = State(day_of(each.post.published_at or each.at), Bin.PENDING, None)
        writing.note(Change(keys[each.post.id], "new", each.post.source, None, after))


def _new_row(each: _Fetch) -> dict[str, Any]:
    fetched = each.post
    moment = fetched.published_at or each.at
    counts = {name: getattr(fetched.engagement, name) for name in COUNTS}
    return (
        counts
        | PENDING
        | {
            "id": fetched.id,
            "source": fetched.source,
            "url": fetched.url,
            "author_key": fetched.author_key,
            "thread": fetched.thread,
            "published_at": fetched.published_at,
            "fetched_at": each.at,
            "seen_at": each.at,
            "moment": moment,
            "day": day_of(moment),
            "revision": 1,
            "edited": False,
        }
    )


def _revision_row(key: int, span: Span, text: str) -> dict[str, Any]:
    return {
        "post": key,
        "number": span.number,
        "text_hash": span.text_hash,
        "text": text,
        "fetched_at": span.fetched_at,
        "seen_at": span.seen_at,
    }


def _fetch_again(writing: Writing, old: list[tuple[Any, _Fetch]]) -> int:
    """Fit each fetch into its post's revisions; the number of posts in which a revision began."""
    live = [(row, each) for row, each in old if row.erased_at is None]
    spans = _spans(writing.connection, [row.key for row, _ in live])
    return sum(_refetch(writing, row, each, spans[row.key]) for row, each in live)


def _spans(connection: Connection, keys: list[int]) -> dict[int, tuple[Span, ...]]:
    c = revision.c
    rows = select(c.post, c.number, c.text_hash, c.fetched_at, c.seen_at).where(c.post.in_(keys))
    found: dict[int, tuple[Span, ...]] = {}
    for row in connection.execute(rows):
        span = Span(row.number, row.text_hash, row.fetched_at, row.seen_at)
        found[row.post] = (*found.get(row.post, ()), span)
    return found


def _refetch(writing: Writing, row: Any, each: _Fetch, spans: tuple[Span, ...]) -> bool:
    if each.post.fetched_at is None and any(span.text_hash == each.hash for span in spans):
        return False
    placed = fetch(spans, each.hash, each.at)
    if placed.changed:
        _write_spans(writing.connection, row.key, placed.changed, spans, each=each)
    numbers = {span.number: span for span in (*spans, *placed.changed)}
    top = current(tuple(numbers.values())).number
    _update_post(writing, row, each, top)
    return placed.began is not None


def _write_spans(
    connection: Connection, key: int, changed: tuple[Span, ...], before: tuple[Span, ...], *, each: _Fetch
) -> None:
    known = {span.number for span in before}
    for span in changed:
        if span.number in known:
            times = {"fetched_at": span.fetched_at, "seen_at": span.seen_at}
            at = (revision.c.post == key) & (revision.c.number == span.number)
            connection.execute(update(revision).where(at).values(**times))
            continue
        text = each.post.text if span.text_hash == each.hash else _text_of(connection, key, span.text_hash)
        connection.execute(revision.insert(), [_revision_row(key, span, text)])


def _text_of(connection: Connection, key: int, hash_: str) -> str:
    found = select(revision.c.text).where(revision.c.post == key, revision.c.text_hash == hash_).limit(1)
    return str(connection.execute(found).scalar_one())


def _update_post(writing: Writing, row: Any, each: _Fetch, top: int) -> None:
    """The newest fetch brings its counts; a missing field is filled from any fetch; a new text is pending."""
    values = _fields(row, each)
    if top != row.revision:
        _begin_again(writing, row, values | PENDING | {"revision": top})
        return
    moved = {name for name, value in values.items() if getattr(row, name) != value}
    if not moved:
        return
    writing.connection.execute(update(post).where(post.c.key == row.key).values(**values))
    if "moment" in moved:
        move(writing, row.key, values["moment"])
    if moved.intersection(FOLLOWED):
        before = state_of(row)
        after = replace(before, day=values["day"])
        what = "dated" if "moment" in moved else "filled"
        writing.note(Change(row.key, what, row.source, before, after, Cause(row.cause), row.settled_by))


def _begin_again(writing: Writing, row: Any, values: dict[str, Any]) -> None:
    """A new text has neither place nor answer yet, and the copies of the old one repeat it no longer."""
    connection = writing.connection
    left = cluster_of(connection, row.key)
    free_copies(connection, row.key)
    connection.execute(update(post).where(post.c.key == row.key).values(**values))
    if left is not None:
        count_again(writing, [left])
    after = State(values["day"], Bin.PENDING, None)
    writing.note(Change(row.key, "edited", row.source, state_of(row), after))


def _fields(row: Any, each: _Fetch) -> dict[str, Any]:
    fetched = each.post
    newest = each.at >= row.seen_at
    values: dict[str, Any] = {"published_at": row.published_at or fetched.published_at}
    values["seen_at"] = max(row.seen_at, each.at)
    values["fetched_at"] = min(row.fetched_at, each.at)
    values["moment"] = values["published_at"] or values["fetched_at"]
    values["day"] = day_of(values["moment"])
    for name in ("url", "author_key", "thread"):
        values[name] = _chosen(getattr(row, name), getattr(fetched, name), newest)
    for name in COUNTS:
        values[name] = _chosen(getattr(row, name), getattr(fetched.engagement, name), newest)
    return values


def _chosen(old: Any, new: Any, newest: bool) -> Any:
    return new if new is not None and (newest or old is None) else old
