"""Truth and answers → how good a model is: F1, average precision, calibration, coverage.

Every figure is the usual one: F1, ROC AUC and average precision are those of scikit-learn to within rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Bins of the expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks").
CALIBRATION_BINS = 15


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label's precision, recall and F1, in [0, 1], and its rows in the truth."""

    precision: float
    recall: float
    f1: float
    support: int


def labels_of(truth: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    """The labels that figures are over: those in the truth or in the answers, sorted."""
    return tuple(sorted(set(truth) | set(said)))


def per_class(truth: Sequence[str], said: Sequence[str]) -> dict[str, ClassFigures]:
    """Figures of each label in truth or answers; a ratio without a denominator is 0."""
    is_of, is_said = np.array(truth, object), np.array(said, object)
    found = {}
    for label in labels_of(truth, said):
        of, given = int((is_of == label).sum()), int((is_said == label).sum())
        hit = int(((is_of == label) & (is_said == label)).sum())
        found[label] = ClassFigures(
            hit / given if given else 0.0, hit / of if of else 0.0, 2 * hit / (of + given), of
        )
    return found


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Mean F1 over the labels in truth or answers, in [0, 1]."""
    return float(np.mean([figures.f1 for figures in per_class(truth, said).values()]))


def confusion(truth: Sequence[str], said: Sequence[str]) -> dict[str, dict[str, int]]:
    """True label → answered label → rows."""
    labels = labels_of(truth, said)
    counts = {label: dict.fromkeys(labels, 0) for label in labels}
    for one, other in zip(truth, said, strict=True):
        counts[one][other] += 1
    return counts


def average_precision(of: Bools, scores: Floats, weights: Floats | None = None) -> float:
    """Area under precision over recall by steps, ties taken together; `of` holds at least one True."""
    recall, precision = _curve(of, scores, np.ones(len(of)) if weights is None else weights)
    return float((np.diff(recall, prepend=0) * precision).sum())


def roc_auc(of: Bools, scores: Floats) -> float:
    """Chance that a random True scores above a random False, ties counted half (Mann–Whitney U)."""
    values, place = np.unique(scores, return_inverse=True)
    held = np.bincount(place, minlength=len(values))
    rank = np.cumsum(held) - (held - 1) / 2
    yes, no = int(of.sum()), int((~of).sum())
    return float((rank[place][of].sum() - yes * (yes + 1) / 2) / (yes * no))


def calibration_error(sure: Floats, right: Bools) -> float:
    """Expected calibration error: mean gap between probability and share right, over equal bins."""
    bins = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, sure - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(sure))


def _curve(of: Bools, scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Recall and precision at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    hit = np.cumsum((weights * of)[order])
    seen = np.cumsum(weights[order])
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return hit[last] / hit[-1], hit[last] / np.maximum(seen[last], np.finfo(float).tiny)
