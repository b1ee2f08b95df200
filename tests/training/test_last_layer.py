"""The last layer by itself: it leans as it moves, answers as the graph does, and is found in one again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nlp.pieces import Pieces
from nlp.prepare import prepare
from nlp.transformer import GRAPH, VOCABULARY, TransformerReader
from tests.nlp.students import CLASSES, TEXTS, make_student, weights_of
from training.last_graph import layer_of
from training.last_layer import DROPPED, Batch, Layer, answer, lean
from training.relearning import Base

DRAW = np.random.default_rng(3)
COUNTS = (3, 1, 7)


def table(*shape: int) -> Any:
    return DRAW.standard_normal(shape) * 0.4


def small(size: int = 8, heads: int = 2, classes: int = 3) -> Layer:
    """A random layer in 64 bits, so that differences are not lost in rounding."""

    weights = {name: table(size, size) for name in ("query", "keys", "values", "out", "dense")}
    weights |= {"wide": table(size, 4 * size), "narrow": table(4 * size, size), "proj": table(size, classes)}
    weights |= {f"{name} +": table(one.shape[1]) for name, one in weights.items() if name != "keys"}
    weights |= {name: 1 + table(size) for name in ("first", "second")}
    weights |= {f"{name} +": table(size) for name in ("first", "second")}
    return Layer(weights, heads, 1e-5)


def batch_of(counts: tuple[int, ...], size: int = 8) -> Batch:
    return Batch.of([DRAW.standard_normal((count, size)).astype(np.float16) for count in counts])


LAYER, BATCH = small(), batch_of(COUNTS)
FACTORS: dict[str, Any] = {name: (DRAW.random((len(COUNTS), 8)) > 0.3) / 0.7 for name in DROPPED}
WANTED = table(len(COUNTS), 3)


@pytest.mark.parametrize("name", sorted(LAYER.weights))
def test_it_leans_as_it_moves(name: str) -> None:
    """The slope along a random way is the difference that a small step makes."""
    way = table(*LAYER.weights[name].shape)

    def loss(step: float) -> float:
        moved = replace(LAYER, weights=LAYER.weights | {name: LAYER.weights[name] + step * way})
        return float((answer(moved, BATCH, FACTORS).logits * WANTED).sum())

    slopes = lean(LAYER, BATCH, answer(LAYER, BATCH, FACTORS), (WANTED, FACTORS))
    assert set(slopes) == set(LAYER.weights)
    assert float((slopes[name] * way).sum()) == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-3)


def test_a_text_is_answered_alike_alone_and_in_company() -> None:
    texts = [BATCH.states[of].astype(np.float16) for of in BATCH.texts]
    alone = np.concatenate([answer(LAYER, Batch.of([text])).logits for text in texts])
    np.testing.assert_allclose(answer(LAYER, BATCH).logits, alone, rtol=1e-6)


def test_nothing_left_out_is_as_without_chance() -> None:
    ones = {name: np.ones((len(COUNTS), 8), np.float32) for name in DROPPED}
    np.testing.assert_allclose(answer(LAYER, BATCH, ones).logits, answer(LAYER, BATCH).logits)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_student(tmp_path_factory.mktemp("student") / "transformer")


def test_the_layer_of_a_graph_answers_as_the_graph(folder: Path) -> None:
    reader = TransformerReader.load(folder, "transformer")
    base = Base.load(folder)
    forms = [prepare(text) for text in TEXTS]
    which, states = base.states(forms)
    assert which == list(range(len(TEXTS)))
    said = answer(base.layer, Batch.of(states)).logits
    wanted = reader.logits(forms)
    assert np.abs(said - wanted).max() < 0.05 * np.abs(wanted).max()  # whole numbers against 32 bits


def test_its_weights_are_those_that_were_written(folder: Path) -> None:
    layer = layer_of(onnx.load(folder / GRAPH))
    given = weights_of()
    queries, keys, values = np.split(given["layers.1.qkv.weight"], 3)
    for name, table in (("query", queries), ("keys", keys), ("values", values)):
        assert np.abs(layer.weights[name] - table.T).max() < 0.01
    np.testing.assert_allclose(layer.weights["proj"], given["proj.weight"].T)
    np.testing.assert_allclose(layer.weights["second"], given["layers.1.second.weight"])
    assert layer.weights["proj"].shape[1] == len(CLASSES)
    assert layer.least > 0


def test_states_are_of_the_sub_words_that_are_read(folder: Path) -> None:
    forms = [prepare(text) for text in TEXTS]
    ids, _cut = Pieces.load(folder / VOCABULARY).numbers(forms)
    _which, states = Base.load(folder).states(forms)
    assert [one.shape for one in states] == [(len(one), 64) for one in ids]
