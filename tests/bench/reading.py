"""How fast the linear reader reads, and how well `train fit` learns public sets beside the obvious way.

    SANGTIN_TEST_DATA=… python -m tests.bench.reading [--floors]

The obvious way is scikit-learn's TF-IDF of character and word n-grams with logistic regression.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

import nlp
from nlp import ngrams
from nlp.compact import CompactReader
from nlp.linear import LinearReader
from nlp.prepare import prepare
from training import metrics
from training.compact import Settings as Network
from training.evaluation import evaluate
from training.fit import Plan, fit
from training.rows import Fields, Row, read_rows

POSTS = 20_000
AIM = 400  # posts/s on one core, text preparation included: 800 on two
BATCH = 512
# Set, label field: reintel has no labelled dev split, so a fifth of its rows is held out.
FLOORS = (
    ("vispamreviews", "label"),
    ("vispamreviews", "spam_type"),
    ("uit-vsfc", "label"),
    ("vihsd", "label"),
    ("reintel", "label"),
)


def main() -> None:
    """Print the tables."""
    folder = os.environ.get("SANGTIN_TEST_DATA")
    if not folder:
        raise SystemExit("Set SANGTIN_TEST_DATA to the folder of development data.")
    speed(real_texts(Path(folder), POSTS))
    if "--floors" in sys.argv:
        floors(Path(folder))


def real_texts(data: Path, count: int) -> list[str]:
    """Comments as a crawl brings them."""
    with gzip.open(data / "fb-page-comments-2024" / "all.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _number, line in zip(range(count), lines, strict=False)]


def speed(texts: Sequence[str]) -> None:
    """Posts per second and process for each step and for the whole model, and what moved one post."""
    model = nlp.load(nlp.SHIPPED)
    compact = CompactReader.load(nlp.SHIPPED / "compact", "compact")
    reader = compact.linear
    forms = [prepare(text) for text in texts]
    characters = sum(map(len, texts)) / len(texts)
    sys.stdout.write(f"{len(texts):,} comments, {characters:.0f} characters on average, CPU seconds\n")
    whole = rate(lambda: model.read(texts), len(texts))
    rows = [
        ("reader form", rate(lambda: [prepare(text) for text in texts], len(texts))),
        ("n-grams and style", rate(lambda: in_batches(forms, reader), len(texts))),
        ("n-grams, style, weights", rate(lambda: by_batch(forms, reader), len(texts))),
        ("words and pairs to numbers", rate(lambda: numbers(forms, compact), len(texts))),
        ("numbers, network, linear reader", rate(lambda: by_batch(forms, compact), len(texts))),
        ("transformer, of all", rate(lambda: transformer(forms, compact), len(texts))),
        ("compact, transformer where unsure", rate(lambda: compact.read(texts), len(texts))),
        ("flags", rate(lambda: model.flags and model.flags.read(texts), len(texts))),
        (f"the whole model (aim {AIM:,})", whole),
        ("scikit-learn's HashingVectorizer alone", rate(lambda: hashing(texts[:2000]), 2000)),
    ]
    for name, posts in rows:
        sys.stdout.write(f"{name:<42}{posts:>10,.0f} posts/s{posts / whole:>9.2f} ×\n")
    began = time.process_time()
    for text in texts[:50]:
        model.why(text, "negative")
    sys.stdout.write(f"what moved a post: {(time.process_time() - began) / 50 * 1e3:.1f} ms\n")


def transformer(forms: Sequence[str], compact: CompactReader) -> None:
    """Read every form by the transformer alone."""
    if compact.deep:
        for first in range(0, len(forms), BATCH):
            compact.deep.reader.logits(forms[first : first + BATCH])


def rate(work: Callable[[], object], posts: int) -> float:
    """Posts per CPU second, the better of two runs."""
    times = []
    for _turn in range(2):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return posts / min(times)


def in_batches(forms: Sequence[str], reader: LinearReader) -> None:
    """Only the features."""
    for first in range(0, len(forms), BATCH):
        ngrams.grams(forms[first : first + BATCH], reader.families)


def numbers(forms: Sequence[str], reader: CompactReader) -> None:
    """Only the words."""
    for first in range(0, len(forms), BATCH):
        reader.words.numbers(forms[first : first + BATCH])


def by_batch(forms: Sequence[str], reader: LinearReader | CompactReader) -> None:
    """Features and weights, and the network where there is one."""
    for first in range(0, len(forms), BATCH):
        reader.logits(forms[first : first + BATCH])


def hashing(texts: Sequence[str]) -> None:
    """The obvious features, of the same orders."""
    from sklearn.feature_extraction.text import HashingVectorizer

    HashingVectorizer(analyzer="char", ngram_range=(1, 5), n_features=1 << 19).transform(texts)


def floors(data: Path) -> None:
    """`train fit` and the obvious way on the same rows of each set."""
    sys.stdout.write(f"\n{'set':<28}{'measure':>10}{'linear':>18}{'compact':>18}{'TF-IDF + LR':>18}\n")
    for name, label in FLOORS:
        train, dev = split(data, name, label)
        auc = name == "reintel"
        ways = (
            partial(of_ours, train, dev, auc, None),
            partial(of_ours, train, dev, auc, Network(balance=0.5)),
            partial(of_theirs, train, dev, auc),
        )
        sys.stdout.write(f"{name + ' ' + label:<28}{'ROC AUC' if auc else 'macro-F1':>10}")
        for way in ways:
            began = time.process_time()
            found = way()
            sys.stdout.write(f"{found:>10.3f} {time.process_time() - began:>5.0f} s")
            sys.stdout.flush()
        sys.stdout.write("\n")


def split(data: Path, name: str, label: str) -> tuple[list[Row], list[Row]]:
    """Training and dev rows of a set."""
    rows = read_rows([data / name / "train.jsonl.gz"], Fields(label=label))
    dev = data / name / "dev.jsonl"
    if dev.is_file():
        return rows, read_rows([dev], Fields(label=label))
    return [row for i, row in enumerate(rows) if i % 5], rows[::5]


def of_ours(train: list[Row], dev: list[Row], auc: bool, network: Network | None) -> float:
    """Macro-F1 or ROC AUC of `train fit`."""
    with tempfile.TemporaryDirectory() as folder:
        fit(train, [], Path(folder) / "model", Plan(date(2026, 1, 1), network=network))
        report = evaluate(nlp.load(Path(folder) / "model"), dev)
    return (report.roc_auc or 0.0) if auc else report.macro_f1


def of_theirs(train: list[Row], dev: list[Row], auc: bool) -> float:
    """The same of TF-IDF with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    regression = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
    model = make_pipeline(make_union(words, letters), regression)
    model.fit([row.text for row in train], [row.target.label for row in train])
    texts, truth = [row.text for row in dev], [row.target.label for row in dev]
    if auc:
        return metrics.roc_auc(np.array(truth) == "1", model.predict_proba(texts)[:, 1])
    return metrics.macro_f1(truth, model.predict(texts).tolist())


if __name__ == "__main__":
    main()
