"""Probabilities against truth → the least probability at which each label may be settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Fewer rows than this cannot show an error of 10 % (the rule of three: 0 wrong of 30 still allows 10 %).
LEAST_ROWS = 30
MUST_NOT_MISS = "negative"
# Thresholds are whole millionths: beyond that, processors differ.
GRAIN = 1e6


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a model may get wrong of what it settles; shares in [0, 1].

    `error`: of the rows that the last reader settles as a label, the share that are another.
    `missed`: of all negative rows, the share that a reader settles as something else.
    `disagreement`: of the rows that an earlier reader settles as a label, the share on which the last
    reader answers otherwise.
    """

    error: float = 0.10
    missed: float = 0.02
    disagreement: float = 0.01


@dataclass(frozen=True, slots=True)
class Answered:
    """One reader's label probabilities, shape (rows, labels), beside what they are held against.

    `compared` is the label number that an answer should equal, `truth` what the row is (the same for the
    last reader), `weights` how much a row counts.
    """

    scores: Floats
    compared: Ints
    truth: Ints
    weights: Floats


def choose(answered: Answered, labels: Sequence[str], wrong: float, missed: float) -> dict[str, float]:
    """The lowest thresholds that keep both bounds on these rows; a label that cannot keep them is left out.

    `wrong` bounds the share of each label's settled rows that differ from `compared`.
    """
    best = answered.scores.argmax(axis=1)
    least = np.array([_least(answered, best, place, wrong) for place in range(len(labels))])
    least = np.floor(least * GRAIN) / GRAIN  # the row that chose it stays settled
    if MUST_NOT_MISS in labels:
        negative = labels.index(MUST_NOT_MISS)
        floor = _floor(answered, (best, least), negative, missed)
        others = np.arange(len(labels)) != negative
        least[others] = np.maximum(least[others], floor)
    return {label: float(least[i]) for i, label in enumerate(labels) if np.isfinite(least[i])}


def _least(answered: Answered, best: Ints, place: int, wrong: float) -> float:
    """The lowest probability of a label down to which its answers keep `wrong`; infinite where none does."""
    rows = np.flatnonzero((best == place) & (answered.weights > 0))
    sure = answered.scores[rows, place]
    order = np.argsort(-sure, kind="stable")
    weights = answered.weights[rows][order]
    missing = np.cumsum(weights * (answered.compared[rows][order] != place)) / np.cumsum(weights)
    kept = np.flatnonzero((missing <= wrong) & (np.arange(1, len(rows) + 1) >= LEAST_ROWS))
    return float(sure[order][kept[-1]]) if len(kept) else float("inf")


def _floor(answered: Answered, chosen: tuple[Ints, Floats], negative: int, missed: float) -> float:
    """The lowest probability for other labels at which few enough negatives are settled as them."""
    best, least = chosen
    sure = answered.scores.max(axis=1)
    is_negative = answered.truth == negative
    rows = np.flatnonzero(is_negative & (best != negative) & (sure >= least[best]))
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    allowed = missed * answered.weights[is_negative].sum()
    over = np.flatnonzero(np.cumsum(answered.weights[rows]) > allowed)
    return float(np.floor(sure[rows[over[0]]] * GRAIN + 1) / GRAIN) if len(over) else 0.0
