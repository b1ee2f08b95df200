"""Leaving words out → which of them moved the score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.occlusion import FEWEST, MOST_PARTS, MOST_SHOWN, Score, occlude
from nlp.prepare import HEAD, TAIL


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


def counting(asked: list[int]) -> Score:
    """The same score, which notes how many words it is given."""

    def score(texts: Sequence[str]) -> npt.NDArray[np.float64]:
        asked.append(sum(len(text.split()) for text in texts))
        return angry(texts)

    return score


@pytest.mark.parametrize("many", [1, 40, 160, 161, 400, 2_000, 200_000])
def test_a_text_of_any_length_costs_no_more_than_one_of_so_many_words(many: int) -> None:
    for most in (40, MOST_PARTS):
        asked: list[int] = []
        occlude("bình " * (many - 1) + "tệ", counting(asked), most)
        # The text itself is read beside those that lack a word; a few passages are looked at in any case.
        read = min(many, (HEAD + TAIL) // len("bình "))
        assert sum(asked) <= 2 * most * most + (FEWEST + 2) * max(read, most)


def test_of_a_long_text_the_words_that_count_are_found_wherever_they_stand() -> None:
    filler = "bình thường thôi " * 90
    text = f"{filler}tệ {filler}đẹp {filler}"
    moved = occlude(text, angry)
    assert {(text[part.start : part.end], part.weight > 0) for part in moved} == {
        ("tệ", True),
        ("đẹp", False),
    }


def test_of_a_middle_text_they_weigh_what_leaving_each_out_of_the_whole_moves() -> None:
    words = ["một"] * 250
    words[7], words[200] = "tệ", "đẹp"
    text = " ".join(words)
    for part in occlude(text, angry):
        without = f"{text[: part.start]} {text[part.end :]}"
        whole, less = (np.log(share / (1 - share)) for share in angry([text, without]))
        assert part.weight == pytest.approx(whole - less)


def test_words_of_a_passage_share_what_the_passage_moves() -> None:
    """Any of many `tệ` may go and the score stays: together they hold it up."""
    text = "bình thường thôi " * 400 + "tệ quá tệ lắm"
    moved = occlude(text, angry)
    assert all(part.weight > 0 for part in moved)
    whole, without = (np.log(share / (1 - share)) for share in angry([text, "bình"]))
    assert sum(part.weight for part in moved) == pytest.approx(whole - without)


def test_what_no_reader_reads_is_not_marked_and_what_follows_stands_where_it_is() -> None:
    text = "bình thường " * 1_000 + "tệ " + "bình thường " * 1_000
    assert occlude(text, angry) == []
    text += "đẹp"
    (moved,) = occlude(text, angry)
    assert text[moved.start : moved.end] == "đẹp"


def test_marks_of_a_word_without_end_lie_in_what_is_read() -> None:
    text = "tệ" * 500_000
    for part in occlude(text, angry):
        assert 0 <= part.start < part.end <= len(text)


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=300))
def test_spans_lie_in_the_text(model: nlp.Model, text: str) -> None:
    moved = model.why(text, "negative")
    assert len(moved) <= MOST_SHOWN
    assert all(0 <= part.start < part.end <= len(text) for part in moved)
    spans = sorted((part.start, part.end) for part in moved)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
