"""A model folder → answers, for any text, the same whatever else is read with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.answer import Answer, Class, Probabilities, fold
from nlp.model import Model, Step
from nlp.reader import Reader
from sangtin.errors import UsageError
from tests.nlp.small import make_model

ODD = (
    "",
    " ",
    "\x00",
    "\ud800",
    "😀",
    "👨‍👩‍👧‍👦",
    "\u200b\u200d\ufeff",
    "مرحبا بالعالم",
    "e\u0301" * 50,
    "\u0301" * 5,
    "ﬁ ǅ İ ß",
    "\U0010ffff",
    "#" * 10_000,
    "a\n" * 3_000,
    "không " * 5_000,
)


def sound(answer: Answer, labels: tuple[str, ...]) -> bool:
    """Whether an answer is one: scores of all labels in [0, 1] that sum to 1, the label the likeliest."""
    scores = answer.scores
    return (
        tuple(scores) == labels
        and all(0 <= score <= 1 for score in scores.values())
        and abs(sum(scores.values()) - 1) < 1e-9
        and scores[answer.label] == max(scores.values())
    )


def test_every_odd_text_has_an_answer(model: Model) -> None:
    answers = model.read(ODD)
    assert len(answers) == len(ODD)
    assert all(sound(answer, model.labels) for answer in answers)


def test_a_megabyte_has_an_answer(model: Model) -> None:
    assert sound(model.read(["đ" * 1_000_000])[0], model.labels)


def test_no_texts_no_answers(model: Model) -> None:
    assert model.read([]) == []


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(), min_size=1, max_size=50))
def test_any_texts_have_sound_answers_alone_and_together(model: Model, texts: list[str]) -> None:
    together = model.read(texts)
    assert all(sound(answer, model.labels) for answer in together)
    assert together[-1] == model.read(texts[-1:])[0]


def test_composed_and_decomposed_text_read_alike(model: Model) -> None:
    text = "Đường ngập mà không ai sửa, thủy điện hòa bình"
    composed, decomposed = model.read([text, unicodedata.normalize("NFD", text)])
    assert composed == decomposed


def test_order_of_texts_does_not_matter(model: Model) -> None:
    texts = [f"bài số {number} về đường ngập" for number in range(700)]
    assert model.read(texts) == model.read(texts[::-1])[::-1]


def test_it_says_what_it_learned(model: Model) -> None:
    good, bad = model.read(["Cảm ơn bác sĩ, tuyệt vời quá", "Đường ngập, rác hôi thối, quá tệ"])
    assert (good.label, good.kind) == ("positive", None)
    assert (bad.label, bad.kind) == ("negative", None)
    assert model.read(["Bán nhà giá tốt, liên hệ 0900000009"])[0].kind == "advert"


def test_a_threshold_settles_and_says_why(model: Model) -> None:
    for answer in model.read(["Cảm ơn bác sĩ", "Mai trời mưa", "zz", "Rác hôi thối quá"]):
        least = {"negative": 0.5, "positive": 0.5, "spam": 0.9}[answer.label]
        assert answer.settled == (answer.scores[answer.label] >= least)
        assert answer.label in answer.reason
        assert answer.reader == "linear"


def test_without_thresholds_nothing_is_settled(tmp_path: Path) -> None:
    make_model(tmp_path / "m")
    answers = nlp.load(tmp_path / "m").read(["Cảm ơn bác sĩ", "Rác hôi thối"])
    assert not any(answer.settled for answer in answers)


def test_a_label_without_a_threshold_is_not_settled(tmp_path: Path) -> None:
    make_model(tmp_path / "m", {"positive": 0.0})
    answers = nlp.load(tmp_path / "m").read(["Cảm ơn bác sĩ tận tình", "Rác hôi thối bức xúc quá tệ"])
    assert [(answer.label, answer.settled) for answer in answers] == [("positive", True), ("negative", False)]


class Fixed:
    """A reader that always says the same."""

    def __init__(self, name: str, row: tuple[float, ...]) -> None:
        self.name = name
        self.classes = (Class("negative"), Class("spam", "advert"), Class("spam", "noise"))
        self._row = row

    def read(self, texts: Sequence[str]) -> Probabilities:
        return np.tile(np.array(self._row), (len(texts), 1))

    def why(self, text: str, label: str) -> list[nlp.Moved]:
        return [nlp.Moved(0, len(text), 1.0)]


def two_steps(first: Reader, second: Reader) -> Model:
    return Model(
        "m", ("negative", "spam"), (Step(first, {"negative": 0.9, "spam": 0.9}), Step(second, {"spam": 0.5}))
    )


def test_a_later_reader_reads_what_an_earlier_one_leaves() -> None:
    unsure, sure = Fixed("first", (0.4, 0.3, 0.3)), Fixed("second", (0.1, 0.2, 0.7))
    answer = two_steps(unsure, sure).read(["x"])[0]
    assert (answer.reader, answer.label, answer.kind, answer.settled) == ("second", "spam", "noise", True)
    answer = two_steps(Fixed("first", (0.05, 0.9, 0.05)), sure).read(["x"])[0]
    assert (answer.reader, answer.kind) == ("first", "advert")


def test_why_asks_the_reader_that_answered() -> None:
    model = two_steps(Fixed("first", (0.4, 0.3, 0.3)), Fixed("second", (0.1, 0.2, 0.7)))
    assert model.why("abc", "spam") == [nlp.Moved(0, 3, 1.0)]
    with pytest.raises(UsageError, match="no label 'joy'"):
        model.why("abc", "joy")


def test_fold_sums_kinds_into_labels() -> None:
    classes = (Class("spam", "advert"), Class("negative"), Class("spam", "noise"))
    folded = fold(np.array([[0.2, 0.5, 0.3]]), classes, ("negative", "spam"))
    assert folded.tolist() == [[0.5, 0.5]]
