"""A model and labelled rows → a report of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nlp import Answer, Model
from training import metrics, prevalence
from training.metrics import ClassFigures, Floats
from training.prevalence import Rare
from training.rows import Row

ROWS_A_BATCH = 2048


@dataclass(frozen=True, slots=True)
class Report:
    """What `sangtin evaluate` says. Figures lie in [0, 1]; None where the rows cannot bear one.

    `macro_f1`, `per_class` and `confusion` are over the labels in the rows or in the answers. `ece` and
    `coverage` are of the likeliest label. `roc_auc` is for models of two labels, of the second in order.
    """

    n: int
    macro_f1: float
    accuracy: float
    per_class: dict[str, ClassFigures]
    average_precision: dict[str, float]
    roc_auc: float | None
    ece: float
    coverage: float
    settled_macro_f1: float | None
    confusion: dict[str, dict[str, int]]
    prevalence: dict[str, Rare]


def evaluate(model: Model, rows: Sequence[Row]) -> Report:
    """Read the rows with the model and compare."""
    return report([row.target.label for row in rows], list(_read(model, rows)), model.labels)


def report(truth: Sequence[str], answers: Sequence[Answer], labels: Sequence[str]) -> Report:
    """Figures of `answers` against `truth`, row by row."""
    said = [answer.label for answer in answers]
    scores = np.array([[answer.scores[label] for label in labels] for answer in answers])
    right = np.array(truth, object) == np.array(said, object)
    settled = np.array([answer.settled for answer in answers])
    kept = np.flatnonzero(settled).tolist()
    return Report(
        n=len(truth),
        macro_f1=metrics.macro_f1(truth, said),
        accuracy=float(right.mean()),
        per_class=metrics.per_class(truth, said),
        average_precision=_average_precision(truth, scores, labels),
        roc_auc=_roc_auc(truth, scores, labels),
        ece=metrics.calibration_error(scores.max(axis=1), right),
        coverage=float(settled.mean()),
        settled_macro_f1=metrics.macro_f1([truth[i] for i in kept], [said[i] for i in kept])
        if len(kept)
        else None,
        confusion=metrics.confusion(truth, said),
        prevalence=_prevalence(truth, scores, labels),
    )


def _read(model: Model, rows: Sequence[Row]) -> Iterator[Answer]:
    left = iter(rows)
    while batch := list(islice(left, ROWS_A_BATCH)):
        yield from model.read([row.text for row in batch])


def _average_precision(truth: Sequence[str], scores: Floats, labels: Sequence[str]) -> dict[str, float]:
    held = np.array(truth, object)
    return {
        label: metrics.average_precision(held == label, scores[:, place])
        for place, label in enumerate(labels)
        if (held == label).any()
    }


def _roc_auc(truth: Sequence[str], scores: Floats, labels: Sequence[str]) -> float | None:
    if len(labels) != 2 or set(truth) != set(labels):
        return None
    second = max(labels)
    return metrics.roc_auc(np.array(truth, object) == second, scores[:, labels.index(second)])


def _prevalence(truth: Sequence[str], scores: Floats, labels: Sequence[str]) -> dict[str, Rare]:
    held = np.array(truth, object)
    found = {label: prevalence.at_rate(held == label, scores[:, place]) for place, label in enumerate(labels)}
    return {label: rare for label, rare in found.items() if rare is not None}
