"""A model and labelled rows → the same readers with thresholds chosen again, as a new model."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from nlp import load
from nlp.flags import FOLDER as FLAGS
from nlp.folder import ModelCard, read_card, write_card
from nlp.model import Model, fold
from sangtin.errors import UsageError
from training.fit import refuse_taken
from training.rows import Row, data_hash
from training.thresholds import Answered, Bounds, choose


def rethreshold(folder: Path, rows: Sequence[Row], out: Path, how: tuple[date, Bounds]) -> ModelCard:
    """Copy the readers of `folder` to `out`, which must not exist, with thresholds that keep the bounds."""
    refuse_taken(out)
    day, bounds = how
    model, card = load(folder), read_card(folder)
    chosen = _chosen(model, rows, bounds)
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for step in card.readers:
        shutil.copytree(folder / step.name, draft / step.name)
    steps = tuple(
        step.model_copy(update={"thresholds": one}) for step, one in zip(card.readers, chosen, strict=True)
    )
    if card.flags:
        shutil.copytree(folder / FLAGS, draft / FLAGS)
    sealed = write_card(draft, day, steps, (card.labels, data_hash(rows)), flags=card.flags)
    draft.rename(out)
    return sealed


def _chosen(model: Model, rows: Sequence[Row], bounds: Bounds) -> list[dict[str, float]]:
    """Thresholds of each step, in order."""
    strange = {row.target.label for row in rows} - set(model.labels)
    if strange:
        raise UsageError(
            f"--dev holds labels that the model {model.name} does not know: {', '.join(sorted(strange))}. "
            f"It knows {', '.join(model.labels)}. Use --map to rename."
        )
    texts = [row.text for row in rows]
    truth = np.array([model.labels.index(row.target.label) for row in rows])
    weights = np.array([row.weight for row in rows])
    scores = [fold(step.reader.read(texts), step.reader.classes, model.labels) for step in model.steps]
    last = scores[-1].argmax(axis=1)
    earlier = [Answered(one, last, truth, weights) for one in scores[:-1]]
    found = [choose(one, model.labels, bounds.disagreement, bounds.missed) for one in earlier]
    final = Answered(scores[-1], truth, truth, weights)
    return [*found, choose(final, model.labels, bounds.error, bounds.missed)]
