from __future__ import annotations

from itertools import combinations

import pytest

from sangtin.post import Kind, Label
from sangtin.sample.compose import compose
from sangtin.sample.dice import Dice
from sangtin.sample.written import Theme, themes


def theme(*parts: tuple[str, ...]) -> Theme:
    return Theme("t", Label.SPAM, Kind.NEUTRAL, ("s",), (), 1, 0.0, 0.0, 0.0, parts)


def sentences(text: str, of: Theme) -> set[str]:
    return {sentence for part in of.parts for sentence in part if sentence in text}


PLAIN = theme(
    tuple(f"Mở đầu số {n} nè." for n in range(8)),
    tuple(f"Chi tiết thứ {n} đó." for n in range(8)),
    tuple(f"Kết thúc kiểu {n} hỉ." for n in range(8)),
)


def test_no_two_texts_share_more_than_one_sentence() -> None:
    made = [sentences(text, PLAIN) for text in compose(PLAIN, 64, Dice("x"))]
    assert len(made) > 45
    assert all(len(one & other) <= 1 for one, other in combinations(made, 2))


def test_never_more_than_asked() -> None:
    assert len(compose(PLAIN, 5, Dice("x"))) == 5
    assert compose(PLAIN, 0, Dice("x")) == []


def test_the_same_dice_give_the_same_texts() -> None:
    assert compose(PLAIN, 30, Dice("x")) == compose(PLAIN, 30, Dice("x"))
    assert compose(PLAIN, 30, Dice("x")) != compose(PLAIN, 30, Dice("y"))


def test_a_long_sentence_gets_a_second_detail_beside_it() -> None:
    long = theme(("Câu mở đầu này dài hơn các câu kia.",), PLAIN.parts[1], PLAIN.parts[2])
    made = compose(long, 3, Dice("x"))
    assert made
    assert all(len(sentences(text, long)) == 4 for text in made)


def test_a_sentence_that_would_outweigh_all_others_is_left_out() -> None:
    endless = theme(("Dài " * 60,), ("Ngắn.",), ("Cụt.",))
    assert compose(endless, 1, Dice("x")) == []


@pytest.mark.parametrize("written", themes(), ids=lambda t: t.slug)
def test_every_theme_gives_nearly_what_it_promises(written: Theme) -> None:
    assert len(written.parts) == 3
    assert len(compose(written, written.posts, Dice("x"))) >= 0.75 * written.posts
