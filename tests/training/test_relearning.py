"""A transformer that learns other classes: from few rows, the same twice, and read again from its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp.compact import CARD, CompactReader
from nlp.prepare import prepare
from nlp.transformer import TransformerReader
from tests.nlp.small import DAY, ROWS, SETTINGS
from tests.nlp.students import make_student
from training.compact import Settings as NetworkSettings
from training.compact import fit_compact
from training.fit import Plan, classes_of, examples, fit
from training.known import known_to
from training.linear import Examples, fit_linear
from training.network import Shape
from training.relearning import Base, Lesson, Relearned, base, relearn

CLASSES = classes_of(ROWS)
SHOWN = examples(ROWS, CLASSES)
FORMS = [prepare(row.text) for row in ROWS]
NETWORK = NetworkSettings(Shape(filters=16), texts=8, rate=0.01, word_rate=0.01)


@pytest.fixture(scope="module")
def random_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A random transformer: what it says of a text tells the text apart from others, and no more."""
    return Base.load(make_student(tmp_path_factory.mktemp("student") / "transformer"))


@pytest.fixture(scope="module")
def relearned(random_base: Base) -> Relearned:
    return relearn(random_base, SHOWN, Lesson(steps=100, rate=2e-3))


def test_it_learns_its_rows(relearned: Relearned) -> None:
    said = relearned.logits(FORMS).argmax(axis=1)
    assert (said == SHOWN.shares.argmax(axis=1)).mean() > 0.9


def test_the_layers_below_stand_still(relearned: Relearned, random_base: Base) -> None:
    assert relearned.base is random_base
    assert set(relearned.layer.weights) == set(random_base.layer.weights)
    assert not np.array_equal(relearned.layer.weights["wide"], random_base.layer.weights["wide"])


def test_the_same_rows_teach_the_same(random_base: Base) -> None:
    lesson = Lesson(rounds=1, steps=5)
    one, other = (relearn(random_base, SHOWN, lesson).layer.weights for _turn in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_weight_of_nothing_teaches_nothing(random_base: Base) -> None:
    wrong = Examples(["lạ"] * 9, np.roll(SHOWN.shares[:9], 1, axis=1), np.zeros(9, np.float32))
    both = Examples(
        [*SHOWN.texts, *wrong.texts],
        np.concatenate([SHOWN.shares, wrong.shares]),
        np.concatenate([SHOWN.weights, wrong.weights]),
    )
    one, other = (relearn(random_base, shown, Lesson(steps=5)).layer.weights for shown in (SHOWN, both))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_of_many_rows_some_are_drawn(random_base: Base) -> None:
    _all, states = random_base.states(FORMS)
    room = sum(len(one) for one in states) // 2
    which, some = random_base.states(FORMS, room)
    assert room / 2 < sum(len(one) for one in some) <= room
    assert which == sorted(set(which))
    assert all(np.array_equal(one, states[place]) for one, place in zip(some, which, strict=True))
    assert random_base.states(FORMS, room)[0] == which


def test_it_is_read_again_from_its_folder(relearned: Relearned, tmp_path: Path) -> None:
    relearned.save(tmp_path / "transformer", CLASSES)
    reader = TransformerReader.load(tmp_path / "transformer", "transformer")
    assert reader.classes == CLASSES
    np.testing.assert_allclose(reader.logits(FORMS), relearned.logits(FORMS), atol=0.02)


def test_a_compact_reader_with_it_is_read_as_it_was_made(relearned: Relearned, tmp_path: Path) -> None:
    linear = fit_linear(SHOWN, CLASSES, SETTINGS)
    made = fit_compact(SHOWN, linear, known_to(SHOWN.texts), NETWORK)
    asked = relearned.asked.model_copy(update={"temperature": 4.0})
    made = replace(made, temperature=4.0, student=replace(relearned, asked=asked))
    made.save(tmp_path / "compact")
    reader = CompactReader.load(tmp_path / "compact", "compact")
    texts = [row.text for row in ROWS]
    np.testing.assert_allclose(reader.read(texts), made.read(texts), atol=0.01)
    alone = replace(made, student=None).read(texts)
    assert np.abs(made.read(texts) - alone).max() > 0.01


def test_fit_takes_the_transformer_that_ships(tmp_path: Path) -> None:
    if base() is None:
        pytest.skip("no transformer ships")
    plan = Plan(DAY, SETTINGS, network=NETWORK, lesson=Lesson(steps=60))
    fit(ROWS * 4, ROWS * 5, tmp_path / "model", plan)
    reader = CompactReader.load(tmp_path / "model" / "compact", "compact")
    assert reader.deep is not None
    assert reader.deep.reader.classes == reader.classes == CLASSES
    assert reader.deep.asked.below == 1
    answers = nlp.load(tmp_path / "model").read([row.text for row in ROWS])
    right = [said.label == row.target.label for said, row in zip(answers, ROWS, strict=True)]
    assert np.mean(right) > 0.95


def test_without_a_lesson_there_is_none(tmp_path: Path) -> None:
    fit(ROWS * 4, ROWS * 10, tmp_path / "model", Plan(DAY, SETTINGS, network=NETWORK, lesson=None))
    assert "transformer" not in (tmp_path / "model" / "compact" / CARD).read_text(encoding="utf-8")


def test_where_it_only_hurts_it_is_left_out(tmp_path: Path) -> None:
    """A rate at which nothing is learned: what it says would spoil every mean."""
    spoiled = Lesson(rounds=1, steps=20, rate=0.5, warm=1e-9)
    fit(ROWS * 8, ROWS * 10, tmp_path / "model", Plan(DAY, SETTINGS, network=NETWORK, lesson=spoiled))
    reader = CompactReader.load(tmp_path / "model" / "compact", "compact")
    answers = nlp.load(tmp_path / "model").read([row.text for row in ROWS])
    right = [said.label == row.target.label for said, row in zip(answers, ROWS, strict=True)]
    assert reader.deep is None
    assert np.mean(right) > 0.95
