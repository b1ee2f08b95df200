"""Posts that the model in use has not answered ↔ its readers: what waits, who holds it, the answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from sangtin.post import Engagement, Prediction, now
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.models import current_model, models
from sangtin.record.portions import portions
from sangtin.record.predictions import columns_of
from sangtin.record.schema import TO_READ, held, lease, post, prediction, revision
from sangtin.record.settling import settle


@dataclass(frozen=True, slots=True)
class Unread:
    """A post that waits to be read, with its counts when it was last seen.

    `answered`: the model in use answered this revision before.
    """

    key: int
    revision: int
    text: str
    answered: bool
    seen_at: datetime
    published_at: datetime | None
    engagement: Engagement


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's answer for one revision of one post."""

    key: int
    revision: int
    prediction: Prediction


def count_unread(connection: Connection, model: int) -> int:
    """How many posts wait to be read by a model, held or not."""
    waits = and_(TO_READ, post.c.answered_by.in_(_others(connection, model)))
    return int(connection.execute(select(func.count()).select_from(post).where(waits)).scalar_one())


def unread_beyond(connection: Connection, limit: int) -> bool:
    """Whether more posts than `limit` wait to be read for the first time; as quick among millions."""
    some = select(post.c.key).where(TO_READ, post.c.answered_by == 0).limit(1).offset(limit)
    return connection.execute(some).first() is not None


def hold_unread(writing: Writing, model: int, holder: str, limit: int) -> list[Unread]:
    """Take the next posts to read under a lease, newest first, leaving those that another holds.

    None for a model that is no longer in use: two models would undo each other's work for ever.
    """
    connection = writing.connection
    if model != current_model(connection):
        return []
    insert = upsert(connection, held).on_conflict_do_nothing().returning(held.c.post)
    mine: list[int] = []
    while not mine and (keys := _free(connection, model, limit)):  # another may have held them all meanwhile
        rows = [{"post": key, "holder": holder} for key in keys]
        mine = [row.post for row in connection.execute(insert, rows)]
    return _unread(connection, mine, model)


def answer(writing: Writing, model: int, answers: Sequence[Answer], again: Collection[int] = ()) -> None:
    """Record a model's answers and the outcomes that follow, and let go of the posts.

    `again` are posts whose stored answer by this model counts again. An answer for a revision that is no
    longer current, or by a model that is no longer in use, is kept, and settles nothing.
    """
    connection = writing.connection
    keys = [a.key for a in answers] + list(again)
    current = _current(connection, keys)
    rows = [_prediction_row(a, model) for a in answers if a.key in current]
    if rows:
        connection.execute(upsert(connection, prediction).on_conflict_do_nothing(), rows)
    for some in portions(keys):
        connection.execute(delete(held).where(held.c.post.in_(some)))
    if model != current_model(connection):
        return
    up_to_date = {a.key for a in answers if current.get(a.key) == a.revision}
    up_to_date |= _answered(connection, [key for key in again if key in current], model)
    for some in portions(up_to_date):
        connection.execute(update(post).where(post.c.key.in_(some)).values(answered_by=model))
    settle(writing, up_to_date)


def let_go(writing: Writing, holder: str) -> None:
    """Give up whatever a holder holds."""
    writing.connection.execute(delete(held).where(held.c.holder == holder))


def holders(connection: Connection) -> list[str]:
    """Who holds posts now."""
    rows = select(lease.c.name).where(lease.c.holder.in_(select(held.c.holder)))
    return [row.name for row in connection.execute(rows)]


def _others(connection: Connection, model: int) -> list[int]:
    """What `answered_by` says of posts that a model has not answered: 0 for nobody, or another model."""
    return [0, *(known.key for known in models(connection) if known.key != model)]


def _free(connection: Connection, model: int, limit: int) -> list[int]:
    """Posts that nobody holds: never answered ones, then each other model's; the newest of each first.

    One range of the index on (answered_by, moment) after another: asked at once, all that waits is sorted.
    Posts that another transaction is at are left out (FOR UPDATE SKIP LOCKED, where the engine has it).
    """
    taken = select(held.c.post).where(held.c.post == post.c.key).exists()
    query = select(post.c.key).where(TO_READ, ~taken).order_by(post.c.moment.desc())
    query = query.with_for_update(of=post, skip_locked=True)
    keys: list[int] = []
    for other in _others(connection, model):
        some = query.where(post.c.answered_by == other).limit(limit - len(keys))
        keys += connection.execute(some).scalars()
        if len(keys) == limit:
            break
    return keys


def _current(connection: Connection, keys: list[int]) -> dict[int, int]:
    """Key → current revision of the posts that are not erased."""
    alive = select(post.c.key, post.c.revision).where(post.c.erased_at.is_(None))
    found: dict[int, int] = {}
    for some in portions(keys):
        found |= {row.key: row.revision for row in connection.execute(alive.where(post.c.key.in_(some)))}
    return found


def _answered(connection: Connection, keys: list[int], model: int) -> set[int]:
    """Those of the posts whose current revision a model has answered."""
    mine = and_(
        prediction.c.post == post.c.key,
        prediction.c.revision == post.c.revision,
        prediction.c.model == model,
    )
    query = select(post.c.key).join(prediction, mine)
    found: set[int] = set()
    for some in portions(keys):
        found |= set(connection.execute(query.where(post.c.key.in_(some))).scalars())
    return found


def _unread(connection: Connection, keys: list[int], model: int) -> list[Unread]:
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    known = and_(
        prediction.c.post == post.c.key,
        prediction.c.revision == post.c.revision,
        prediction.c.model == model,
    )
    counts = (post.c.likes, post.c.comments, post.c.shares, post.c.views)
    columns = (post.c.key, post.c.revision, post.c.seen_at, post.c.published_at, *counts)
    query = (
        select(*columns, revision.c.text, prediction.c.model)
        .join(revision, text_now)
        .outerjoin(prediction, known)
    )
    found: list[Unread] = []
    for some in portions(keys):
        rows = connection.execute(query.where(post.c.key.in_(some)))
        found += [
            Unread(
                *(r.key, r.revision, r.text, r.model is not None, r.seen_at, r.published_at),
                Engagement(r.likes, r.comments, r.shares, r.views),
            )
            for r in rows
        ]
    return found


def _prediction_row(a: Answer, model: int) -> dict[str, Any]:
    of = {"post": a.key, "revision": a.revision, "model": model, "at": now()}
    return of | columns_of(a.prediction)
