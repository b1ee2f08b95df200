"""Models and labelled rows → their readers in order, with thresholds chosen anew, as a new model."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from nlp import Place, load
from nlp.answer import fold
from nlp.flags import FOLDER as FLAGS
from nlp.folder import PHOBERT, ModelCard, Step, is_plain, read_card, write_card
from nlp.model import Model
from sangtin.errors import UsageError
from training.fit import refuse_taken
from training.rows import Row, data_hash
from training.thresholds import MUST_NOT_MISS, Answered, Bounds, Floats, Ints, choose


@dataclass(frozen=True, slots=True)
class How:
    """The day in the new model's name, the bounds it keeps, and where readers keep what they make."""

    day: date
    bounds: Bounds
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A reader on its way into a new model: its folder, and what it is to be called there."""

    folder: Path
    name: str
    type: str


def rethreshold(folders: Sequence[Path], rows: Sequence[Row], out: Path, how: How) -> ModelCard:
    """Copy the readers of `folders`, in order, to `out`, which must not exist, with thresholds that keep
    the bounds. A folder may be a model, or weights in Hugging Face's layout."""
    refuse_taken(out)
    models = [load(folder, how.place) for folder in folders]
    joined = Model("", _same_labels(models), tuple(step for model in models for step in model.steps))
    chosen = _chosen(joined, rows, how.bounds)
    parts = list(_parts(folders))
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for part in parts:
        _copied(part, draft / part.name, how.place)
    steps = tuple(
        Step(name=part.name, type=part.type, thresholds=one) for part, one in zip(parts, chosen, strict=True)
    )
    flags = _flags(folders, draft)
    sealed = write_card(draft, how.day, steps, (joined.labels, data_hash(rows)), flags=flags)
    draft.rename(out)
    return sealed


def _same_labels(models: Sequence[Model]) -> tuple[str, ...]:
    first = models[0]
    for other in models[1:]:
        if set(other.labels) != set(first.labels):
            raise UsageError(
                f"{first.name} answers {', '.join(first.labels)}, {other.name} {', '.join(other.labels)}. "
                "Readers of one model answer the same labels: train them on the same rows."
            )
    return first.labels


def _parts(folders: Sequence[Path]) -> Iterator[_Part]:
    """The readers of the folders; one whose name is taken gets a number."""
    taken: Counter[str] = Counter()
    for folder in folders:
        if is_plain(folder):
            found = [(folder, PHOBERT, PHOBERT)]
        else:
            found = [(folder / step.name, step.name, step.type) for step in read_card(folder).readers]
        for source, name, kind in found:
            base = name.partition("-")[0]
            taken[base] += 1
            yield _Part(source, base if taken[base] == 1 else f"{base}-{taken[base]}", kind)


def _flags(folders: Sequence[Path], draft: Path) -> dict[str, float]:
    """Keep the flags of the first model that raises any."""
    for folder in folders:
        if not is_plain(folder) and (flags := read_card(folder).flags):
            shutil.copytree(folder / FLAGS, draft / FLAGS)
            return dict(flags)
    return {}


def _copied(part: _Part, target: Path, place: Place | None) -> None:
    """Copy a reader's folder; of weights that others made, what reading needs."""
    if part.type != PHOBERT:
        shutil.copytree(part.folder, target)
        return
    from nlp.phobert import keep

    keep(part.folder, target, place or Place())


def _chosen(model: Model, rows: Sequence[Row], bounds: Bounds) -> list[dict[str, float]]:
    """Thresholds of each step, in order, each chosen on the rows that reach it.

    What may be missed of the negatives is shared out among the readers: together they keep the bound.
    """
    strange = {row.target.label for row in rows} - set(model.labels)
    if strange:
        raise UsageError(
            f"--dev holds labels that the model does not know: {', '.join(sorted(strange))}. "
            f"It knows {', '.join(model.labels)}. Use --map to rename."
        )
    texts = [row.text for row in rows]
    truth = np.array([model.labels.index(row.target.label) for row in rows])
    weights = np.array([row.weight for row in rows])
    scores = [fold(step.reader.read(texts), step.reader.classes, model.labels) for step in model.steps]
    found: list[dict[str, float]] = []
    left = np.ones(len(rows), bool)
    for number, one in enumerate(scores):
        is_last = number == len(scores) - 1
        compared = truth if is_last else scores[-1].argmax(axis=1)
        answered = Answered(one[left], compared[left], truth[left], weights[left])
        share = _allowed(model.labels, (truth, weights, left), bounds.missed / len(scores))
        found.append(choose(answered, model.labels, bounds.error if is_last else bounds.disagreement, share))
        left = left & ~settled(one, found[-1], model.labels)
    return found


def _allowed(labels: Sequence[str], of: tuple[Ints, Floats, np.ndarray], missed: float) -> float:
    """A share of all negatives, as a share of those that are left."""
    truth, weights, left = of
    if MUST_NOT_MISS not in labels:
        return missed
    negative = truth == labels.index(MUST_NOT_MISS)
    remaining = weights[negative & left].sum()
    return float(min(1.0, missed * weights[negative].sum() / remaining)) if remaining else 1.0


def settled(scores: Floats, thresholds: dict[str, float], labels: Sequence[str]) -> np.ndarray:
    """Which rows a reader with these thresholds settles; `scores` have shape (rows, labels)."""
    least = np.array([thresholds.get(label, np.inf) for label in labels])
    best = scores.argmax(axis=1)
    return np.asarray(scores.max(axis=1) >= least[best])
