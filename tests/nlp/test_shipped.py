"""The model in the package: small, whole, and sensible where anyone can see it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

import nlp
from tests.nlp.test_model import sound
from tests.nlp.texts import generated

# The model that ships is no larger than this, so that a clone and a wheel stay small.
MOST_BYTES = {"compact": 30_000_000, "flags": 1_000_000}


@pytest.fixture(scope="module")
def shipped() -> nlp.Model:
    return nlp.load(nlp.SHIPPED)


def test_it_is_small_and_holds_no_pickle() -> None:
    files = [file for file in Path(nlp.SHIPPED).rglob("*") if file.is_file()]
    for part, most in MOST_BYTES.items():
        assert sum(file.stat().st_size for file in files if part in file.parts) <= most
    assert {file.suffix for file in files} == {".json", ".safetensors", ".onnx", ".txt"}


def test_it_answers_the_three_labels(shipped: nlp.Model) -> None:
    assert set(shipped.labels) == {"spam", "negative", "positive"}
    kinds = {one.kind for step in shipped.steps for one in step.reader.classes if one.label == "spam"}
    assert kinds == {"advert", "scam", "noise", "neutral"}


@pytest.mark.parametrize("text", ["", "  ", "😀", "😂😂😂😂", "❤️", "...", "!!!", "#hot #trend", "\u200b"])
def test_a_text_without_words_is_noise(shipped: nlp.Model, text: str) -> None:
    answer = shipped.read([text])[0]
    assert (answer.label, answer.kind) == ("spam", "noise")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Đường Nguyễn Huệ ngập cả tuần mà không ai xử lý, dân bức xúc lắm rồi", "negative"),
        ("duong ngap ca tuan ma khong ai xu ly, dan buc xuc lam roi", "negative"),
        ("Cảm ơn các anh công an đã tận tình giúp đỡ bà con vùng lũ, tuyệt vời quá!", "positive"),
        ("Cho thuê phòng trọ giá rẻ, đầy đủ tiện nghi, liên hệ 0900 000 000", "spam"),
        ("Chúc mừng bạn đã trúng thưởng xe SH, bấm link để nhận thưởng", "spam"),
        ("Vay tiền nhanh 5 phút không cần thế chấp, bấm link nhận ngay", "spam"),
        ("chào cả nhà buổi sáng vui vẻ nha", "spam"),
        ("UBND tỉnh thông báo lịch nghỉ lễ từ ngày 30/4 đến hết ngày 3/5", "spam"),
    ],
)
def test_plain_cases(shipped: nlp.Model, text: str, label: str) -> None:
    assert shipped.read([text])[0].label == label


def test_it_flags_a_scam_and_says_nothing_of_truth(shipped: nlp.Model) -> None:
    lure, news = shipped.read(
        [
            "Chúc mừng bạn trúng thưởng xe SH, bấm link nhận thưởng ngay hôm nay",
            "Sáng nay phường họp tổ dân phố lúc 8 giờ tại nhà văn hoá",
        ]
    )
    assert set(lure.flags) == {"scam", "unreliable-looking"}
    assert lure.flags["scam"] > 0.5 > news.flags["scam"]


def test_fuzzed_texts_have_sound_answers(shipped: nlp.Model) -> None:
    fuzz(shipped, 5_000, 20260102)


@pytest.mark.soak
def test_many_fuzzed_texts_have_sound_answers(shipped: nlp.Model) -> None:
    for turn in range(20):
        fuzz(shipped, 5_000, turn)


def fuzz(shipped: nlp.Model, count: int, seed: int) -> None:
    """Read so many random texts, and as many that trip others up: empty, a megabyte, emoji alone, right to
    left, invisible. Each must have an answer."""
    draw = random.Random(seed)
    texts = ["".join(_characters(draw)) for _number in range(count)]
    for some in (texts, list(generated(count, seed))):
        answers = shipped.read(some)
        assert len(answers) == count
        assert all(sound(answer, shipped.labels) for answer in answers)


def _characters(draw: random.Random) -> list[str]:
    """Any code points, more often those that people type."""
    ranges = (
        (32, 127),
        (0xC0, 0x1F0),
        (0x1E00, 0x1F00),
        (0x300, 0x370),
        (0x1F300, 0x1FB00),
        (0, sys.maxunicode + 1),
    )
    low, high = draw.choice(ranges)
    return [chr(draw.randrange(low, high)) for _place in range(draw.randrange(200))]
