"""Figures equal scikit-learn's, and what scikit-learn lacks is right on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from training import metrics as ours
from training.prevalence import PER, RATE, REVIEWED, at_rate, settled_at_rate

LABELS = ("a", "b", "c")
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)
SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=60)


@settings(deadline=None)
@given(pairs=PAIRS)
def test_f1_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    truth, said = [one for one, _ in pairs], [other for _, other in pairs]
    assert ours.macro_f1(truth, said) == pytest.approx(
        theirs.f1_score(truth, said, average="macro", zero_division=0)
    )
    counted = ours.confusion(truth, said)
    assert sum(sum(row.values()) for row in counted.values()) == len(pairs)
    for label, figures in ours.per_class(truth, said).items():
        assert figures.support == sum(counted[label].values())


@settings(deadline=None)
@given(scored=SCORED)
def test_average_precision_and_auc_are_scikit_learns(scored: list[tuple[bool, int]]) -> None:
    of, scores = np.array([one for one, _ in scored]), np.array([float(other) for _, other in scored])
    if of.any():
        assert ours.average_precision(of, scores) == pytest.approx(theirs.average_precision_score(of, scores))
    if of.any() and not of.all():
        assert ours.roc_auc(of, scores) == pytest.approx(theirs.roc_auc_score(of, scores))


def test_weights_count_as_repeated_rows() -> None:
    of, scores = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    weights = np.array([1.0, 3.0, 2.0, 1.0])
    again = np.repeat(np.arange(4), weights.astype(int))
    assert ours.average_precision(of, scores, weights) == pytest.approx(
        ours.average_precision(of[again], scores[again])
    )


def test_calibration_error() -> None:
    assert ours.calibration_error(np.array([1.0, 1.0]), np.array([True, True])) == 0
    assert ours.calibration_error(np.array([0.99, 0.99]), np.array([True, False])) == pytest.approx(0.49)
    assert ours.calibration_error(np.array([0.75] * 4), np.array([True, True, True, False])) == pytest.approx(
        0
    )


def test_a_perfect_ranking_finds_all_of_a_rare_label() -> None:
    of = np.array([True] * 10 + [False] * 500)
    rare = at_rate(of, np.linspace(1, 0, 510))
    assert rare is not None
    assert (rare.rows_of_label, rare.rows_of_others) == (10, 500)
    assert rare.average_precision.value == pytest.approx(1)
    first = rare.at_k[0]
    assert first.k / PER == pytest.approx(RATE)
    assert first.precision.value == pytest.approx(1)
    assert first.recall.value == pytest.approx(1)


def test_a_blind_ranking_is_as_good_as_chance() -> None:
    draw = np.random.default_rng(5)
    of = draw.random(40_000) < 0.5
    rare = at_rate(of, draw.random(40_000))
    assert rare is not None
    for at in rare.at_k:
        assert at.precision.low <= RATE * 1.5
        assert at.recall.value == pytest.approx(at.k / PER, rel=0.35)


def test_intervals_hold_the_value_and_shrink_with_rows() -> None:
    draw = np.random.default_rng(7)

    def width(rows: int) -> float:
        of = draw.random(rows) < 0.3
        rare = at_rate(of, of + draw.normal(0, 0.7, rows))
        assert rare is not None
        average = rare.average_precision
        assert average.low <= average.value <= average.high
        return average.high - average.low

    assert width(8_000) < width(300)


def test_the_weighted_curve_meets_a_stream_of_that_rate() -> None:
    """Re-weighting a half-and-half file says what a file at the true rate would say."""
    draw = np.random.default_rng(11)

    def scored(yes: int, no: int) -> tuple[ours.Bools, ours.Floats]:
        of = np.array([True] * yes + [False] * no)
        return of, of * 1.5 + draw.normal(0, 1, yes + no)

    half = at_rate(*scored(20_000, 20_000))
    of, scores = scored(600, 199_400)
    assert half is not None
    assert half.average_precision.value == pytest.approx(ours.average_precision(of, scores), abs=0.05)


def test_without_the_label_there_is_nothing_to_say() -> None:
    assert at_rate(np.array([True, True]), np.array([0.1, 0.2])) is None
    assert at_rate(np.array([False]), np.array([0.1])) is None
    assert len(REVIEWED) == 3


def test_precision_of_what_is_settled_is_that_of_a_rare_label() -> None:
    """Half of the label's rows and one in a hundred others are settled: 0.0015 / (0.0015 + 0.00997)."""
    of = np.array([True] * 400 + [False] * 20_000)
    settled = np.concatenate([np.arange(400) < 200, np.arange(20_000) < 200])
    precision, recall = settled_at_rate(of, settled)
    hit = RATE * 0.5
    assert precision.value == pytest.approx(hit / (hit + (1 - RATE) * 0.01))
    assert recall.value == pytest.approx(0.5)
    assert precision.low < precision.value < precision.high
    assert recall.low < recall.value < recall.high


def test_nothing_settled_has_no_precision() -> None:
    precision, recall = settled_at_rate(np.array([True, False]), np.array([False, False]))
    assert (precision.value, recall.value) == (0.0, 0.0)
