"""Posts that the model in use has not answered ↔ its readers: what waits, who holds it, the answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from sangtin.post import Prediction, now
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import held, lease, post, prediction, revision
from sangtin.record.settling import settle


@dataclass(frozen=True, slots=True)
class Unread:
    """A post that waits to be read. `answered`: the model in use answered this revision before."""

    key: int
    revision: int
    text: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's answer for one revision of one post."""

    key: int
    revision: int
    prediction: Prediction


def count_unread(connection: Connection, model: int) -> int:
    """How many posts wait to be read by a model, held or not."""
    return int(connection.execute(select(func.count()).where(_waits(model))).scalar_one())


def hold_unread(writing: Writing, model: int, holder: str, limit: int) -> list[Unread]:
    """Take the next posts to read under a lease, newest first, leaving those that another holds."""
    connection = writing.connection
    taken = select(held.c.post).where(held.c.post == post.c.key).exists()
    query = select(post.c.key).where(_waits(model), ~taken)
    query = query.order_by(post.c.answered_by, post.c.moment.desc()).limit(limit)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    keys = [row.key for row in connection.execute(query)]
    if not keys:
        return []
    insert = upsert(connection, held).on_conflict_do_nothing().returning(held.c.post)
    rows = [{"post": key, "holder": holder} for key in keys]
    mine = [row.post for row in connection.execute(insert, rows)]
    return _unread(connection, mine, model)


def answer(writing: Writing, model: int, answers: Sequence[Answer], again: Collection[int] = ()) -> None:
    """Record a model's answers and the outcomes that follow, and let go of the posts.

    `again` are posts whose stored answer by this model counts again. An answer for a revision that is no
    longer current is kept, and settles nothing.
    """
    connection = writing.connection
    keys = [a.key for a in answers] + list(again)
    if not keys:
        return
    alive = post.c.erased_at.is_(None)
    current = dict(
        connection.execute(select(post.c.key, post.c.revision).where(post.c.key.in_(keys), alive)).all()
    )
    rows = [_prediction_row(a, model) for a in answers if a.key in current]
    if rows:
        connection.execute(upsert(connection, prediction).on_conflict_do_nothing(), rows)
    up_to_date = [a.key for a in answers if current.get(a.key) == a.revision]
    up_to_date += [key for key in again if key in current]
    connection.execute(update(post).where(post.c.key.in_(up_to_date)).values(answered_by=model))
    connection.execute(delete(held).where(held.c.post.in_(keys)))
    settle(writing, up_to_date)


def let_go(writing: Writing, holder: str) -> None:
    """Give up whatever a holder holds."""
    writing.connection.execute(delete(held).where(held.c.holder == holder))


def holders(connection: Connection) -> list[str]:
    """Who holds posts now."""
    rows = select(lease.c.name).where(lease.c.holder.in_(select(held.c.holder)))
    return [row.name for row in connection.execute(rows)]


def _waits(model: int) -> ColumnElement[bool]:
    """Two ranges of the index on (answered_by, moment), rather than an inequality that would scan it."""
    return and_(post.c.readable, or_(post.c.answered_by < model, post.c.answered_by > model))


def _unread(connection: Connection, keys: list[int], model: int) -> list[Unread]:
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    known = and_(
        prediction.c.post == post.c.key,
        prediction.c.revision == post.c.revision,
        prediction.c.model == model,
    )
    rows = (
        select(post.c.key, post.c.revision, revision.c.text, prediction.c.model)
        .join(revision, text_now)
        .outerjoin(prediction, known)
        .where(post.c.key.in_(keys))
    )
    return [Unread(r.key, r.revision, r.text, r.model is not None) for r in connection.execute(rows)]


def _prediction_row(a: Answer, model: int) -> dict[str, Any]:
    p = a.prediction
    return {
        "post": a.key,
        "revision": a.revision,
        "model": model,
        "reader": p.reader,
        "label": p.label.value,
        "kind": p.kind.value if p.kind else None,
        "spam": p.spam,
        "negative": p.negative,
        "positive": p.positive,
        "settled": p.settled,
        "reason": p.reason,
        "at": now(),
    }
