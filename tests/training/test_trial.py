"""What a trial tells: which rows count, and what each figure is of."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nlp
from nlp import Class
from tests.nlp.small import ROWS
from training import gathering, metrics, trial
from training.gathering import Sourced
from training.rows import Row, text_key

CLEAN = "uit-victsd/dev.jsonl"


def written(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_clean_comments_that_taught_the_model_are_left_out(fitted: Path, tmp_path: Path) -> None:
    """As they stand, or as they were first written; those with another label or too few words never count."""
    written(
        tmp_path / CLEAN,
        [
            {"text": "sáng nay họp tổ dân phố", "label": "0"},
            {"text": "đường này hay ngập nước", "label": "0"},
            {"text": "<person> đi chợ về rồi", "raw_text": "Chị Lan đi chợ về rồi!!", "label": "0"},
            {"text": "mấy giờ thì mở cửa", "label": "0"},
            {"text": "ừ", "label": "0"},
            {"text": "cái đồ không ra gì", "label": "1"},
        ],
    )
    model = nlp.load(fitted)
    known = frozenset(map(text_key, ("Đường này, hay ngập nước.", "chị lan   đi chợ về rồi", "mấy giờ")))
    assert trial.held(model, tmp_path, tmp_path, frozenset())["clean uit-victsd"]["rows"] == 4
    assert trial.held(model, tmp_path, tmp_path, known)["clean uit-victsd"]["rows"] == 2


def test_a_text_without_words_is_like_no_other() -> None:
    assert text_key("😀 !!!") == ""
    assert text_key("Đường  NGẬP, quá!") == text_key("duong ngap qua")
    assert text_key("đường ngập") != text_key("đường không ngập")


LABELS = ("negative", "positive", "spam")
SAID = {"negative": (0.8, 0.1, 0.1), "positive": (0.2, 0.7, 0.1), "spam": (0.3, 0.3, 0.4)}


def sourced(text: str, label: str, source: str = "vihsd", **more: Any) -> Sourced:
    return Sourced(Row(text, Class(label)), source, 0, **more)


def told(rows: Sequence[Sourced], said: Sequence[str]) -> trial.Figures:
    """The figures where the model says `said` of the rows, settling from 0.5 on."""
    return trial.unseen(np.array([SAID[one] for one in said]), rows, (LABELS, dict.fromkeys(LABELS, 0.5)))


def test_average_precision_is_the_mean_over_the_labels_that_are_there() -> None:
    rows = [sourced(f"bài {n}", label) for n, label in enumerate(["negative", "positive", "positive"])]
    assert told(rows, ["negative", "positive", "positive"])["unseen sources"]["average precision"] == 1
    # By the chance of negative the one negative comes third, by that of positive the positives first.
    wrong = told(rows, ["positive", "positive", "spam"])["unseen sources"]
    negative, positive = (
        metrics.average_precision(np.array(of), np.array(chance))
        for of, chance in (
            ([True, False, False], [0.2, 0.2, 0.3]),
            ([False, True, True], [0.7, 0.7, 0.3]),
        )
    )
    assert wrong["average precision"] == pytest.approx((negative + positive) / 2)
    assert wrong["settled"] == pytest.approx(2 / 3)


def test_one_true_label_has_an_accuracy_and_no_ranking() -> None:
    rows = [sourced(f"hay quá ha {n}", "negative", "seed", register=("sarcasm",)) for n in range(4)]
    found = told(rows, ["negative", "negative", "negative", "positive"])["unseen, sarcasm (seed)"]
    assert found["accuracy"] == 0.75
    assert "average precision" not in found


def test_rows_of_the_policy_are_told_alone(data_of_policy: Path) -> None:
    """Those of them that this project labelled again count among our own."""
    ours = [sourced("đường ngập quá", "negative", "vihsd")]
    rows = [*ours, *gathering.policy_rows(data_of_policy, ours)]
    found = told(rows, ["negative"] * len(rows))
    assert len(rows) == 3
    assert (found["unseen sources"]["rows"], found["unseen, policy alone"]["rows"]) == (3, 2)


@pytest.fixture
def data_of_policy(tmp_path: Path) -> Path:
    texts = ("đường ngập quá", "cảm ơn các anh", "hôm nay họp")
    lines = [{"text": t, "label": "negative", "kind": None, "sure": True, "set": "vihsd"} for t in texts]
    (tmp_path / "policy").mkdir()
    file = tmp_path / gathering.POLICY
    file.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "source", "unmarked"),
    [
        ("duong nay ngap qua", "vihsd", True),
        ("duong nay ngap qua 😡 – khiep that", "vihsd", True),
        ("đường nay ngap qua", "vihsd", False),
        ("duong này ngap qua", "vihsd", False),
        ("ngap qua", "vihsd", False),
        ("So du tai khoan", "sms-smishing", False),
    ],
)
def test_without_diacritics_means_no_mark_in_three_words(text: str, source: str, unmarked: bool) -> None:
    for form in ("NFC", "NFD"):
        found = told([sourced(unicodedata.normalize(form, text), "negative", source)], ["negative"])
        assert ("unseen, without diacritics" in found) == unmarked


def test_held_posts_are_read_with_and_without_marks(fitted: Path, tmp_path: Path) -> None:
    posts = [
        {"id": str(n), "text": row.text, "label": row.target.label, "kind": row.target.kind, "split": "held"}
        for n, row in enumerate(ROWS)
    ]
    written(tmp_path / "seed" / "1.jsonl", posts)
    found = trial.held(nlp.load(fitted), tmp_path / "seed", tmp_path, frozenset())
    assert list(found) == ["seed, held-out posts", "seed, held-out posts, marks dropped"]
    marked, bare = found.values()
    assert marked["rows"] == bare["rows"] == len(ROWS)
    assert marked["macro-F1"] >= bare["macro-F1"]
    assert marked != bare
