from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sangtin.sample.dice import Dice


def test_the_same_seed_gives_the_same_throws() -> None:
    # The literal numbers pin the sequence across machines and versions of Python.
    dice = Dice("huế")
    assert [dice.below(1000) for _ in range(6)] == [474, 126, 954, 693, 835, 434]


def test_another_seed_gives_other_throws() -> None:
    first, second = Dice("a"), Dice("b")
    assert [first.below(10**6) for _ in range(3)] != [second.below(10**6) for _ in range(3)]


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_below_stays_below(seed: int, limit: int) -> None:
    assert 0 <= Dice(str(seed)).below(limit) < limit


@given(st.integers(0, 10**9), st.integers(-50, 50), st.integers(0, 100))
def test_between_includes_both_ends(seed: int, low: int, width: int) -> None:
    assert low <= Dice(str(seed)).between(low, low + width) <= low + width


@given(st.integers(0, 10**9), st.lists(st.integers()))
def test_shuffling_keeps_every_item(seed: int, items: list[int]) -> None:
    before = list(items)
    assert sorted(Dice(str(seed)).shuffled(items)) == sorted(items)
    assert items == before


@given(st.integers(0, 10**9), st.lists(st.integers(), unique=True), st.integers(0, 20))
def test_several_are_different(seed: int, items: list[int], count: int) -> None:
    drawn = Dice(str(seed)).several(items, count)
    assert len(drawn) == len(set(drawn)) == min(count, len(items))


def test_weights_are_kept() -> None:
    dice = Dice("weights")
    drawn = Counter(dice.weighted((1, 0, 3)) for _ in range(4000))
    assert drawn[1] == 0
    assert 2.5 < drawn[2] / drawn[0] < 3.6


def test_chance_is_a_share() -> None:
    dice = Dice("chance")
    assert not any(dice.chance(0) for _ in range(100))
    assert all(dice.chance(1) for _ in range(100))
    assert 400 < sum(dice.chance(0.25) for _ in range(2000)) < 600
