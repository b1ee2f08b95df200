from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.sample.dice import Dice
from sangtin.sample.edits import chatty, passed_on, unmarked
from sangtin.sample.written import Spread

TEXT = (
    "Đường trước chợ ngập tới gối từ sáng sớm, mọi người không qua được. Xe chết máy nằm la liệt hai bên. "
    "Ai đi làm thì vòng qua cầu phía nam cho an toàn."
)


def letters(text: str) -> str:
    return "".join(c for c in unmarked(text, Dice("x")).lower() if c.isalpha())


@pytest.mark.parametrize("spread", list(Spread))
def test_every_copy_still_begins_or_ends_as_the_text_does(spread: Spread) -> None:
    whole = letters(TEXT)
    for seed in range(60):
        copy = letters(passed_on(TEXT, Dice(f"{spread}:{seed}"), spread))
        assert whole[:12] in copy or copy[-12:] in whole or whole[40:50] in copy


@pytest.mark.parametrize("spread", list(Spread))
def test_a_copy_keeps_four_fifths_of_the_text(spread: Spread) -> None:
    for seed in range(60):
        copy = passed_on(TEXT, Dice(f"{spread}:{seed}"), spread)
        assert len(copy) > 0.75 * len(TEXT)


def test_some_copies_are_the_text_itself_and_some_are_not() -> None:
    made = {passed_on(TEXT, Dice(str(seed)), Spread.BURST) for seed in range(80)}
    assert TEXT in made
    assert len(made) > 12


def test_offices_pass_on_without_emoji_or_chat_spelling() -> None:
    for seed in range(60):
        copy = passed_on(TEXT, Dice(str(seed)), Spread.WIRE)
        assert not any(unicodedata.category(c) == "So" for c in copy)
        assert " ko " not in copy


def test_unmarked_text_is_plain_ascii() -> None:
    assert unmarked("Đường Huế ngập, ướt hết rồi!", Dice("x")) == "Duong Hue ngap, uot het roi!"


@given(st.text(alphabet="aăâeêioôơuưyáàảãạđ .,", max_size=80))
def test_unmarked_changes_nothing_twice(text: str) -> None:
    once = unmarked(text, Dice("x"))
    assert unmarked(once, Dice("x")) == once
    assert len(once) == len(unicodedata.normalize("NFC", text))


def test_chat_spelling_replaces_words_not_syllables_inside_them() -> None:
    for seed in range(20):
        assert chatty("khôngminh gìn giữ", Dice(str(seed))) == "khôngminh gìn giữ"


def test_chat_spelling_leaves_most_of_the_text() -> None:
    spelt = {chatty("mình không biết, mọi người chỉ với", Dice(str(seed))) for seed in range(40)}
    assert len(spelt) > 5
    assert all(text.count(" ") >= 4 for text in spelt)
