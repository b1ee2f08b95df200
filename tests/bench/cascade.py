"""Trained readers one behind another: what is lost for each share that an earlier one settles, and by int8.

    SANGTIN_TEST_DATA=… python -m tests.bench.cascade [--transformer]

A linear and a compact reader learn from four fifths of the posts labelled under the policy, split by their
hash, and are compared on the rest. With --transformer a small transformer with PhoBERT's vocabulary learns
from the same posts (it never met another text), and its answers in whole numbers are held against those in
32 bits.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

import nlp
from nlp.model import Model, fold
from nlp.phobert import PhoBertReader
from tests.nlp.tiny import REAL, Shape, make_folder
from training import metrics
from training.compact import Settings as Network
from training.fit import Plan, fit
from training.phobert import Plan as FinePlan
from training.phobert import Settings as FineSettings
from training.phobert import fit_phobert
from training.rows import Fields, Row, read_rows
from training.thresholds import Floats

DAY = date(2026, 1, 1)
SETTLED = (0.5, 0.8, 0.9, 0.95)
SMALL = Shape(layers=3, hidden=64, heads=4, wide=256, loud=1.0)
# Rates for weights that begin at random, not for PhoBERT's.
FROM_NOTHING = FineSettings(epochs=4, rate=2e-3)
FEW = 5_000


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
        if "--transformer" in sys.argv:
            whole_numbers(Path(folder), learn[:FEW], test)
            return
        fit(learn, test, Path(folder) / "linear", Plan(DAY))
        fit(learn, test, Path(folder) / "compact", Plan(DAY, network=Network(balance=1.0)))
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


def whole_numbers(folder: Path, learn: Sequence[Row], test: Sequence[Row]) -> None:
    """What int8 and bf16 move in the answers of trained weights."""
    make_folder(folder / "start", labels=(), shape=SMALL, vocabulary=REAL)
    plan = FinePlan(DAY, folder / "start", nlp.Place(folder / "cache", "onnx-fp32"), FROM_NOTHING)
    fit_phobert(learn, test, folder / "model", plan)
    if keep := os.environ.get("SANGTIN_BENCH_KEEP"):
        shutil.copytree(folder / "model", keep)
    truth, texts = [row.target.label for row in test], [row.text for row in test]
    base: Floats | None = None
    for kind in ("onnx-fp32", "torch-fp32", "torch-bf16", "onnx-int8"):
        place = nlp.Place(folder / "cache", kind)
        reader = PhoBertReader.load(folder / "model" / "phobert", "phobert", place)
        labels = nlp.load(folder / "model", place).labels
        scores = fold(reader.read(texts), reader.classes, labels)
        base = scores if base is None else base
        moved = np.abs(scores - base).max(axis=1)
        said = [labels[each] for each in scores.argmax(axis=1)]
        other = float(np.mean(scores.argmax(axis=1) != base.argmax(axis=1)))
        sys.stdout.write(
            f"{kind}: macro-F1 {metrics.macro_f1(truth, said):.4f}, a probability moved by at most "
            f"{moved.max():.4f} (99 % of posts {np.quantile(moved, 0.99):.4f}), another label {other:.2%}\n"
        )


if __name__ == "__main__":
    main()
