"""Trained readers one behind another: what is lost for each share that an earlier one settles.

    SANGTIN_TEST_DATA=… python -m tests.bench.cascade
    python -m tests.bench.cascade shipped

A linear and a compact reader learn from four fifths of the posts labelled under the policy, split by their
hash, and are compared on the rest. `shipped`: the compact reader that ships, without its transformer and
asking it of every post, on the seed's held-out posts, from which neither has learned.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

import nlp
from nlp.answer import fold, labels_of
from nlp.compact import CompactReader, Deep
from nlp.reader import Reader
from training import gathering, metrics
from training.compact import Settings as Network
from training.fit import Plan, fit
from training.rows import Fields, Row, read_rows
from training.thresholds import Floats

DAY = date(2026, 1, 1)
SETTLED = (0.5, 0.8, 0.9, 0.95)


def main() -> None:
    """Print the tables."""
    if sys.argv[1:] == ["shipped"]:
        rows = [one.row for one in gathering.seed_rows(gathering.SEED, "held")]
        sys.stdout.write(f"{len(rows):,} posts to compare on\n")
        curve(shipped(), rows)
        return
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
        models = (nlp.load(Path(folder) / name) for name in ("linear", "compact"))
        curve([model.steps[-1].reader for model in models], test)


def shipped() -> list[Reader]:
    """The compact reader that ships, alone and with its transformer asked of every post."""
    reader = nlp.load(nlp.SHIPPED).steps[-1].reader
    if not isinstance(reader, CompactReader) or reader.deep is None:
        raise SystemExit("The model that ships has no transformer to ask: there is no pair to compare.")
    always = Deep(reader.deep.reader, reader.deep.asked.model_copy(update={"below": 1.0}))
    return [replace(reader, deep=None), replace(reader, deep=always)]


def _turn(text: str) -> int:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % 5


def scores_of(reader: Reader, rows: Sequence[Row], labels: Sequence[str]) -> Floats:
    """Shape (rows, labels)."""
    return fold(reader.read([row.text for row in rows]), reader.classes, labels)


def curve(readers: Sequence[Reader], rows: Sequence[Row]) -> None:
    """One threshold on the likeliest label, moved: what the pair loses against its last reader alone."""
    labels = labels_of(readers[0].classes)
    truth = [row.target.label for row in rows]
    early, late = (scores_of(reader, rows, labels) for reader in readers)
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
