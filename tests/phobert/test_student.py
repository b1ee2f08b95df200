"""From unlabelled posts to a model that asks a student: the GPU's step on a small scale, on the processor."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nlp.linear import softmax
from nlp.pieces import Pieces
from nlp.prepare import prepare
from nlp.transformer import TransformerReader
from tests.nlp.small import ROWS
from training import encoder, pretraining, teaching
from training.asking import VOCABULARY, Left, Task
from training.distilled import write_student
from training.encoder import Encoder, Shape
from training.fit import classes_of
from training.gathering import Sourced, parts

CLASSES = classes_of(ROWS)
READING = pretraining.Reading(pretraining.Size(64, 2), 4e4, 1_024, 2e-3, warm=5)
LESSON = teaching.Lesson(rounds=24, rows=16, rate=3e-3, soft=4)


@pytest.fixture(scope="module")
def rows() -> list[Sourced]:
    return [Sourced(row, "seed", number % parts()) for number, row in enumerate(ROWS * 3)]


@pytest.fixture(scope="module")
def work(rows: list[Sourced], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of work after all its steps."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("work")
    (data / "raw-text").mkdir()
    texts = [f"{row.text} {number}" for number, row in enumerate(ROWS * 8)]
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
    (data / "raw-text" / "youtube-comments.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    task = Task.prepare(folder, data, rows, CLASSES)
    for name in ("0", "all"):
        np.savez(folder / f"heard-{name}.npz", posts=np.zeros((len(task.posts), len(CLASSES)), np.float16))
    pretraining.pretrain(folder, READING)
    for name in ("0", "all"):
        teaching.teach(folder, name, LESSON)
    return folder


def test_reading_teaches_it_to_guess(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = torch.load(work / "student.pt", weights_only=True)
    assert held["shape"]["hidden"] == 64
    fresh = Encoder(Shape(**held["shape"]))
    kept = encoder.kept(work / "student.pt", 2)
    ids = torch.from_numpy(np.load(work / "texts.npz")["flat"][:40].astype(np.int64))[None]
    guesses = [model.float().words(model.float().hidden(ids, None)) for model in (fresh, kept)]
    lost = [torch.nn.functional.cross_entropy(one[0], ids[0]).item() for one in guesses]
    assert lost[1] < lost[0] * 0.8


def test_lessons_teach_it_the_labels(work: Path, rows: list[Sourced]) -> None:
    said = np.load(work / "all.npz")["student"].argmax(axis=1)
    truth = [CLASSES.index(one.row.target) for one in rows]
    assert np.mean(said == truth) > 0.9


def test_lessons_of_labels_alone_need_no_unlabelled_text(
    work: Path, rows: list[Sourced], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("rows.npz", "student.pt"):
        (tmp_path / name).write_bytes((work / name).read_bytes())
    teaching.teach(tmp_path, "0", replace(LESSON, soft=0))
    said = np.load(tmp_path / "0.npz")["student"].argmax(axis=1)
    seen = [number for number, one in enumerate(rows) if one.part != 0]
    truth = [CLASSES.index(rows[number].row.target) for number in seen]
    assert np.mean(said[seen] == truth) > 0.7
    assert "right" in capsys.readouterr().out


def test_the_graph_answers_as_torch_does(work: Path, rows: list[Sourced], tmp_path: Path) -> None:
    for part in range(1, parts()):
        (work / f"{part}.npz").write_bytes((work / "0.npz").read_bytes())
    left = Left.read(work, rows)
    assert left is not None
    texts = [one.row.text for one in rows]
    write_student(tmp_path / "student", left.weights, texts, (VOCABULARY, CLASSES, 1.0))
    reader = TransformerReader.load(tmp_path / "student", "student")
    exact = encoder.kept(work / "student.pt", len(CLASSES)).float()
    exact.load_state_dict({name: torch.from_numpy(one) for name, one in left.weights.items()}, strict=False)
    ids, _cut = Pieces.load(VOCABULARY).numbers([prepare(text) for text in texts])
    wanted = softmax(teaching.answer(exact.eval(), ids).astype(np.float64))
    assert np.abs(reader.read(texts) - wanted).max() < 0.05


def test_it_runs_where_nothing_else_is_installed() -> None:
    code = "import sys, training.pretraining, training.teaching; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert "torch" in loaded
    assert not {"pydantic", "nlp", "sangtin", "onnxruntime", "tokenizers"} & loaded
