"""A network: its slopes against differences, what a text's neighbours may not change, its graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.compact import INPUTS
from nlp.compact_words import BEGIN, PAD
from nlp.session import open_session
from training.adam import Weights
from training.graph import quantised, vectors_in, write_graph
from training.network import EDGE, Batch, Dropped, Ints, Shape, answer, lean, start

CLASSES = 3
SHAPE = Shape(filters=5, heads=2)


def texts_of(*words: list[int]) -> list[Ints]:
    """Each word but the last begins a pair of its own number, each third one of no known pair."""
    found = [[BEGIN, *some] for some in words]
    return [np.array([one, [*(n if n % 3 else PAD for n in one[:-1]), PAD]]) for one in found]


TEXTS = texts_of([3, 4, 5, 6], [], [7, 3], [4, 4, 4, 8, 9, 3, 5])


@pytest.fixture
def weights() -> Weights:
    draw = np.random.default_rng(5)
    words = draw.standard_normal((10, 4)).astype(np.float32)
    pairs = draw.standard_normal((10, 3)).astype(np.float32)
    words[PAD] = pairs[PAD] = 0
    made = start((words, pairs), CLASSES, SHAPE, draw)
    made["shift"] = draw.standard_normal(5).astype(np.float32) * np.float32(0.3)
    made["bias"] = draw.standard_normal(CLASSES).astype(np.float32)
    return made


def whole(batch: Batch, weights: Weights) -> Dropped:
    """Nothing left out."""
    return Dropped(
        np.ones((len(batch.words), weights["words"].shape[1]), np.float32),
        np.ones((len(batch.pairs), weights["pairs"].shape[1]), np.float32),
        np.ones((len(batch.counts), len(weights["out"])), np.float32),
    )


def test_slopes_are_those_of_small_differences(weights: Weights) -> None:
    batch = Batch.of(TEXTS)
    towards = np.random.default_rng(1).standard_normal((len(TEXTS), CLASSES)).astype(np.float32)
    slopes = lean(weights, batch, answer(weights, batch), (towards, whole(batch, weights)))
    for name, numbers in (("words", batch.words), ("pairs", batch.pairs)):
        summed = np.zeros_like(weights[name])
        np.add.at(summed, numbers, slopes[name])
        slopes[name] = summed
    exact: Any = {name: one.astype(np.float64) for name, one in weights.items()}

    def loss() -> float:
        return float((answer(exact, batch).logits * towards).sum())

    for name, slope in slopes.items():
        for place in np.random.default_rng(2).permutation(weights[name].size)[:30].tolist():
            if name in INPUTS and place < weights[name].shape[1]:
                continue
            held = exact[name].flat[place]
            exact[name].flat[place] = held + 1e-6
            above = loss()
            exact[name].flat[place] = held - 1e-6
            measured = (above - loss()) / 2e-6
            exact[name].flat[place] = held
            assert slope.flat[place] == pytest.approx(measured, rel=1e-3, abs=1e-4), (name, place)


def test_a_text_is_read_alone(weights: Weights) -> None:
    together = answer(weights, Batch.of(TEXTS)).logits
    for place, text in enumerate(TEXTS):
        np.testing.assert_allclose(answer(weights, Batch.of([text])).logits[0], together[place], rtol=1e-5)


def test_order_matters(weights: Weights) -> None:
    one, other = texts_of([3, 4, 5, 6], [5, 4, 3, 6])
    said = answer(weights, Batch.of([one, other])).logits
    assert np.abs(said[0] - said[1]).max() > 1e-3


def test_what_is_left_out_leaves_its_mark(weights: Weights) -> None:
    batch = Batch.of(TEXTS)
    nothing = whole(batch, weights)
    kept = answer(weights, batch, nothing)
    np.testing.assert_array_equal(kept.logits, answer(weights, batch).logits)
    gone = Dropped(nothing.words, nothing.pairs, nothing.pooled * 0)
    np.testing.assert_allclose(answer(weights, batch, gone).logits, np.tile(weights["bias"], (len(TEXTS), 1)))


def padded(texts: list[Ints], places: int) -> dict[str, Ints]:
    tables = np.full((2, len(texts), places + 2 * EDGE), PAD)
    for row, text in enumerate(texts):
        tables[:, row, EDGE : EDGE + text.shape[1]] = text
    return dict(zip(INPUTS, tables, strict=True))


def rounded(weights: Weights) -> Weights:
    found = dict(weights)
    for name in INPUTS:
        small, scale = quantised(weights[name])
        found[name] = small.astype(np.float32) * scale
    return found


def test_the_graph_answers_alike_however_wide_its_table(weights: Weights, tmp_path: Path) -> None:
    write_graph(weights, tmp_path / "network.onnx")
    session = open_session(tmp_path / "network.onnx", threads=1)
    wanted = answer(rounded(weights), Batch.of(TEXTS)).logits
    for places in (8, 9, 30):
        said = session.run(padded(TEXTS, places))[0]
        np.testing.assert_allclose(said, wanted, rtol=1e-4, atol=1e-5)


def test_the_same_weights_give_the_same_graph(weights: Weights, tmp_path: Path) -> None:
    for name in ("one.onnx", "other.onnx"):
        write_graph(weights, tmp_path / name)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "other.onnx").read_bytes()


def test_eight_bits_are_near(weights: Weights) -> None:
    for name in INPUTS:
        near = rounded(weights)[name]
        greatest = np.abs(weights[name]).max(axis=1, keepdims=True)
        assert (np.abs(near - weights[name]) <= greatest / 254 + 1e-7).all()
        assert not near[PAD].any()


def test_the_vectors_can_be_taken_from_the_graph(weights: Weights, tmp_path: Path) -> None:
    write_graph(weights, tmp_path / "network.onnx")
    for name, held in zip(INPUTS, vectors_in(tmp_path / "network.onnx"), strict=True):
        np.testing.assert_array_equal(held, rounded(weights)[name])
