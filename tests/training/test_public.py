"""What a model's labels rank among the labels of public sets, told from files of such a set's shape."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlp
from sangtin.text import strip_marks
from tests.nlp.small import ROWS
from training.public import TRIALS, public_figures
from training.rows import text_key


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Rows of our own in the shape of two sets: 0 for negative, 1 for what has no stance, 2 for positive."""
    code = {"negative": "0", "spam": "1", "positive": "2"}
    for file in ("uit-vsfc/dev.jsonl", "vispamreviews/dev.jsonl"):
        lines = [{"text": row.text, "label": code[row.target.label]} for row in ROWS if row.text]
        lines.append({"text": "hàng lạ", "label": "9"})
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def test_each_set_that_is_there_is_told(fitted: Path, sets: Path) -> None:
    figures = public_figures(nlp.load(fitted), sets, frozenset())
    assert set(figures) == {"public uit-vsfc", "public vispamreviews, spam"}
    for told in figures.values():
        assert told["ROC AUC"] > 0.95
        assert 0 < told["near"] < 1


def test_only_labels_that_mean_ours_have_a_macro_f1(fitted: Path, sets: Path) -> None:
    figures = public_figures(nlp.load(fitted), sets, frozenset())
    students, reviews = figures["public uit-vsfc"], figures["public vispamreviews, spam"]
    assert students["set macro-F1"] > 0.9
    assert "set macro-F1" not in reviews
    assert students["rows"] == reviews["rows"] - 1


def test_rows_that_taught_the_model_are_left_out(fitted: Path, sets: Path) -> None:
    """Whatever their marks, case, signs and spaces."""
    model, taught = nlp.load(fitted), next(row.text for row in ROWS if len(row.text.split()) > 3)
    all_of, told = (
        public_figures(model, sets, known)
        for known in (frozenset(), frozenset({text_key(f"{strip_marks(taught)}  !!!".upper())}))
    )
    for name in all_of:
        assert told[name]["rows"] == all_of[name]["rows"] - sum(row.text == taught for row in ROWS)


def test_without_data_there_is_nothing_to_tell(fitted: Path, tmp_path: Path) -> None:
    assert public_figures(nlp.load(fitted), tmp_path, frozenset()) == {}


def test_the_sets_are_where_the_trials_say(data: Path) -> None:
    assert all((data / one.file).is_file() for one in TRIALS)
