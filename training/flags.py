"""Scams among all rows, and posts once called unreliable → the flags of a model, with chances that hold.

Each flag is a logistic regression on hashed n-grams, tried on texts that were held out; a line through the
held-out log-odds (Platt 1999, "Probabilistic Outputs for Support Vector Machines") makes chances of them.
Where a set has the time of day and the engagement, they count too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp import Class, ngrams
from nlp.beside import NAMES, Beside, Shift, numbers
from nlp.flags import FOLDER, Flags
from nlp.jsonl import objects
from sangtin.post import Flag
from training import metrics
from training.gathering import Sourced, part_of
from training.linear import Examples, Settings, Table, features, fit_table, quantised
from training.rows import Fields, Row, read_rows

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
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
EVEN = 0.5
STEPS = 50  # of Newton's method on nine numbers: it is still after ten
HELD_BACK = 1.0  # of the squared weights beside the text; from 0.1 to 10 the figures are alike
# A scam is flagged where it is more likely than not. What looks unreliable by posts of one spring and one
# network is flagged later: from 0.5 on a tenth of ordinary posts were, from 0.7 on three in a hundred
# (docs/decisions/0010-compact-reader.md).
LEAST = {Flag.SCAM: 0.5, Flag.UNRELIABLE: 0.7}


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts of which some have a flag, how much each counts, and the fold that each is held out in.

    `beside` is what is known of each post beside its text; empty where that is nothing.
    """

    texts: Sequence[str]
    flagged: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    folds: npt.NDArray[np.int64]
    beside: Sequence[Beside] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One flag: what each row of its reader adds to the log-odds, where they start, and how well it ranks.

    `means` and `shift` are of the numbers beside the text.
    """

    weights: npt.NDArray[np.float32]
    bias: float
    means: Floats
    shift: Floats
    figures: dict[str, float]


def fit_flags(rows: Sequence[Sourced], data: Path) -> tuple[Flags, Figures]:
    """The flags that rows and data teach, and their figures on texts that were held out."""
    asked = {Flag.SCAM: scams(rows, data), Flag.UNRELIABLE: unreliable(data)}
    found = [_column(one, LEAST[flag]) for flag, one in asked.items()]
    weights = np.stack([column.weights for column in found], axis=1)
    bias = np.array([column.bias for column in found], np.float32)
    reader = quantised(weights, bias, tuple(Class(flag.value) for flag in asked), FAMILIES)
    shift = Shift(
        tuple(flag.value for flag in asked),
        found[-1].means,
        np.stack([column.shift for column in found], axis=1),
    )
    figures = {f"flag: {flag.value}": column.figures for flag, column in zip(asked, found, strict=True)}
    least = {flag.value: LEAST[flag] for flag in asked}
    return Flags(replace(reader, name=FOLDER), least, shift), figures


def scams(rows: Sequence[Sourced], data: Path) -> Asked:
    """All rows, of which scams are flagged, and the messages that a set calls smishing or not.

    Those are held out with the other rows of their source.
    """
    known = {one.row.text for one in rows}
    own = [one for one in rows if not one.changed and one.row.weight > 0]
    sms = [row for row in read_rows([data / SMS], Fields()) if row.text not in known]
    place = part_of(Path(SMS).parent.name) % FOLDS
    return Asked(
        [*(one.row.text for one in own), *(row.text for row in sms)],
        np.array(
            [*(one.row.target.kind == "scam" for one in own), *(row.target.label == "1" for row in sms)]
        ),
        np.array([*(one.row.weight for one in own), *(SMS_WEIGHT for _row in sms)]),
        np.array([*(one.part % FOLDS for one in own), *(place for _row in sms)]),
    )


def unreliable(data: Path) -> Asked:
    """Posts of a network in 2020 that a set calls unreliable or not, with time and engagement."""
    rows = read_rows([data / RELIABLE], Fields())
    labelled = (row for _where, row in objects(data / RELIABLE) if row.get("label") is not None)
    return Asked(
        [row.text for row in rows],
        np.array([row.target.label == "1" for row in rows]),
        np.ones(len(rows)),
        np.array([_fold(row) for row in rows]),
        [Beside.of(row) for row in labelled],
    )


def _column(asked: Asked, least: float) -> Column:
    shares = np.stack([~asked.flagged, asked.flagged], axis=1).astype(np.float32)
    shown = Examples(asked.texts, shares, asked.weights.astype(np.float32))
    table = Table(features(asked.texts, FAMILIES))
    odds = np.zeros(len(asked.texts))
    for kept, held in _held_out(asked):
        weights, bias = _fitted(table, shown, kept)
        odds[held] = _log_odds(table.rows(held), weights, bias)
    means, known = _beside(asked)
    seen = np.column_stack([odds, np.ones(len(odds)), known])
    line = _line(seen, asked.flagged, asked.weights)
    sure = np.zeros(len(odds))
    for kept, held in _held_out(asked):
        mine = _line(seen[kept], asked.flagged[kept], asked.weights[kept])
        sure[held] = 1 / (1 + np.exp(-(seen[held] @ mine)))
    weights, bias = _fitted(table, shown, np.arange(len(odds)))
    slope, start = float(line[0]), float(line[1])
    return Column(
        (weights * np.float32(slope)).astype(np.float32),
        slope * bias + start,
        means,
        line[2:],
        _figures(asked, sure, least),
    )


def _held_out(asked: Asked) -> Iterator[tuple[Places, Places]]:
    """For each fold the rows of the others, and its own."""
    for fold in np.unique(asked.folds).tolist():
        yield np.flatnonzero(asked.folds != fold), np.flatnonzero(asked.folds == fold)


def _beside(asked: Asked) -> tuple[Floats, Floats]:
    """The mean of each number beside the texts, and the numbers against it; 0 where one is not known."""
    if not asked.beside:
        return np.zeros(len(NAMES)), np.zeros((len(asked.texts), len(NAMES)))
    found = numbers(asked.beside)
    there = ~np.isnan(found)
    means: Floats = np.nan_to_num(found).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return means, np.nan_to_num(found - means)


def _figures(asked: Asked, sure: Floats, least: float) -> dict[str, float]:
    """How well the chances rank and hold, and whom they raise."""
    raised, right = sure >= least, (sure >= EVEN) == asked.flagged
    return {
        "rows": float(len(sure)),
        "flagged": float(asked.flagged.mean()),
        "ROC AUC": metrics.roc_auc(asked.flagged, sure),
        "average precision": metrics.average_precision(asked.flagged, sure),
        "calibration error": metrics.calibration_error(np.maximum(sure, 1 - sure), right),
        "raised": float(raised.mean()),
        "precision": float(asked.flagged[raised].mean()) if raised.any() else 0.0,
        "recall": float(raised[asked.flagged].mean()),
    }


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


def _line(seen: Floats, flagged: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """What makes each column of `seen` log-odds that are likeliest, by Newton's method.

    The first two are the log-odds of the text and where they start; what stands beside the text is held back.
    """
    found = np.zeros(seen.shape[1])
    found[0] = 1.0
    held_back = np.full(len(found), HELD_BACK)
    held_back[:2] = 1e-6
    for _step in range(STEPS):
        sure = 1 / (1 + np.exp(-np.clip(seen @ found, -30, 30)))
        pull = seen.T @ (weights * (flagged - sure)) - held_back * found
        bend = (seen * (weights * sure * (1 - sure))[:, None]).T @ seen + np.diag(held_back)
        found = found + np.linalg.solve(bend, pull)
    return found


def _fold(row: Row) -> int:
    return hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).digest()[0] % FOLDS
