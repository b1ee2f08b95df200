"""Models become one that asks its readers in order; together they keep what was asked of them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import Class
from nlp.folder import read_card
from nlp.model import FOREIGN
from sangtin.errors import UsageError
from tests.nlp.small import DAY, OF_CLASS, ROWS, make_model
from tests.nlp.tiny import make_folder
from training.bounding import How, rethreshold, settled
from training.rows import Row
from training.thresholds import Bounds

FRENCH = (
    "Nous avons passé une très bonne soirée dans ce restaurant avec des amis, le service est rapide, "
    "merci pour tout."
)


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "linear"
    make_model(folder)
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as others make them, of the same labels."""
    labels = ("negative", "positive", "spam/advert", "spam/neutral", "spam/noise")
    return make_folder(tmp_path_factory.mktemp("weights") / "phobert", labels=labels)


def noisy(many: int, seed: int = 3) -> list[Row]:
    """Posts made of the words of labelled ones, some under a wrong label."""
    draw = random.Random(seed)
    classes = list(OF_CLASS)
    found = []
    for _ in range(many):
        target = draw.choice(classes)
        words = " ".join(draw.choice(OF_CLASS[target]) for _ in range(2)).split() or ["!!!"]
        text = " ".join(draw.sample(words, min(len(words), 9)))
        found.append(Row(text, draw.choice(classes) if draw.random() < 0.1 else target))
    return found


def test_readers_are_asked_in_order(linear: Path, weights: Path, tmp_path: Path) -> None:
    place = nlp.Place(tmp_path / "cache", "onnx-fp32")
    out = tmp_path / "cascade"
    card = rethreshold([linear, weights], noisy(400), out, How(DAY, Bounds(disagreement=0.4), place))
    assert [step.name for step in card.readers] == ["linear", "phobert"]
    assert read_card(out) == card
    model = nlp.load(out, place)
    answers = model.read([row.text for row in ROWS] + [FRENCH])
    by_reader = {answer.reader for answer in answers}
    assert by_reader <= {"linear", "phobert"}
    counted = model.counted
    assert counted["read linear"] == len(answers)
    assert counted["read phobert"] == len(answers) - counted["settled linear"] - 1
    assert counted["settled linear"] + counted["settled phobert"] + counted["unsure"] == len(answers)
    assert counted["foreign"] == 1
    assert (answers[-1].settled, answers[-1].reason, answers[-1].reader) == (False, FOREIGN, "linear")


def test_the_new_model_needs_nothing_of_the_old(linear: Path, weights: Path, tmp_path: Path) -> None:
    place = nlp.Place(tmp_path / "cache", "onnx-fp32")
    rethreshold([linear, weights], noisy(200), tmp_path / "cascade", How(DAY, Bounds(), place))
    held = {file.name for file in (tmp_path / "cascade" / "phobert").iterdir()}
    assert held == {"config.json", "model.safetensors", "vocab.txt", "bpe.codes", "reader.json"}
    again = rethreshold([tmp_path / "cascade"], noisy(200), tmp_path / "again", How(DAY, Bounds(), place))
    assert [step.name for step in again.readers] == ["linear", "phobert"]


def test_two_readers_of_one_kind_have_two_names(linear: Path, tmp_path: Path) -> None:
    card = rethreshold([linear, linear], noisy(200), tmp_path / "twice", How(DAY, Bounds()))
    assert [step.name for step in card.readers] == ["linear", "linear-2"]
    nlp.load(tmp_path / "twice").read(["a"])


@pytest.mark.parametrize("missed", [0.0, 0.02, 0.1])
def test_together_they_keep_the_bounds(linear: Path, weights: Path, tmp_path: Path, missed: float) -> None:
    rows = noisy(600)
    bounds = Bounds(error=0.3, missed=missed, disagreement=0.3)
    place = nlp.Place(tmp_path / "cache", "onnx-fp32")
    rethreshold([linear, weights], rows, tmp_path / "cascade", How(DAY, bounds, place))
    model = nlp.load(tmp_path / "cascade", place)
    answers = model.read([row.text for row in rows])
    negative = [a for a, row in zip(answers, rows, strict=True) if row.target.label == "negative"]
    assert sum(a.settled and a.label != "negative" for a in negative) <= missed * len(negative)
    last = model.steps[-1].reader.read([row.text for row in rows])
    said = [model.steps[-1].reader.classes[place].label for place in _labels(last, model)]
    for label in model.labels:
        mine = [i for i, a in enumerate(answers) if a.settled and a.reader == "linear" and a.label == label]
        assert sum(said[i] != label for i in mine) <= 0.3 * len(mine)
        mine = [i for i, a in enumerate(answers) if a.settled and a.reader == "phobert" and a.label == label]
        assert sum(rows[i].target.label != label for i in mine) <= 0.3 * len(mine)


def _labels(shares: np.ndarray, model: nlp.Model) -> list[int]:
    """A class of the likeliest label of each row."""
    classes = model.steps[-1].reader.classes
    found = []
    for row in shares:
        sums = {
            label: sum(s for s, c in zip(row, classes, strict=True) if c.label == label)
            for label in model.labels
        }
        best = max(sums, key=lambda label: sums[label])
        found.append(next(i for i, one in enumerate(classes) if one.label == best))
    return found


def test_models_of_other_labels_are_refused(linear: Path, tmp_path: Path) -> None:
    other = make_folder(tmp_path / "other", labels=("spam", "ham"))
    how = How(DAY, Bounds(), nlp.Place(tmp_path / "cache", "onnx-fp32"))
    with pytest.raises(UsageError, match="Readers of one model answer the same labels"):
        rethreshold([linear, other], ROWS, tmp_path / "out", how)
    with pytest.raises(UsageError, match="joy"):
        rethreshold([linear], [Row("vui", Class("joy"))], tmp_path / "out", how)
    assert not (tmp_path / "out").exists()


def test_a_label_without_threshold_settles_nothing() -> None:
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.45, 0.55]])
    assert settled(scores, {"b": 0.8}, ("a", "b")).tolist() == [False, True, False]


def test_by_the_command_line(linear: Path, weights: Path, tmp_path: Path) -> None:
    dev = tmp_path / "dev.jsonl"
    lines = [{"text": row.text, "label": row.target.label} for row in noisy(200)]
    dev.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = [sys.executable, "-m", "sangtin", "--home", str(tmp_path / "home"), "train", "thresholds"]
    models = ["--model", str(linear), "--model", str(weights)]
    done = subprocess.run(
        [*command, *models, "--dev", str(dev), "--out", str(tmp_path / "both"), "--max-disagreement", "50%"],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert [step.name for step in read_card(tmp_path / "both").readers] == ["linear", "phobert"]
