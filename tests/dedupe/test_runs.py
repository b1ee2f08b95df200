"""Sorted postings, their directory and their bits agree with looking at every posting."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.runs import (
    FEW,
    Hits,
    Postings,
    Run,
    blank,
    forget,
    let_go,
    meet,
    meet_beside,
    meet_young,
    merged,
    note,
    possible,
    scrub,
    survey,
)

KEYS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=200)


def packed(keys: list[int], first: int = 0) -> Postings:
    """One posting a key, slots counted from `first`."""
    made = np.array([(key << 32) | (first + n) for n, key in enumerate(keys)], dtype=np.uint64)
    made.sort()
    return made


def run_of(postings: Postings) -> Run:
    return Run(postings, *survey([postings], postings.size))


def pairs(hits: Hits) -> set[tuple[int, int]]:
    return set(zip(hits.who.tolist(), hits.slot.tolist(), strict=True))


def every(asked: list[int], held: list[int], first: int) -> set[tuple[int, int]]:
    return {(a, first + h) for a, one in enumerate(asked) for h, other in enumerate(held) if one == other}


@settings(max_examples=60, deadline=None)
@given(KEYS, KEYS)
@pytest.mark.parametrize("look", [meet, lambda run, asked: meet_young(run.postings, asked)])
def test_a_run_answers_as_a_search_through_all_of_it(
    look: Callable[[Run, Postings], Hits], held: list[int], asked: list[int]
) -> None:
    asked = asked + held[::3]
    # More than 64 of one anchor are a common phrase; hypothesis draws no such crowd.
    assert pairs(look(run_of(packed(held, 1000)), packed(asked))) == every(asked, held, 1000)


@settings(max_examples=60, deadline=None)
@given(KEYS)
def test_a_batch_meets_itself(keys: list[int]) -> None:
    keys = keys + keys[::2]
    found = {(a, b) for a, b in pairs(meet_beside(packed(keys))) if a != b}
    assert found == {(a, b) for a, b in every(keys, keys, 0) if a != b}


@settings(max_examples=60, deadline=None)
@given(KEYS, KEYS)
def test_bits_lose_nothing_that_is_there(held: list[int], others: list[int]) -> None:
    seen = blank(1000)
    note(seen, packed(held))
    there = packed(held + others)
    left = possible(seen, there)
    assert {int(p) >> 32 for p in left} >= set(held)


def test_bits_set_one_by_one_and_in_a_stretch_are_the_same() -> None:
    keys = np.random.default_rng(1).integers(0, 2**32, 4000)
    made = packed(keys.tolist())
    single, stretch = blank(4000), blank(4000)
    for part in np.array_split(made, 4000):
        note(single, part)
    assert made.size * FEW > stretch.size * 8
    note(stretch, made)
    assert (single == stretch).all()
    assert possible(stretch, packed(np.random.default_rng(2).integers(0, 2**32, 4000).tolist())).size < 700


def test_a_directory_in_parts_is_that_of_the_whole() -> None:
    made = packed(np.random.default_rng(3).integers(0, 2**32, 5000).tolist())
    whole, parts = survey([made], made.size), survey(np.array_split(made, 7), made.size)
    assert (whole[0] == parts[0]).all()
    assert (whole[1] == parts[1]).all()


def test_what_is_scrubbed_leaves_no_bit_of_its_own() -> None:
    keys = np.random.default_rng(4).integers(0, 2**32, 300).tolist()
    shared = keys[7]
    made = packed([*keys, shared])
    run = run_of(made.copy())
    forget(run, np.array([5, 7]))
    scrub(run.postings, np.array([5, 7]))
    assert not possible(run.seen, packed([keys[5]])).size
    assert possible(run.seen, packed([shared])).size, "another posting has that key"
    assert (run.seen == survey([run.postings], made.size)[1]).all()


def test_merging_keeps_all_and_repeats_nothing() -> None:
    one, other = packed([3, 1, 2]), packed([2, 9], 10)
    parts = list(merged([one, other, one]))
    assert np.concatenate(parts).tolist() == sorted({*one.tolist(), *other.tolist()})


def test_pages_given_back_hold_what_was_written_to_them(tmp_path: Path) -> None:
    packed(list(range(5_000))).tofile(tmp_path / "run")
    held = np.memmap(tmp_path / "run", dtype=np.uint64, mode="r+")
    held[7] = held[6]
    before = held.copy()
    let_go(held)
    assert (held == before).all()
    assert (np.concatenate(list(merged([held]))) == np.unique(before)).all()
