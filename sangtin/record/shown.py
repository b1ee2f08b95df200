"""A post's key → everything that the record knows of it, for people and for the search index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from sangtin.post import Bin, Cause, Engagement, Flag, Kind, Membership, Outcome, Prediction, Relation
from sangtin.record import changes, reviews
from sangtin.record.flags import flags_of
from sangtin.record.portions import portions
from sangtin.record.predictions import prediction_of
from sangtin.record.schema import change, cluster, membership, model, post, prediction, revision
from sangtin.record.standing import stands


@dataclass(frozen=True, slots=True)
class Summary:
    """A post as lists show it. `published` is false where its day is that of the fetch."""

    key: int
    id: str
    source: str
    text: str
    url: str | None
    author_key: str | None
    thread: str | None
    moment: datetime
    published: bool
    day: date
    engagement: Engagement
    revision: int
    outcome: Outcome
    membership: Membership | None
    original: str | None
    flags: tuple[Flag, ...]
    copies: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of a post and when it was there."""

    number: int
    text: str
    fetched_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a post's state."""

    number: int
    at: datetime
    what: str
    bin: Bin
    kind: Kind | None
    cause: Cause
    settled_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about one post. An erased one has neither text nor summary, only its steps."""

    summary: Summary | None
    erased_at: datetime | None
    bin: Bin
    revisions: tuple[Revision, ...]
    predictions: tuple[tuple[int, datetime, Prediction], ...]
    reviews: tuple[reviews.Said, ...]
    steps: tuple[Step, ...]


def show(connection: Connection, post_id: str) -> Shown | None:
    """Everything about a post; None where the record never had it."""
    row = connection.execute(select(post).where(post.c.id == post_id)).first()
    if row is None:
        return None
    found = summaries(connection, [row.key])
    return Shown(
        summary=found[0] if found else None,
        erased_at=row.erased_at,
        bin=Bin(row.bin),
        revisions=tuple(_revisions(connection, row.key)),
        predictions=tuple(_predictions(connection, row.key)),
        reviews=tuple(reviews.history(connection, row.key)),
        steps=tuple(_steps(connection, row.key)),
    )


def summaries(connection: Connection, keys: Sequence[int]) -> list[Summary]:
    """Posts as lists show them, in the order of the keys; erased ones are left out."""
    rows: dict[int, Row[Any]] = {}
    sizes: dict[int, int] = {}
    for some in portions(keys):
        rows |= {row.key: row for row in connection.execute(_query().where(post.c.key.in_(some)))}
        sizes |= _copies(connection, some)
    return [_summary(rows[key], sizes.get(key, 0)) for key in keys if key in rows]


def summaries_by_id(connection: Connection, ids: Sequence[str]) -> list[Summary]:
    """Posts as lists show them, in the order of the ids; unknown and erased ones are left out."""
    keys: dict[str, int] = {}
    for some in portions(ids):
        found = connection.execute(select(post.c.id, post.c.key).where(post.c.id.in_(some)))
        keys |= {row.id: row.key for row in found}
    return summaries(connection, [keys[post_id] for post_id in ids if post_id in keys])


def ids_of(connection: Connection, keys: Collection[int]) -> dict[int, str]:
    """Ids by key, of erased posts too."""
    found: dict[int, str] = {}
    for some in portions(keys):
        rows = connection.execute(select(post.c.key, post.c.id).where(post.c.key.in_(some)))
        found |= {row.key: row.id for row in rows}
    return found


def changed_after(connection: Connection, number: int, limit: int) -> list[tuple[int, int]]:
    """(number, post key) of the next changes."""
    return changes.changed_posts(connection, number, limit)


def _query() -> Any:
    original = post.alias("original")
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    return (
        select(
            post,
            revision.c.text,
            membership.c.cluster,
            membership.c.of,
            membership.c.relation,
            membership.c.similarity,
            membership.c.containment,
            membership.c.reason,
            cluster.c.burst,
            original.c.id.label("original_id"),
        )
        .join(revision, text_now)
        .outerjoin(membership, stands())
        .outerjoin(cluster, cluster.c.id == membership.c.cluster)
        .outerjoin(original, original.c.key == membership.c.of)
    )


def _copies(connection: Connection, keys: Sequence[int]) -> dict[int, int]:
    """How many posts now repeat each of the posts."""
    counted = (
        select(membership.c.of, func.count())
        .join(post, stands())
        .where(membership.c.of.in_(list(keys)), post.c.bin == Bin.DUPLICATE.value)
        .group_by(membership.c.of)
    )
    return {of: count for of, count in connection.execute(counted) if of is not None}


def _summary(row: Row[Any], copies: int) -> Summary:
    place = None
    if row.cluster is not None:
        place = Membership(
            row.cluster, row.of, row.similarity, Relation(row.relation), row.containment, row.reason
        )
    kind = Kind(row.kind) if row.kind else None
    return Summary(
        key=row.key,
        id=row.id,
        source=row.source,
        text=row.text,
        url=row.url,
        author_key=row.author_key,
        thread=row.thread,
        moment=row.moment,
        published=row.published_at is not None,
        day=row.day,
        engagement=Engagement(row.likes, row.comments, row.shares, row.views),
        revision=row.revision,
        outcome=Outcome(Bin(row.bin), Cause(row.cause), kind, row.settled_by),
        membership=place,
        original=row.original_id,
        flags=_flags(row),
        copies=copies,
    )


def _flags(row: Row[Any]) -> tuple[Flag, ...]:
    reasons = {
        Flag.NEGATIVE: row.bin == Bin.NEGATIVE.value,
        **dict.fromkeys(flags_of(row.flags), True),
        Flag.BURST: bool(row.burst),
        Flag.EDITED: row.edited,
    }
    return tuple(flag for flag, applies in reasons.items() if applies)


def _revisions(connection: Connection, key: int) -> list[Revision]:
    rows = connection.execute(
        select(revision).where(revision.c.post == key).order_by(revision.c.fetched_at, revision.c.number)
    )
    return [Revision(r.number, r.text, r.fetched_at, r.seen_at) for r in rows]


def _predictions(connection: Connection, key: int) -> list[tuple[int, datetime, Prediction]]:
    query = select(prediction, model.c.name).join(model, model.c.key == prediction.c.model)
    rows = connection.execute(query.where(prediction.c.post == key).order_by(prediction.c.at))
    return [(p.revision, p.at, prediction_of(p)) for p in rows]


def _steps(connection: Connection, key: int) -> list[Step]:
    rows = connection.execute(select(change).where(change.c.post == key).order_by(change.c.number))
    return [
        Step(
            r.number,
            r.at,
            r.what,
            Bin(r.bin),
            Kind(r.kind) if r.kind else None,
            Cause(r.cause),
            r.settled_by,
        )
        for r in rows
    ]
