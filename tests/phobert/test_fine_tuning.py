"""From weights without a head to a model that answers on every back end: the whole way, on a small scale."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp.folder import read_card
from nlp.phobert import PhoBertReader
from sangtin.errors import UsageError
from tests.nlp.small import DAY, OF_CLASS, make_model
from tests.nlp.tiny import REAL, Shape, make_folder
from training.evaluation import evaluate
from training.phobert import Plan, Settings, fit_phobert, weights_of
from training.rows import Row

ROWS = [Row(text, target) for target, texts in OF_CLASS.items() for text in texts] * 6
QUICK = Settings(epochs=16, rate=3e-3, batch=16)
CALM = Shape(layers=2, loud=1.0)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights that know no labels yet, with the real vocabulary where it is."""
    folder = tmp_path_factory.mktemp("bare") / "weights"
    return make_folder(folder, labels=(), shape=CALM, vocabulary=REAL if REAL.is_dir() else None)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights that know no labels yet, with a small vocabulary."""
    return make_folder(tmp_path_factory.mktemp("small") / "weights", labels=(), shape=CALM)


@pytest.fixture(scope="module")
def tuned(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made")
    plan = Plan(DAY, small, nlp.Place(made / "cache", "onnx-fp32"), QUICK)
    fit_phobert(ROWS, ROWS, made / "model", plan)
    return made / "model"


def test_it_learns(tuned: Path, cache: Path) -> None:
    report = evaluate(nlp.load(tuned, nlp.Place(cache, "onnx-fp32")), ROWS)
    assert report.macro_f1 > 0.9
    assert report.coverage > 0.5
    card = read_card(tuned)
    assert [(step.name, step.type) for step in card.readers] == [("phobert", "phobert")]
    assert card.labels == ("negative", "positive", "spam")


def test_kinds_are_learned_too(tuned: Path, cache: Path) -> None:
    answers = nlp.load(tuned, nlp.Place(cache, "onnx-fp32")).read([row.text for row in ROWS])
    right = [a.kind == row.target.kind for a, row in zip(answers, ROWS, strict=True)]
    assert np.mean(right) > 0.9


@pytest.mark.parametrize("kind", ["onnx-int8", "torch-fp32", "torch-bf16", "auto"])
def test_every_back_end_serves_it(tuned: Path, cache: Path, kind: str) -> None:
    texts = [row.text for row in ROWS]
    one = nlp.load(tuned, nlp.Place(cache, "onnx-fp32")).read(texts)
    other = nlp.load(tuned, nlp.Place(cache, kind)).read(texts)
    moved = [abs(a.scores[x] - b.scores[x]) for a, b in zip(one, other, strict=True) for x in a.scores]
    assert max(moved) < (1e-4 if kind == "torch-fp32" else 0.1)
    assert np.mean([a.label == b.label for a, b in zip(one, other, strict=True)]) > 0.95


def test_the_same_rows_give_the_same_answers(small: Path, tuned: Path, tmp_path: Path) -> None:
    plan = Plan(DAY, small, nlp.Place(tmp_path / "cache", "onnx-fp32"), QUICK)
    fit_phobert(ROWS, ROWS, tmp_path / "again", plan)
    texts = [row.text for row in ROWS[:40]]
    one, other = (
        PhoBertReader.load(folder / "phobert", "phobert", plan.place).read(texts)
        for folder in (tuned, tmp_path / "again")
    )
    assert np.abs(one - other).max() < 1e-3


def test_it_can_be_fine_tuned_again(tuned: Path, tmp_path: Path) -> None:
    assert weights_of(tuned) == tuned / "phobert"
    linear = tmp_path / "linear"
    make_model(linear)
    with pytest.raises(UsageError, match="no PhoBERT to fine-tune"):
        weights_of(linear)


def test_the_way_of_the_readme(bare: Path, tmp_path: Path) -> None:
    rows, dev = tmp_path / "labelled.jsonl", tmp_path / "dev.jsonl"
    lines = [{"text": r.text, "label": r.target.label, "kind": r.target.kind} for r in ROWS]
    rows.write_text("".join(json.dumps({"id": i, **line}) + "\n" for i, line in enumerate(lines)))
    dev.write_text("".join(json.dumps(line | {"text": f"{line['text']} hôm nay"}) + "\n" for line in lines))

    def sangtin(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sangtin", "--home", str(tmp_path / "home"), *arguments]
        return subprocess.run(command, capture_output=True, check=False, text=True, timeout=240)

    refused = sangtin("classify", str(rows), "--model", str(bare))
    assert refused.returncode == 2
    assert "sangtin train fit --train" in refused.stderr
    made = sangtin(
        "train", "fit", "--train", str(rows), "--dev", str(dev), "--kind", "kind", "--model", str(bare),
        "--epochs", "1", "--rate", "3e-3", "--out", str(tmp_path / "best"),
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    read = sangtin("classify", str(rows), "--model", str(tmp_path / "best"))
    assert read.returncode == 0, read.stderr
    answers = [json.loads(line) for line in read.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert all(abs(sum(answer["scores"].values()) - 1) < 1e-6 for answer in answers)
    assert "phobert settled" in read.stderr

    best, cascade = str(tmp_path / "best"), str(tmp_path / "cascade")
    goes_on = [
        ["evaluate", str(rows), "--model", best],
        [
            "train", "thresholds", "--model", "shipped", "--model", best, "--dev", str(rows),
            "--max-disagreement", "1%", "--max-missed-negatives", "2%", "--max-error", "10%",
            "--out", cascade,
        ],
        ["init"],
        ["import", str(rows), "--source", "mau"],
        ["model", "use", cascade],
        ["sieve", "--json"],
    ]  # fmt: skip
    done = None
    for arguments in goes_on:
        done = sangtin(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
    assert done is not None
    sieved = json.loads(done.stdout)
    assert sieved["read"] == sum(sieved["settled"].values()) + sieved["unsure"] > 0
    steps = [step.name for step in read_card(tmp_path / "cascade").readers]
    assert steps[-1] == "phobert"
    assert len(steps) > 1
