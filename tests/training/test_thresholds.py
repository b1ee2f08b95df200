"""Thresholds keep their bounds on the rows that chose them, and settle as much as the bounds allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from training.calibration import SHARES, best_share, best_temperature
from training.thresholds import LEAST_ROWS, Answered, choose

LABELS = ("negative", "positive", "spam")


def answers(seed: int, rows: int, sharpness: float) -> Answered:
    """Random probabilities that are right as often as they say."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, sharpness, (rows, 3))
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([draw.choice(3, p=row / row.sum()) for row in scores])
    return Answered(scores, truth, truth, draw.choice([0.4, 1.0], rows))


def settled(given: Answered, chosen: dict[str, float]) -> npt.NDArray[np.bool_]:
    needed = np.array([chosen.get(label, 2.0) for label in LABELS])
    kept: npt.NDArray[np.bool_] = given.scores.max(axis=1) >= needed[given.scores.argmax(axis=1)]
    return kept


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 500),
    sharpness=st.floats(0.1, 4),
    wrong=st.sampled_from([0.02, 0.1, 0.3]),
    missed=st.sampled_from([0.0, 0.02, 0.2, 1.0]),
)
def test_both_bounds_hold(seed: int, rows: int, sharpness: float, wrong: float, missed: float) -> None:
    given_ = answers(seed, rows, sharpness)
    chosen = choose(given_, LABELS, wrong, missed)
    kept, best = settled(given_, chosen), given_.scores.argmax(axis=1)
    hidden = kept & (given_.truth == 0) & (best != 0)
    assert given_.weights[hidden].sum() <= missed * given_.weights[given_.truth == 0].sum() + 1e-9
    if missed == 1.0:
        for place in range(3):
            mine = kept & (best == place)
            error = given_.weights[mine & (given_.truth != place)].sum()
            assert error <= wrong * given_.weights[mine].sum() + 1e-9
    assert all(0 <= least <= 1 for least in chosen.values())


def test_looser_bounds_settle_more() -> None:
    given_ = answers(3, 3_000, 2.0)
    tight, loose = (settled(given_, choose(given_, LABELS, wrong, 1.0)).mean() for wrong in (0.05, 0.2))
    assert 0 < tight < loose


def test_few_rows_settle_nothing() -> None:
    given_ = answers(1, LEAST_ROWS - 1, 3.0)
    assert choose(given_, LABELS, 0.5, 1.0) == {}


def test_a_label_that_is_never_right_is_left_out() -> None:
    scores = np.tile([0.1, 0.8, 0.1], (100, 1))
    truth = np.full(100, 2)
    assert choose(Answered(scores, truth, truth, np.ones(100)), LABELS, 0.1, 1.0) == {}


def test_an_earlier_reader_is_held_against_the_last_one() -> None:
    scores = np.tile([0.1, 0.8, 0.1], (100, 1))
    says_positive, is_spam = np.full(100, 1), np.full(100, 2)
    assert choose(Answered(scores, says_positive, is_spam, np.ones(100)), LABELS, 0.01, 1.0) == {
        "positive": 0.8
    }


def test_labels_of_another_task_have_no_negatives_to_miss() -> None:
    scores = np.tile([0.9, 0.1], (100, 1))
    truth = np.array([0] * 95 + [1] * 5)
    assert choose(Answered(scores, truth, truth, np.ones(100)), ("clean", "toxic"), 0.1, 0.0) == {
        "clean": 0.9
    }


def test_temperature_undoes_overconfidence() -> None:
    draw = np.random.default_rng(2)
    logits = draw.normal(0, 1.5, (4_000, 3))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.eye(3)[[draw.choice(3, p=row / row.sum()) for row in shares]]
    assert 1.8 < best_temperature(logits * 2, truth, np.ones(4_000)) < 2.25
    assert 0.45 < best_temperature(logits / 2, truth, np.ones(4_000)) < 0.55


def test_the_share_of_two_readers_follows_who_is_right() -> None:
    """One reader knows the label, the other says what chance says."""
    draw = np.random.default_rng(4)
    labels = draw.integers(0, 2, 2_000)
    shares = np.eye(2)[labels]
    knows = (shares - 0.5) * 3 + draw.normal(0, 1, shares.shape)
    guesses = draw.normal(0, 1, shares.shape)
    weights = np.ones(len(labels))
    assert best_share(knows, guesses, shares, weights) == max(SHARES)
    assert best_share(guesses, knows, shares, weights) == min(SHARES)
    assert best_share(knows, knows + draw.normal(0, 1e-6, shares.shape), shares, weights) in SHARES
