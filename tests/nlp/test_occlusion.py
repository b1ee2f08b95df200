"""Leaving words out → which of them moved the score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.occlusion import MOST_PARTS, MOST_SHOWN, occlude


def angry(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """A score that `tệ` raises and `đẹp` lowers."""
    return np.array([0.5 + 0.3 * ("tệ" in text) - 0.2 * ("đẹp" in text) for text in texts])


def test_words_that_raise_and_lower() -> None:
    text = "Phòng đẹp nhưng\n  tệ lắm"
    moved = occlude(text, angry)
    assert [(text[part.start : part.end], part.weight > 0) for part in moved] == [
        ("tệ", True),
        ("đẹp", False),
    ]


def test_a_text_without_words() -> None:
    assert occlude("", angry) == []
    assert occlude(" \n", angry) == []


def test_a_long_text_is_cut_into_few_parts() -> None:
    asked: list[int] = []

    def score(texts: Sequence[str]) -> npt.NDArray[np.float64]:
        asked.append(len(texts))
        return angry(texts)

    text = "bình thường " * 2_000 + "tệ"
    moved = occlude(text, score)
    assert asked[0] <= MOST_PARTS + 1
    assert [text[part.start : part.end].endswith("tệ") for part in moved] == [True]


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=300))
def test_spans_lie_in_the_text(model: nlp.Model, text: str) -> None:
    moved = model.why(text, "negative")
    assert len(moved) <= MOST_SHOWN
    assert all(0 <= part.start < part.end <= len(text) for part in moved)
    spans = sorted((part.start, part.end) for part in moved)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
