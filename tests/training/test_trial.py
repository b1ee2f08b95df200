"""What a trial tells: which rows count, and what each figure is of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import nlp
from training import trial
from training.rows import text_key

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
