"""Placed posts → predictions and outcomes, by the model in use, under a lease."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import nlp
from dedupe.pausing import uncollected
from sangtin.errors import MissingError, UsageError
from sangtin.post import READ_FLAGS, Chance, Kind, Label, Prediction
from sangtin.record import Record, models, reading
from sangtin.record.leases import Lease
from sangtin.record.reading import Answer, Unread
from sangtin.settings import Settings

# Posts in one transaction: long enough to spread its cost, short enough that a reviewer's commit never waits.
BATCH = 500
# The posts that taught what engagement means had long had theirs when they were gathered.
YOUNG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InUse:
    """The model that reads, and its key in the record."""

    key: int
    model: nlp.Model


def load_in_use(record: Record, settings: Settings) -> InUse:
    """Load the model that the record names. Raises MissingError where its folder is gone."""
    with record.read() as connection:
        known = models.model_in_use(connection)
    if known is None:
        raise MissingError("No model is in use. Choose the shipped one with: sangtin model use shipped")
    folder = folder_of(known, settings)
    return InUse(known.key, checked(nlp.load(folder, nlp.Place(settings.cache, settings.backend))))


def folder_of(known: models.KnownModel, settings: Settings) -> Path:
    """Where a known model lies now. Raises MissingError where it is gone."""
    folder = Path(known.folder)
    if folder.is_dir():
        return folder
    try:
        return nlp.find(known.name, settings.models)
    except UsageError as error:
        raise MissingError(
            f"The model in use, {known.name}, is gone: put {folder} back, or choose another with: "
            "sangtin model use shipped"
        ) from error


def checked(model: nlp.Model) -> nlp.Model:
    """A model that answers with the labels, kinds and flags of a record; UsageError where it does not."""
    if set(model.labels) != {label.value for label in Label}:
        raise UsageError(
            f"The model {model.name} answers {', '.join(model.labels)}; a record needs spam, negative and "
            "positive. Train one with those labels, or read files with: sangtin classify --model"
        )
    kinds = {one.kind for step in model.steps for one in step.reader.classes if one.label == Label.SPAM}
    if strange := sorted(kind for kind in kinds if kind and kind not in set(Kind)):
        raise UsageError(
            f"The model {model.name} answers the kinds {', '.join(strange)}; a record keeps "
            f"{', '.join(Kind)}. Train one with those, or read files with: sangtin classify --model"
        )
    if model.flags and not set(model.flags.names) <= set(READ_FLAGS):
        raise UsageError(
            f"The model {model.name} raises the flags {', '.join(model.flags.names)}; a record keeps "
            f"{' and '.join(READ_FLAGS)}. Read files with: sangtin classify --model"
        )
    return model


def read_some(record: Record, in_use: InUse, lease: Lease, settled: Counter[str]) -> int:
    """Read the next posts that wait, and record the answers. Returns how many; 0 when none is free.

    `settled` counts answers by reader, and those that stay unsure under "unsure".
    """
    with uncollected():
        return _read_some(record, in_use, lease, settled)


def _read_some(record: Record, in_use: InUse, lease: Lease, settled: Counter[str]) -> int:
    with record.beside() as writing:
        lease.check(writing)
        waiting = reading.hold_unread(writing, in_use.key, lease.holder, BATCH)
    if not waiting:
        return 0
    fresh = [each for each in waiting if not each.answered]
    answers = answer(in_use.model, fresh)
    with record.write() as writing:
        lease.check(writing)
        again = [each.key for each in waiting if each.answered]
        reading.answer(writing, in_use.key, answers, again)
    for each in answers:
        settled[each.prediction.reader if each.prediction.settled else "unsure"] += 1
    return len(waiting)


def answer(model: nlp.Model, posts: Sequence[Unread]) -> list[Answer]:
    """Each post's own prediction; no answer is taken over from another post."""
    answers = model.read([each.text for each in posts], [_beside(each) for each in posts])
    return [
        Answer(each.key, each.revision, _prediction(model, given))
        for each, given in zip(posts, answers, strict=True)
    ]


def _beside(post: Unread) -> nlp.Beside:
    """What the record knows of a post beside its text; a young post's counts say only that it is young."""
    if post.published_at is None or post.seen_at - post.published_at < YOUNG:
        return nlp.Beside(post.published_at)
    counts = post.engagement
    return nlp.Beside(post.published_at, counts.likes, counts.comments, counts.shares)


def _prediction(model: nlp.Model, given: nlp.Answer) -> Prediction:
    label = Label(given.label)
    return Prediction(
        model=model.name,
        reader=given.reader,
        label=label,
        kind=Kind(given.kind) if given.kind and label is Label.SPAM else None,
        spam=given.scores[Label.SPAM],
        negative=given.scores[Label.NEGATIVE],
        positive=given.scores[Label.POSITIVE],
        settled=given.settled,
        reason=given.reason,
        chances=_chances(model.flags, given.flags),
    )


def _chances(flags: nlp.Flags | None, found: Mapping[str, float]) -> tuple[Chance, ...]:
    """What the model says of each flag; nothing where it knows none."""
    if flags is None:
        return ()
    raised = flags.raised(found)
    return tuple(Chance(flag, found[flag], flag in raised) for flag in READ_FLAGS if flag in found)
