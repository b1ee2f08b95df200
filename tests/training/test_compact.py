"""A compact model: any labels, the same bytes twice, what order teaches, what was met before labels."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import Class
from nlp.compact import CompactReader
from nlp.compact_words import BEGIN, FIRST, PAD, STRANGE
from nlp.folder import read_card
from sangtin.text import strip_marks
from tests.nlp.small import DAY, ROWS, SETTINGS
from training.bounding import How, rethreshold
from training.compact import Numbered, Settings, Trained, fit_network, logits_of
from training.evaluation import evaluate
from training.fit import Plan, classes_of, examples, fit
from training.gathering import Sourced, parts
from training.known import Known, known_to
from training.linear import Examples
from training.network import Shape
from training.rows import Row
from training.ship import Told, held_out
from training.thresholds import Bounds
from training.vectors import Settings as VectorSettings
from training.vectors import meet

NETWORK = Settings(Shape(filters=16), texts=8, rate=0.01, word_rate=0.01)
PLAN = Plan(DAY, SETTINGS, network=NETWORK, lesson=None)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compact") / "model"
    fit(ROWS * 4, ROWS * 10, out, PLAN)
    return out


def test_it_learns_its_rows(fitted: Path) -> None:
    card = read_card(fitted)
    assert [(step.name, step.type) for step in card.readers] == [("compact", "compact")]
    report = evaluate(nlp.load(fitted), ROWS)
    assert report.accuracy > 0.95
    assert report.coverage > 0.9


def test_the_same_rows_give_the_same_bytes(fitted: Path, tmp_path: Path) -> None:
    fit(ROWS * 4, ROWS * 10, tmp_path / "again", PLAN)
    for file in fitted.rglob("*.*"):
        assert file.read_bytes() == (tmp_path / "again" / file.relative_to(fitted)).read_bytes()


def test_its_thresholds_can_be_chosen_again(fitted: Path, tmp_path: Path) -> None:
    card = rethreshold([fitted], ROWS * 10, tmp_path / "new", How(DAY, Bounds(error=0.0, missed=0.0)))
    assert nlp.load(tmp_path / "new").name == card.name != read_card(fitted).name


def test_any_labels_from_the_command_line(tmp_path: Path) -> None:
    rows = [{"body": f"ngon quá {n}", "y": 1} for n in range(40)] + [
        {"body": f"dở tệ {n}", "y": 0} for n in range(40)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    fields = ["--text", "body", "--label", "y"]
    command = [
        sys.executable,
        "-m",
        "sangtin",
        "train",
        "fit",
        "--train",
        str(tmp_path / "rows.jsonl"),
        *fields,
    ]
    out = str(tmp_path / "model")
    done = subprocess.run(
        [*command, "--model", "compact", "--out", out], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = nlp.load(Path(out)).read(["ngon", "dở", ""])
    assert [one.label for one in said[:2]] == ["1", "0"]
    wrong = subprocess.run([*command, "--model", "huge", "--out", out], capture_output=True, check=False)
    assert wrong.returncode == 2


def test_where_missing_marks_are_the_label_they_stay_missing(tmp_path: Path) -> None:
    words = ["ngon", "đẹp", "rẻ", "nhanh", "xấu", "chậm", "đắt", "dở"]
    texts = [f"hàng này {one} quá và {other} nữa" for one in words for other in words] * 2
    rows = [Row(text, Class("marked")) for text in texts]
    rows += [Row(strip_marks(text), Class("bare")) for text in texts]
    fit(rows, rows, tmp_path / "model", PLAN)
    assert CompactReader.load(tmp_path / "model" / "compact", "compact").marks is False
    said = nlp.load(tmp_path / "model").read(["hàng này đẹp nữa", "hang nay dep nua"])
    assert [one.label for one in said] == ["marked", "bare"]


def test_where_they_are_not_they_are_given(fitted: Path) -> None:
    assert CompactReader.load(fitted / "compact", "compact").marks is True


# Each word stands equally often under both labels; only their order tells.
ORDERED = [("chó cắn mèo", 0), ("mèo cắn chó", 1), ("mưa trước nắng", 0), ("nắng trước mưa", 1)] * 20


def test_it_reads_words_in_their_order() -> None:
    texts = [text for text, _label in ORDERED]
    known = Known.of(meet(texts, VectorSettings(size=8, least=1)))
    shares = np.eye(2, dtype=np.float32)[[label for _text, label in ORDERED]]
    shown = Examples(texts, shares, np.ones(len(texts), np.float32))
    numbered = Numbered.of(texts, known.words)
    weights = fit_network(numbered, shown, known.vectors, replace(NETWORK, changed=0.0, drop_words=0.0))
    said = logits_of(weights, numbered.texts).argmax(axis=1)
    assert said.tolist() == [label for _text, label in ORDERED]


def test_a_word_no_label_held_is_known_by_its_company() -> None:
    """`miu` and `giông` are in no labelled text."""
    cats = ["con mèo đen kêu", "con miu đen kêu", "mèo trắng bắt chuột", "miu trắng bắt chuột"]
    rain = ["trời mưa to ngập", "trời giông to ngập", "mưa lớn gió mạnh", "giông lớn gió mạnh"]
    known = Known.of(meet((cats + rain) * 20, VectorSettings(size=8, least=2)))
    texts = ["mèo", "mưa"] * 20
    shown = Examples(texts, np.eye(2, dtype=np.float32)[[0, 1] * 20], np.ones(40, np.float32))
    weights = fit_network(Numbered.of(texts, known.words), shown, known.vectors, NETWORK)
    asked = Numbered.of(["miu", "giông"], known.words).texts
    assert logits_of(weights, asked).argmax(axis=1).tolist() == [0, 1]


def test_what_is_nothing_stays_nothing() -> None:
    known = Known.of(meet([row.text for row in ROWS] * 3, VectorSettings(size=8, least=2)))
    classes = classes_of(ROWS)
    numbered = Numbered.of([row.text for row in ROWS], known.words)
    weights = fit_network(numbered, examples(ROWS, classes), known.vectors, NETWORK)
    assert not weights["words"][PAD].any()
    assert not weights["pairs"][PAD].any()
    assert weights["words"][BEGIN].any()
    assert weights["words"][STRANGE].any()


def test_texts_are_numbered_with_their_changed_copies() -> None:
    known = Known.of(meet([row.text for row in ROWS] * 3, VectorSettings(size=4, least=2)))
    numbered = Numbered.of(["Đường ngập quá", ""], known.words)
    assert [text.shape[1] for text in numbered.texts] == [4, 1]
    assert len(numbered.copies[0]) >= 2
    assert all(
        copy.shape[0] == 2 and copy.max() < FIRST + len(known.words.pairs) + 99 for copy in numbered.copies[0]
    )
    assert numbered.rows(np.array([1])).texts[0].shape[1] == 1


def test_few_words_are_enough_to_start() -> None:
    assert known_to(["", "a"]).words.hashes is not None
    nothing = Known.of(meet(["", "một"], VectorSettings()))
    assert len(nothing.words.hashes) == 0


def test_the_recipe_holds_out_both_readers() -> None:
    rows = [Sourced(row, "seed", number % parts()) for number, row in enumerate(ROWS * 3)]
    told = Told.of(rows, meet([row.text for row in ROWS] * 3, VectorSettings(size=8, least=2)))
    out = held_out(told, lambda _line: None)
    assert out.logits.shape == out.linear.shape == (len(out.rows), len(told.classes))
    assert len(out.rows) == len(rows)
    assert [told.rows[place] for place in out.places] == out.rows
    assert np.abs(out.logits - out.linear).max() > 0.01
    assert isinstance(told.fitted(np.arange(len(rows)), out.taken), Trained)
    assert Class("negative") in told.classes
    assert {one.row for one in out.rows} == {Row(one.row.text, one.row.target) for one in rows}
