"""Trained readers one behind another: what is lost for each share that an earlier one settles.

    SANGTIN_TEST_DATA=… python -m tests.bench.cascade

A linear and a compact reader learn from four fifths of the posts labelled under the policy, split by their
hash, and are compared on the rest.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

import nlp
from nlp.answer import fold
from nlp.model import Model
from training import metrics
from training.compact import Settings as Network
from training.fit import Plan, fit
from training.rows import Fields, Row, read_rows
from training.thresholds import Floats

DAY = date(2026, 1, 1)
SETTLED = (0.5, 0.8, 0.9, 0.95)


def main() -> None:
    """Print the tables."""
    data = os.environ.get("SANGTIN_TEST_DATA")
    if not data:
        raise SystemExit("Set SANGTIN_TEST_DATA to the folder of development data.")
    rows = read_rows([Path(data) / "policy" / "posts.jsonl.gz"], Fields(kind="kind", weight="sure"))
    learn = [row for row in rows if _turn(row.text) != 0]
    test = [row for row in rows if _turn(row.text) == 0]
    sys.stdout.write(f"{len(learn):,} posts to learn from, {len(test):,} to compare on\n")
    with tempfile.TemporaryDirectory() as folder:
        fit(learn, test, Path(folder) / "linear", Plan(DAY))
        fit(learn, test, Path(folder) / "compact", Plan(DAY, network=Network(balance=1.0), lesson=None))
        curve([nlp.load(Path(folder) / name) for name in ("linear", "compact")], test)


def _turn(text: str) -> int:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % 5


def scores_of(model: Model, rows: Sequence[Row]) -> Floats:
    """Shape (rows, labels), by the model's last reader."""
    reader = model.steps[-1].reader
    return fold(reader.read([row.text for row in rows]), reader.classes, model.labels)


def curve(models: Sequence[Model], rows: Sequence[Row]) -> None:
    """One threshold on the likeliest label, moved: what the pair loses against its last reader alone."""
    labels = models[0].labels
    truth = [row.target.label for row in rows]
    early, late = (scores_of(model, rows) for model in models)
    for name, scores in (("earlier", early), ("last", late)):
        said = [labels[place] for place in scores.argmax(axis=1)]
        sys.stdout.write(f"{name} reader alone: macro-F1 {metrics.macro_f1(truth, said):.4f}\n")
    base = metrics.macro_f1(truth, [labels[place] for place in late.argmax(axis=1)])
    order = np.argsort(-early.max(axis=1), kind="stable")
    for share in SETTLED:
        first = order[: int(share * len(order))]
        both = late.argmax(axis=1)
        apart = float(np.mean(early[first].argmax(axis=1) != both[first]))
        both[first] = early[first].argmax(axis=1)
        found = metrics.macro_f1(truth, [labels[place] for place in both])
        least = float(early.max(axis=1)[first[-1]])
        sys.stdout.write(
            f"settled {share:.0%} (from {least:.3f}): disagreement {apart:.2%}, "
            f"macro-F1 {found:.4f}, lost {100 * (base - found):+.2f} points\n"
        )


if __name__ == "__main__":
    main()
