"""Scams among all rows, and posts once called unreliable → the flags of a model, with chances that hold.

Each flag is a logistic regression on hashed n-grams, tried on texts that were held out; a line through the
held-out log-odds (Platt 1999, "Probabilistic Outputs for Support Vector Machines") makes chances of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp import Class, ngrams
from nlp.flags import FOLDER, Flags
from sangtin.post import Flag
from training import metrics
from training.gathering import Sourced
from training.linear import Examples, Settings, Table, features, fit_table, quantised
from training.rows import Fields, Row, read_rows

Floats = npt.NDArray[np.float64]
Figures = dict[str, dict[str, float]]

FAMILIES = (
    ngrams.Family("marked", "char", (2, 3, 4), 17),
    ngrams.Family("folded", "word", (1, 2), 16),
    ngrams.Family("marked", "style", (), 12),
)
SETTINGS = Settings(families=FAMILIES, strengths=(1.0, 0.7, 0.5), balance=0.0)
RELIABLE, SMS = "reintel/train.jsonl.gz", "sms-smishing/all.jsonl"
SMS_WEIGHT = 0.3  # as the recipe trusts that set
FOLDS = 5
STEPS = 50  # of Newton's method on two numbers: it is still after ten
LEAST = 0.5  # more likely than not


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts of which some have a flag, how much each counts, and the fold that each is held out in."""

    texts: Sequence[str]
    flagged: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    folds: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """One flag: what each row of its reader adds to the log-odds, where they start, and how well it ranks."""

    weights: npt.NDArray[np.float32]
    bias: float
    figures: dict[str, float]


def fit_flags(rows: Sequence[Sourced], data: Path) -> tuple[Flags, Figures]:
    """The flags that rows and data teach, and their figures on texts that were held out."""
    asked = {Flag.SCAM.value: scams(rows, data), Flag.UNRELIABLE.value: unreliable(data)}
    found = [_column(one) for one in asked.values()]
    weights = np.stack([column.weights for column in found], axis=1)
    bias = np.array([column.bias for column in found], np.float32)
    reader = quantised(weights, bias, tuple(Class(name) for name in asked), FAMILIES)
    figures = {f"flag: {name}": column.figures for name, column in zip(asked, found, strict=True)}
    return Flags(replace(reader, name=FOLDER), dict.fromkeys(asked, LEAST)), figures


def scams(rows: Sequence[Sourced], data: Path) -> Asked:
    """All rows, of which scams are flagged, and the messages that a set calls smishing or not."""
    known = {one.row.text for one in rows}
    own = [one for one in rows if not one.changed and one.row.weight > 0]
    sms = [row for row in read_rows([data / SMS], Fields()) if row.text not in known]
    return Asked(
        [*(one.row.text for one in own), *(row.text for row in sms)],
        np.array(
            [*(one.row.target.kind == "scam" for one in own), *(row.target.label == "1" for row in sms)]
        ),
        np.array([*(one.row.weight for one in own), *(SMS_WEIGHT for _row in sms)]),
        np.array([*(one.part % FOLDS for one in own), *(_fold(row) for row in sms)]),
    )


def unreliable(data: Path) -> Asked:
    """Posts of a network in 2020 that a set calls unreliable or not."""
    rows = read_rows([data / RELIABLE], Fields())
    return Asked(
        [row.text for row in rows],
        np.array([row.target.label == "1" for row in rows]),
        np.ones(len(rows)),
        np.array([_fold(row) for row in rows]),
    )


def _column(asked: Asked) -> Column:
    shares = np.stack([~asked.flagged, asked.flagged], axis=1).astype(np.float32)
    shown = Examples(asked.texts, shares, asked.weights.astype(np.float32))
    table = Table(features(asked.texts, FAMILIES))
    odds = np.zeros(len(asked.texts))
    for fold in np.unique(asked.folds).tolist():
        kept, held = np.flatnonzero(asked.folds != fold), np.flatnonzero(asked.folds == fold)
        weights, bias = _fitted(table, shown, kept)
        odds[held] = _log_odds(table.rows(held), weights, bias)
    slope, start = _line(odds, asked.flagged, asked.weights)
    weights, bias = _fitted(table, shown, np.arange(len(odds)))
    sure = 1 / (1 + np.exp(-(slope * odds + start)))
    raised = sure >= LEAST
    figures = {
        "rows": float(len(odds)),
        "flagged": float(asked.flagged.mean()),
        "ROC AUC": metrics.roc_auc(asked.flagged, sure),
        "average precision": metrics.average_precision(asked.flagged, sure),
        "calibration error": metrics.calibration_error(
            np.maximum(sure, 1 - sure), (sure >= LEAST) == asked.flagged
        ),
        "raised": float(raised.mean()),
        "precision": float(asked.flagged[raised].mean()) if raised.any() else 0.0,
        "recall": float(raised[asked.flagged].mean()),
    }
    return Column((weights * np.float32(slope)).astype(np.float32), slope * bias + start, figures)


def _fitted(
    table: Table, shown: Examples, which: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float32], float]:
    """What each row adds to the log-odds, and where they start."""
    classes = (Class("no"), Class("yes"))
    reader = fit_table(table.rows(which), shown.rows(which), classes, SETTINGS)
    sizes = [1 << family.bits for family in FAMILIES]
    whole = reader.weights * np.repeat(reader.scale, sizes, axis=0)
    return (whole[:, 1] - whole[:, 0]).astype(np.float32), float(reader.bias[1] - reader.bias[0])


def _log_odds(table: Table, weights: npt.NDArray[np.float32], bias: float) -> Floats:
    found: Floats = (table.ngrams @ weights).astype(np.float64) + bias
    return found


def _line(odds: Floats, flagged: npt.NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Slope and start of the line that makes log-odds likeliest, by Newton's method."""
    slope, start = 1.0, 0.0
    seen = np.stack([odds, np.ones(len(odds))], axis=1)
    for _step in range(STEPS):
        sure = 1 / (1 + np.exp(-np.clip(seen @ np.array([slope, start]), -30, 30)))
        pull = seen.T @ (weights * (flagged - sure))
        bend = (seen * (weights * sure * (1 - sure))[:, None]).T @ seen + 1e-6 * np.eye(2)
        slope, start = np.array([slope, start]) + np.linalg.solve(bend, pull)
    return float(slope), float(start)


def _fold(row: Row) -> int:
    return hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).digest()[0] % FOLDS
