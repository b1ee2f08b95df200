"""What people say of posts → reviews, appended, and the outcomes that follow at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from sangtin.errors import UsageError
from sangtin.post import Act, Kind, Label, Review, now
from sangtin.record.engine import Writing
from sangtin.record.repeating import ON_COPIES, check_ends, ends, said
from sangtin.record.schema import membership, post, review, revision, shared
from sangtin.record.settling import settle
from sangtin.record.standing import free_copies, free_same_words, repeats, undrawn, wait_again


@dataclass(frozen=True, slots=True)
class Said:
    """A review as the record keeps it."""

    id: int
    at: datetime
    review: Review
    revision: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post with the label that a person gave to the text shown; what retraining learns from."""

    id: str
    text: str
    label: Label
    kind: Kind | None
    reviewer: str
    at: datetime
    cluster: str | None


def append(writing: Writing, given: Review) -> int:
    """Write a review of the post's current revision (use a durable transaction). Returns its id.

    Raises UsageError where the post is not there, was erased, or was edited since the revision that was
    shown; where a label or target is missing; where the act to undo is not this reviewer's, is an undo
    itself or is undone already; or where posts would repeat each other, so that nobody would see any.
    """
    row = _live(writing.connection, given.post, erased=given.act is Act.UNDO)
    values = _checked(writing.connection, given, row)
    about = _about(writing.connection, given, row.key)
    before = said(writing.connection, [about]).get(about)
    inserted = writing.connection.execute(
        review.insert().values(**values).returning(review.c.id)
    ).scalar_one()
    check_ends(writing.connection, _moved(writing.connection, given, row.key))
    _place_again(writing.connection, given, row.key)
    if before is not None and said(writing.connection, [about]).get(about) != before:
        free_same_words(writing.connection, about, ends(writing.connection, [before]).get(before, before))
    settle(writing, _touched(writing.connection, given, row.key), "reviewed")
    return int(inserted)


def history(connection: Connection, key: int) -> list[Said]:
    """Every review of a post, oldest first, undone ones marked."""
    return [_said(row) for row in connection.execute(_all().where(review.c.post == key))]


def latest(connection: Connection, reviewer: str, limit: int = 10) -> list[Said]:
    """A reviewer's latest acts that can be undone, newest first."""
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    query = select(review, post.c.id.label("post_id")).join(post, post.c.key == review.c.post)
    mine = query.where(
        review.c.reviewer == reviewer, review.c.act != Act.UNDO.value, review.c.id.not_in(undone)
    )
    rows = connection.execute(mine.order_by(review.c.id.desc()).limit(limit))
    return [_said(row) for row in rows]


def count_since(connection: Connection, reviewer: str, since: datetime) -> int:
    """How many of a reviewer's acts since a moment stand."""
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    query = select(func.count()).where(
        review.c.reviewer == reviewer,
        review.c.at >= since,
        review.c.act != Act.UNDO.value,
        review.c.id.not_in(undone),
    )
    return int(connection.execute(query).scalar_one())


def labelled(connection: Connection, latest: int | None = None) -> Iterator[Labelled]:
    """Each revision that a person labelled, once, with its latest label that stands; oldest first.

    With `latest` so many of them at most, the newest, newest first.

    Only what people decided: neither copies nor the machine's answers are among them.
    """
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    newest = (
        select(func.max(review.c.id))
        .where(review.c.act == Act.LABEL.value, review.c.id.not_in(undone))
        .group_by(review.c.post, review.c.revision)
    )
    text = (revision.c.post == review.c.post) & (revision.c.number == review.c.revision)
    placed = (membership.c.post == review.c.post) & (membership.c.revision == review.c.revision)
    query = (
        select(review, post.c.id.label("post_id"), revision.c.text, membership.c.cluster.label("group"))
        .join(post, post.c.key == review.c.post)
        .join(revision, text)
        .outerjoin(membership, placed)
        .where(review.c.id.in_(newest))
        .order_by(review.c.id if latest is None else review.c.id.desc())
        .limit(latest)
    )
    for r in connection.execute(query):
        kind = Kind(r.kind) if r.kind else None
        yield Labelled(r.post_id, r.text, Label(r.label), kind, r.reviewer, r.at, r.group)


def _live(connection: Connection, post_id: str, *, erased: bool = False) -> Row[Any]:
    """A post that can be spoken of; with `erased` also one of which only an act can be undone."""
    row = connection.execute(select(post).where(post.c.id == post_id)).first()
    if row is None or (row.erased_at is not None and not erased):
        raise UsageError(f"There is no post {post_id!r} in the record; it may have been erased.")
    return row


def _checked(connection: Connection, given: Review, row: Row[Any]) -> dict[str, Any]:
    if (given.act is Act.LABEL) != (given.label is not None):
        raise UsageError("A review that labels names one label: spam, negative or positive.")
    if given.kind is not None and given.label is not Label.SPAM:
        raise UsageError("Only spam has a kind: advert, scam, noise or neutral.")
    if given.act is Act.UNDO:
        _check_undo(connection, given)
    elif given.revision not in (None, row.revision):
        raise UsageError("The post was edited after it was shown. Read its text of now, then decide.")
    found = select(membership.c.cluster).where(
        membership.c.post == row.key, membership.c.revision == row.revision
    )
    return {
        "at": now(),
        "reviewer": given.reviewer,
        "act": given.act.value,
        "post": row.key,
        "revision": row.revision,
        "on_cluster": given.on_cluster,
        "cluster": connection.execute(found).scalar_one_or_none(),
        "placed_until": int(connection.execute(select(func.max(membership.c.key))).scalar_one() or 0),
        "label": given.label.value if given.label else None,
        "kind": given.kind.value if given.kind else None,
        "target": _target(connection, given, row),
        "undoes": given.undoes,
    }


def _target(connection: Connection, given: Review, row: Row[Any]) -> int | None:
    if given.act is not Act.SAME_AS:
        return None
    if not given.target:
        raise UsageError("A review that says 'same as' names the post that this one repeats.")
    target = _live(connection, given.target)
    if target.key == row.key:
        raise UsageError("A post can't repeat itself; name another post.")
    return int(target.key)


def _check_undo(connection: Connection, given: Review) -> None:
    row = connection.execute(select(review).where(review.c.id == given.undoes)).first()
    if row is None or row.reviewer != given.reviewer or row.act == Act.UNDO.value:
        raise UsageError(f"There is no act {given.undoes} of {given.reviewer} to undo.")
    if connection.execute(select(review.c.id).where(review.c.undoes == given.undoes)).first():
        raise UsageError(f"Act {given.undoes} is undone already.")


def _moved(connection: Connection, given: Review, key: int) -> list[int]:
    """The post that may repeat another by this act than before it."""
    if given.act is Act.SAME_AS:
        return [key]
    of = select(review.c.post).where(review.c.id == given.undoes, review.c.act.in_(ON_COPIES))
    return list(connection.execute(of).scalars())


def _about(connection: Connection, given: Review, key: int) -> int:
    """The post of which an act speaks: an undo speaks of that of the act undone."""
    of = select(review.c.post).where(review.c.id == given.undoes)
    return connection.execute(of).scalar_one_or_none() or key


def _place_again(connection: Connection, given: Review, key: int) -> None:
    """Posts whose place this act puts in question wait for another one.

    One set apart must be found by what repeats it, so it has to be drawn where it was not. Taken back, what
    hung on it hangs on a copy, and what hangs where it was put may not belong there.
    """
    if given.act is Act.NOT_A_COPY and undrawn(connection, key):
        wait_again(connection, key)
    if given.act is Act.UNDO:
        row = connection.execute(select(review).where(review.c.id == given.undoes)).one()
        if row.act == Act.NOT_A_COPY.value and repeats(connection, row.post):
            free_copies(connection, row.post)


def _touched(connection: Connection, given: Review, key: int) -> set[int]:
    """The post, and its copies of now and of then where an act on the cluster may settle them."""
    keys = {key}
    then = select(shared.c.post).where(shared.c.review == given.undoes)
    if given.undoes is not None:
        row = connection.execute(select(review).where(review.c.id == given.undoes)).one()
        keys.add(row.post)
    freed = (
        select(membership.c.post)
        .join(review, review.c.post == membership.c.post)
        .where(membership.c.of.in_(list(keys)), review.c.act == Act.NOT_A_COPY.value)
    )
    rows = [*connection.execute(freed), *connection.execute(then)]
    return keys | {row.post for row in rows}


def _all() -> Select[Any]:
    undo = review.alias("undo")
    query = select(review, post.c.id.label("post_id"), undo.c.id.label("undone_by"))
    joined = query.join(post, post.c.key == review.c.post).outerjoin(undo, undo.c.undoes == review.c.id)
    return joined.order_by(review.c.id)


def _said(row: Row[Any]) -> Said:
    given = Review(
        reviewer=row.reviewer,
        act=Act(row.act),
        post=row.post_id,
        on_cluster=row.on_cluster,
        label=Label(row.label) if row.label else None,
        kind=Kind(row.kind) if row.kind else None,
        undoes=row.undoes,
    )
    return Said(row.id, row.at, given, row.revision, getattr(row, "undone_by", None) is not None)
