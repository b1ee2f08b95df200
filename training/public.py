"""A model → how its labels rank what public sets call by other names.

No public set has our labels, so none gives an accuracy: each says how well the chance of one of our labels
puts the rows first that the set calls something near to it. Rows are of a development split where there is
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nlp import Answer, Model
from training import metrics
from training.rows import Fields, Row, unread_rows

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class PublicTrial:
    """A file, our label, and the labels near to it in the field `named`; `same` renames those that mean ours.

    Where `same` names a label, only rows of such labels count, and a macro-F1 can be given.
    """

    name: str
    file: str
    label: str
    near: tuple[str, ...]
    named: str = "label"
    same: Mapping[str, str] = field(default_factory=dict)


TRIALS = (
    PublicTrial("vispamreviews, spam", "vispamreviews/dev.jsonl", "spam", ("1",)),
    PublicTrial(
        "uit-vsfc",
        "uit-vsfc/dev.jsonl",
        "negative",
        ("0",),
        same={"0": "negative", "1": "spam", "2": "positive"},
    ),
    PublicTrial(
        "uit-visfd",
        "uit-visfd/dev.jsonl",
        "negative",
        ("negative",),
        "polarity_all_aspects",
        {"negative": "negative", "positive": "positive"},
    ),
    PublicTrial("vihsd, hate or offence", "vihsd/dev.jsonl", "negative", ("1", "2")),
    PublicTrial("uit-victsd, toxic", "uit-victsd/dev.jsonl", "negative", ("1",)),
    PublicTrial("safesense-hate, hate or offence", "safesense-hate/train.jsonl.gz", "negative", ("1", "2")),
)


def public_figures(model: Model, data: Path, known: frozenset[str]) -> Figures:
    """Figures on each public set that `data` holds, without rows that have one of the `known` keys."""
    found = {}
    for one in TRIALS:
        if (data / one.file).is_file():
            rows = unread_rows(data / one.file, Fields(label=one.named), known)
            rows = [row for row in rows if _counts(row, one)]
            if any(row.target.label in one.near for row in rows):
                found[f"public {one.name}"] = _figures(model, one, rows)
    return found


def _figures(model: Model, asked: PublicTrial, rows: Sequence[Row]) -> dict[str, float]:
    answers = model.read([row.text for row in rows])
    near = np.array([row.target.label in asked.near for row in rows])
    chance = np.array([answer.scores[asked.label] for answer in answers])
    found = {
        "rows": float(len(rows)),
        "near": float(near.mean()),
        "average precision": metrics.average_precision(near, chance),
        "ROC AUC": metrics.roc_auc(near, chance),
        "settled": float(np.mean([answer.settled for answer in answers])),
    }
    return found | (_same(rows, answers, asked) if asked.same else {})


def _counts(row: Row, asked: PublicTrial) -> bool:
    return not asked.same or row.target.label in asked.same


def _same(rows: Sequence[Row], answers: Sequence[Answer], asked: PublicTrial) -> dict[str, float]:
    """Macro-F1 of the labels that mean ours, on all rows and on those that are settled."""
    truth = [asked.same[row.target.label] for row in rows]
    said = [answer.label for answer in answers]
    kept = [i for i, answer in enumerate(answers) if answer.settled]
    found = {"set macro-F1": metrics.macro_f1(truth, said)}
    if kept:
        settled = metrics.macro_f1([truth[i] for i in kept], [said[i] for i in kept])
        found["set settled macro-F1"] = settled
    return found
