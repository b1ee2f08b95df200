"""How long to learn, as held-out sources say: one number for all groups, and the model that it gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nlp.linear import LinearReader
from nlp.prepare import prepare
from tests.nlp.small import ROWS, SETTINGS
from training.adam import Weights
from training.compact import Numbered, Settings, fit_network, said_by
from training.descent import descend
from training.fit import classes_of, examples
from training.gathering import Sourced, parts
from training.known import Known
from training.linear import Seen, Table, features, fit_table
from training.network import Shape
from training.ship import Rounds, Told, held_out
from training.stopping import Course, best_rounds, mean_losses
from training.vectors import Settings as VectorSettings
from training.vectors import meet

CLASSES = classes_of(ROWS)
SHOWN = examples(ROWS, CLASSES)
TRUTH = np.eye(2)[[0, 1] * 20]
SURE, HALF, WRONG = 4 * TRUTH, np.where(np.arange(40)[:, None] < 26, TRUTH, 1 - TRUTH), 1 - TRUTH


def course(said: dict[int, np.ndarray]) -> Course:
    return Course(said, TRUTH, np.ones(len(TRUTH)))


def test_the_rounds_that_are_best_on_the_mean_are_taken() -> None:
    rising = course({1: HALF, 2: SURE, 3: HALF})
    late = course({1: WRONG, 2: HALF, 3: SURE})
    assert best_rounds(mean_losses([rising], (1, 2, 3))) == 2
    assert best_rounds(mean_losses([late], (1, 2, 3))) == 3
    assert best_rounds(mean_losses([rising, late, late], (1, 2, 3))) == 3
    assert best_rounds(mean_losses([rising, rising, late], (1, 2, 3))) == 2


def test_a_gain_that_is_chance_is_worth_no_round() -> None:
    assert best_rounds({15: 0.77, 30: 0.7259, 45: 0.7256, 60: 0.7262}) == 30
    assert best_rounds({15: 0.77, 30: 0.7269, 45: 0.7256, 60: 0.7262}) == 45


def test_of_equals_the_fewest() -> None:
    assert best_rounds(mean_losses([course({2: SURE, 4: SURE, 6: HALF})], (2, 4, 6))) == 2


def test_a_training_that_ended_says_what_it_said_last() -> None:
    ended, went_on = course({15: HALF, 22: SURE}), course({15: HALF, 30: HALF, 45: SURE})
    assert ended.after(45) is ended.after(30) is ended.said[22]
    assert ended.after(15) is ended.said[15]
    losses = mean_losses([ended, went_on], (15, 30, 45))
    assert losses[15] > losses[30] > losses[45]
    assert losses[30] == pytest.approx((ended.loss(22) + went_on.loss(30)) / 2)


def test_a_mean_is_judged_as_a_mean() -> None:
    both = course({1: WRONG, 2: SURE}).beside(SURE, 0.5)
    np.testing.assert_allclose(both.said[1], 0.5 * WRONG + 0.5 * SURE)
    assert both.loss(1) > both.loss(2)


def test_being_too_sure_is_no_loss_that_a_temperature_mends() -> None:
    assert course({1: HALF}).loss(1) == pytest.approx(course({1: 2 * HALF}).loss(1), rel=1e-3)


def test_a_shorter_descent_ends_where_a_longer_one_was_seen() -> None:
    steep = np.array([1, 30, 900], np.float32)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        return float((steep * np.square(point - 1)).sum()), 2 * steep * (point - 1)

    seen: dict[int, np.ndarray] = {}
    start = np.zeros(3, np.float32)
    descend(loss, start, 12, lambda number, point: seen.update({number: point}))
    assert min(seen) == 1
    for rounds in (1, 4, max(seen)):
        assert np.array_equal(descend(loss, start, rounds), seen[rounds])


def test_a_linear_reader_is_the_one_that_was_shown() -> None:
    table = Table(features(SHOWN.texts, SETTINGS.families))
    shown: dict[int, LinearReader] = {}
    long = replace(SETTINGS, rounds=30)
    last = fit_table(table, SHOWN, CLASSES, long, seen=Seen((3, 10), shown.__setitem__))
    for rounds in (3, 10):
        made = fit_table(table, SHOWN, CLASSES, replace(SETTINGS, rounds=rounds))
        assert np.array_equal(made.weights, shown[rounds].weights)
    assert np.array_equal(shown[max(shown)].weights, last.weights)
    assert max(shown) > 10


def test_a_network_is_the_one_that_was_shown() -> None:
    known = Known.of(meet([row.text for row in ROWS] * 3, VectorSettings(size=8, least=2)))
    texts = Numbered.of(SHOWN.texts, known.words)
    settings = Settings(Shape(filters=8), texts=8)
    said: dict[int, np.ndarray] = {}

    def going(turn: int, weights: Weights) -> bool:
        said[turn] = said_by(weights, texts.texts)
        return True

    fit_network(texts, SHOWN, known.vectors, settings, going=going)
    made = fit_network(texts, SHOWN, known.vectors, settings, going=lambda turn, _weights: turn < 3)
    assert np.array_equal(said_by(made, texts.texts), said[3])
    assert not np.array_equal(said[3], said[4])


@pytest.fixture(scope="module")
def told() -> Told:
    rows = [Sourced(row, "seed", number % parts()) for number, row in enumerate(ROWS * 3)]
    return Told.of(rows, meet([row.text for row in ROWS] * 3, VectorSettings(size=8, least=2)))


def test_held_out_rows_are_read_by_readers_of_the_rounds_that_are_taken(told: Told) -> None:
    lines: list[str] = []
    out = held_out(told, lines.append)
    for what in ("the linear reader", "the network"):
        assert any(f"held-out loss of the mean by rounds of {what}: " in line for line in lines)
    of = np.array([one.part for one in told.rows])
    reader = told.fitted(np.flatnonzero(of != 0), out.taken)
    first = np.flatnonzero(of[out.places] == 0)
    forms = [prepare(out.rows[i].row.text) for i in first.tolist()]
    np.testing.assert_allclose(reader.logits(forms), out.logits[first], atol=1e-5)


def test_a_linear_reader_alone_is_judged_alone() -> None:
    rows = [Sourced(row, "seed", number % parts()) for number, row in enumerate(ROWS * 3)]
    lines: list[str] = []
    out = held_out(Told.of(rows, None), lines.append)
    assert any("held-out loss of the linear reader: " in line for line in lines)
    assert np.array_equal(out.logits, out.linear)
    assert out.taken.network == 0
    assert out.taken.linear > 0


def test_fewer_rounds_make_another_reader(told: Told) -> None:
    every = np.arange(len(told.rows))
    few, many = (told.fitted(every, Rounds(rounds, rounds)) for rounds in (2, 30))
    forms = [prepare(row.text) for row in ROWS]
    assert np.abs(few.logits(forms) - many.logits(forms)).max() > 0.1
