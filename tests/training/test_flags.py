"""Flags are learned from what the recipe gathers, and their chances hold on texts they have not seen."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp import Beside, Class
from nlp.flags import Flags
from sangtin.post import Flag
from training.flags import Asked, Figures, _column, _line, fit_flags, scams, unreliable
from training.gathering import Sourced, part_of
from training.rows import Row

SCAM, NEWS = Class("spam", "scam"), Class("spam", "neutral")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two sets: messages, and posts of which those that shout are called unreliable."""
    for place, rows in {
        "sms-smishing/all.jsonl": [("Nhận quà tại đây ngay", "1"), ("Số dư tài khoản của bạn", "0")],
        "reintel/train.jsonl": [("TIN SỐC lan truyền khắp nơi", "1"), ("Bộ Y tế cho biết", "0")],
    }.items():
        file = tmp_path / place
        file.parent.mkdir()
        lines = [{"id": n, "text": f"{text} {n}", "label": y} for n in range(60) for text, y in rows]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "reintel" / "train.jsonl.gz").write_bytes(
        gzip.compress((tmp_path / "reintel" / "train.jsonl").read_bytes())
    )
    return tmp_path


def rows() -> list[Sourced]:
    texts = [("Vay nhanh bấm link nhận tiền", SCAM), ("Sáng nay họp tổ dân phố", NEWS)]
    return [Sourced(Row(f"{text} {n}", target), "seed", n % 6) for n in range(40) for text, target in texts]


def test_both_flags_are_learned(small: Path) -> None:
    flags, figures = fit_flags(rows(), small)
    assert flags.names == (Flag.SCAM.value, Flag.UNRELIABLE.value)
    lure, plain, shout = flags.read(["bấm link nhận tiền vay nhanh", "họp tổ dân phố", "TIN SỐC lan truyền"])
    assert lure[Flag.SCAM] > 0.5 > plain[Flag.SCAM]
    assert shout[Flag.UNRELIABLE] > plain[Flag.UNRELIABLE]
    for figure in figures.values():
        assert figure["ROC AUC"] > 0.95
    # The messages are a source of their own, half of all texts here, and read by a reader of the other half.
    assert figures["flag: scam"]["calibration error"] < 0.25
    assert figures["flag: unreliable-looking"]["calibration error"] < 0.1


def test_the_same_rows_give_the_same_flags(small: Path) -> None:
    one, other = (fit_flags(rows(), small)[0].reader for _turn in range(2))
    assert one.weights.tobytes() == other.weights.tobytes()
    assert one.bias.tobytes() == other.bias.tobytes()


def test_changed_copies_and_known_messages_teach_no_scam_twice(small: Path) -> None:
    known = Sourced(Row("Nhận quà tại đây ngay 3", SCAM), "sms-smishing", 4)
    copy = Sourced(Row("vay nhanh", SCAM), "seed", 1, changed=True)
    asked = scams([*rows(), known, copy], small)
    assert asked.texts.count("Nhận quà tại đây ngay 3") == 1
    assert "vay nhanh" not in asked.texts
    assert asked.flagged[asked.texts.index(known.row.text)]


def test_a_source_is_held_out_whole(small: Path) -> None:
    asked: Asked = scams(rows(), small)
    folds = {one.row.text: one.part % 5 for one in rows()}
    assert all(asked.folds[i] == folds[text] for i, text in enumerate(asked.texts) if text in folds)
    assert set(unreliable(small).folds.tolist()) <= set(range(5))


def test_messages_are_held_out_with_their_source(small: Path) -> None:
    """Those that the recipe gathers and those that it leaves to the flag."""
    part = part_of("sms-smishing")
    gathered = [Sourced(Row(f"Nhận quà tại đây ngay {n}", SCAM), "sms-smishing", part) for n in range(9)]
    asked = scams([*rows(), *gathered], small)
    own = {one.row.text for one in rows()}
    folds = [int(fold) for fold, text in zip(asked.folds, asked.texts, strict=True) if text not in own]
    assert folds == [part % 5] * 120


def test_the_line_makes_chances_of_log_odds() -> None:
    draw = np.random.default_rng(3)
    odds = draw.standard_normal(20_000) * 2
    seen = np.column_stack([odds, np.ones(20_000), draw.standard_normal(20_000)])
    flagged = draw.random(20_000) < 1 / (1 + np.exp(-(seen @ np.array([1.7, -2, 0.5]))))
    assert _line(seen, flagged, np.ones(20_000)) == pytest.approx((1.7, -2, 0.5), abs=0.1)
    alone = _line(seen[:, :2], flagged, np.ones(20_000))
    assert alone == pytest.approx((1.7, -2), abs=0.2)


def test_what_stands_beside_a_text_shifts_its_flag_and_what_is_not_known_does_not(small: Path) -> None:
    file = small / "reintel" / "train.jsonl.gz"
    draw = np.random.default_rng(5)
    lines = []
    for n in range(400):
        flagged = draw.random() < 0.5
        likes = int(np.exp(draw.normal(5 if flagged else 2, 1)))
        row = {"text": f"bài {draw.integers(9)} {n}", "label": str(int(flagged)), "likes": likes}
        lines.append(json.dumps(row if n % 4 else {**row, "likes": None}) + "\n")
    file.write_bytes(gzip.compress("".join(lines).encode()))
    flags, figures = fit_flags(rows(), small)
    assert figures["flag: unreliable-looking"]["ROC AUC"] > 0.8
    text = ["bài 3"] * 4
    many, few, none, other = flags.read(
        text, [Beside(likes=2_000), Beside(likes=3), Beside(), Beside(shares=9)]
    )
    assert many[Flag.UNRELIABLE] > 0.7 > none[Flag.UNRELIABLE] > 0.3 > few[Flag.UNRELIABLE]
    assert other[Flag.UNRELIABLE] == pytest.approx(none[Flag.UNRELIABLE])
    assert none == flags.read(text)[2]
    assert {one[Flag.SCAM] for one in (many, few, none)} == {none[Flag.SCAM]}


@pytest.fixture(scope="module")
def real(data: Path) -> tuple[Flags, Figures]:
    """The flags that real posts teach, and their figures."""
    return fit_flags(rows(), data)


def test_real_posts_rank_better_with_time_and_engagement(data: Path, real: tuple[Flags, Figures]) -> None:
    alone = _column(replace(unreliable(data), beside=()), 0.7).figures
    both = real[1]["flag: unreliable-looking"]
    assert both["ROC AUC"] > alone["ROC AUC"] + 0.005
    assert both["calibration error"] < 0.03


def test_flags_of_real_posts_rank(real: tuple[Flags, Figures]) -> None:
    flags, figures = real
    assert figures["flag: unreliable-looking"]["ROC AUC"] > 0.9
    assert figures["flag: unreliable-looking"]["calibration error"] < 0.03
    assert flags.least == {"scam": 0.5, "unreliable-looking": 0.7}
    assert figures["flag: unreliable-looking"]["precision"] > 0.75


def test_few_ordinary_posts_look_unreliable(data: Path, real: tuple[Flags, Figures]) -> None:
    """Sure posts of other sources that are no complaint and no alarm, as most of a stream are."""
    flags, _ = real
    with gzip.open(data / "policy" / "posts.jsonl.gz", "rt", encoding="utf-8") as lines:
        read = map(json.loads, lines)
        plain = [p["text"] for p in read if p["sure"] and p["label"] != "negative" and p["set"] != "reintel"]
    raised = [flags.raised(chances) for chances in flags.read(plain[:3_000])]
    assert sum(Flag.UNRELIABLE in one for one in raised) < 0.05 * len(raised)
