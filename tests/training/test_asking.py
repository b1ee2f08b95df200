"""The step that a GPU takes: what is prepared, what is taken back, and when the student is asked."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp import Class
from nlp.answer import fold, labels_of
from nlp.linear import softmax
from nlp.pieces import END, START, Pieces
from sangtin.errors import MissingError
from tests.nlp.small import ROWS
from tests.nlp.students import weights_of
from training import gathering
from training.asking import BELOW, SHARE, VOCABULARY, Left, Task, together
from training.fit import classes_of
from training.gathering import Sourced
from training.rows import Row

FLOOD = "Đường ngập quá trời luôn"
TALK = [FLOOD, "cảm ơn anh nhiều nha", "mai có mưa không mọi người", FLOOD]
NEWS = [" ".join(f"tin số {number}" for number in range(120))]


@pytest.fixture(scope="module")
def rows() -> list[Sourced]:
    return [Sourced(row, "seed", number % gathering.parts()) for number, row in enumerate(ROWS)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two unlabelled files: talk of one part, news of another."""
    folder = tmp_path_factory.mktemp("data")
    for name, texts in (("tiktok-comments", TALK), ("news-mixed", NEWS)):
        (folder / "raw-text").mkdir(exist_ok=True)
        lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
        (folder / "raw-text" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.fixture(scope="module")
def task(rows: list[Sourced], data: Path, tmp_path_factory: pytest.TempPathFactory) -> Task:
    folder = tmp_path_factory.mktemp("work") / "here"
    return Task.prepare(folder, data, rows, classes_of([one.row for one in rows]))


def test_posts_are_heard_once_and_news_never(task: Task) -> None:
    assert list(task.posts) == TALK[:3]
    held = np.load(task.folder / "texts.npz")
    assert len(held["posts"]) == 3
    assert set(held["parts"].tolist()) == {gathering.part_of("raw-text/tiktok-comments")}


def test_texts_are_whole_and_long_ones_in_parts(task: Task) -> None:
    held = np.load(task.folder / "texts.npz")
    lengths = held["lengths"].astype(int)
    ends = np.cumsum(lengths)
    texts = [held["flat"][end - length : end] for end, length in zip(ends, lengths, strict=True)]
    assert all(text[0] == START and text[-1] == END for text in texts)
    pieces = Pieces.load(VOCABULARY)
    assert lengths.max() == pieces.room + 2
    (whole,) = pieces.whole([NEWS[0].strip()])
    assert np.concatenate([text[1:-1] for text in texts[-3:]]).tolist() == whole.tolist()


def test_rows_have_their_copies_and_folds(task: Task, rows: list[Sourced]) -> None:
    held = np.load(task.folder / "rows.npz")
    assert held["parts"].tolist() == [one.part for one in rows]
    assert len(held["lengths"]) == len(rows) == len(held["copy_counts"])
    assert held["copy_counts"].sum() == len(held["copy_lengths"])
    np.testing.assert_allclose(held["counts"].mean(), 1, rtol=1e-5)


def test_it_says_what_to_run(task: Task) -> None:
    with pytest.raises(MissingError, match=r"training\.pretraining .* FOLD of 0 1 2 3 all.* --labels-alone"):
        task.stop()


def leave(folder: Path, many: int, classes: int) -> None:
    """What a GPU would leave: of each fold other logits."""
    for part in range(gathering.parts()):
        np.savez(folder / f"{part}.npz", student=np.full((many, classes), part, np.float16))
    np.savez(folder / "all.npz", student=np.zeros((many, classes), np.float16))
    held: dict[str, Any] = dict(weights_of(classes))
    np.savez(folder / "weights.npz", **held)


def test_each_row_is_answered_by_who_never_saw_its_source(task: Task, rows: list[Sourced]) -> None:
    assert Left.read(task.folder, rows) is None
    leave(task.folder, len(rows), 5)
    left = Left.read(task.folder, rows)
    assert left is not None
    assert left.logits[:, 0].tolist() == [one.part for one in rows]
    assert left.weights.keys() == weights_of(5).keys()


def test_rows_that_came_later_are_not_answered(task: Task, rows: list[Sourced]) -> None:
    leave(task.folder, len(rows), 5)
    strange = replace(rows[-1], row=Row("khác", rows[-1].row.target))
    moved = replace(rows[0], part=(rows[0].part + 1) % gathering.parts())
    left = Left.read(task.folder, [strange, moved, *rows[1:][::-1]])
    assert left is not None
    assert np.isnan(left.logits[:2]).all()
    assert left.logits[2:, 0].tolist() == [one.part for one in rows[1:][::-1]]
    assert left.known == len(rows) - 1


def test_a_row_whose_label_was_mended_is_answered_still(task: Task, rows: list[Sourced]) -> None:
    leave(task.folder, len(rows), 5)
    mended = [replace(one, row=replace(one.row, target=Class("positive"), weight=0.4)) for one in rows]
    left = Left.read(task.folder, mended)
    assert left is not None
    assert left.known == len(rows)


def test_what_was_left_of_other_rows_alone_is_not_taken(task: Task, rows: list[Sourced]) -> None:
    leave(task.folder, len(rows), 5)
    assert Left.read(task.folder, [replace(rows[0], row=Row("khác", rows[0].row.target))]) is None


def test_a_new_task_takes_away_what_was_left(rows: list[Sourced], data: Path, tmp_path: Path) -> None:
    leave(tmp_path, len(rows), 5)
    Task.prepare(tmp_path, data, rows, classes_of([one.row for one in rows]))
    assert Left.read(tmp_path, rows) is None


def test_no_unlabelled_text_is_an_error(rows: list[Sourced], tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no unlabelled text"):
        Task.prepare(tmp_path / "work", tmp_path, rows, classes_of([one.row for one in rows]))


def test_a_student_mends_what_the_others_are_unsure_of() -> None:
    classes = (Class("negative"), Class("spam", "advert"), Class("spam", "noise"))
    draw = np.random.default_rng(3)
    held = [Sourced(Row(f"bài {i}", classes[i % 3]), "seed", 0) for i in range(300)]
    truth = np.eye(3)[[i % 3 for i in range(300)]]
    logits = truth * np.where(np.arange(300) < 150, 9.0, 0.0)[:, None] + draw.standard_normal((300, 3)) * 0.3
    other = truth * 4.0
    asked, scores = together((logits, other), held, 1.0, classes)
    assert (asked.below, asked.share) == (BELOW, SHARE)
    before = fold(softmax(logits), classes, labels_of(classes))
    np.testing.assert_allclose(scores[:150], before[:150])
    right = np.array([0, 1, 1] * 100)
    assert (scores.argmax(axis=1) == right).mean() > 0.98
    assert (before.argmax(axis=1) == right).mean() < 0.9


def test_where_the_student_said_nothing_the_others_answer() -> None:
    classes = (Class("negative"), Class("spam", "advert"), Class("spam", "noise"))
    held = [Sourced(Row(f"bài {i}", classes[i % 3]), "seed", 0) for i in range(60)]
    logits = np.random.default_rng(3).standard_normal((60, 3)) * 0.3
    other = np.eye(3)[[i % 3 for i in range(60)]] * 4.0
    other[30:] = np.nan
    asked, scores = together((logits, other), held, 1.0, classes)
    before = fold(softmax(logits), classes, labels_of(classes))
    np.testing.assert_allclose(scores[30:], before[30:])
    assert np.isfinite(scores).all()
    assert asked.temperature > 0
    assert not np.allclose(scores[:30], before[:30])
