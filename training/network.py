"""A shallow network over the vectors of a text's words: its answers, and how they lean on each weight.

    window = relu(filters · [word before, word, word after, pair with it] + shift)  of each word
    pooled = [greatest of the windows, a weighted mean of them for each head]        of each text
    logits = out · pooled + bias

One convolution and attention pooling (Kim 2014, "Convolutional Neural Networks for Sentence Classification";
Yang et al. 2016, "Hierarchical Attention Networks", its word level). Texts are laid end to end with an empty
place between them, so that nothing is spent on padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.compact_words import PAD
from training.adam import Floats, Weights

Ints = npt.NDArray[np.int64]

WINDOW = 3  # words that a filter sees
EDGE = WINDOW // 2


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a network is."""

    filters: int = 192
    heads: int = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts end to end. `words`: numbers, and PAD between texts; `pairs`: the number of the pair that each
    word begins; `counts`: words of each text; `starts`: the first of them among all words; `before`: for each
    word the place of the word before it in `words`."""

    words: Ints
    pairs: Ints
    counts: Ints
    starts: Ints
    before: Ints

    @classmethod
    def of(cls, texts: Sequence[Ints]) -> Batch:
        """Lay the texts end to end, each of shape (2, words ≥ 1): words, and the pairs that they begin."""
        counts = np.array([text.shape[1] for text in texts])
        starts = np.cumsum(counts) - counts
        before = np.arange(int(counts.sum())) + np.repeat(np.arange(len(texts)) * EDGE, counts)
        words = np.full(int(counts.sum()) + EDGE * (len(texts) + 1), PAD)
        words[before + EDGE], pairs = np.concatenate(texts, axis=1)
        return cls(words, pairs, counts, starts, before)

    def spread(self, of_texts: Floats) -> Floats:
        """A row for each text → a row for each word."""
        return np.repeat(of_texts, self.counts, axis=0)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is left out in one pass of training: factors of 0, or of 1 / (share that stays)."""

    words: Floats
    pairs: Floats
    pooled: Floats


@dataclass(frozen=True, slots=True)
class Passed:
    """A pass through the network, with what its slope needs."""

    beside: Floats
    windows: Floats
    greatest: Floats
    looks: Floats
    pooled: Floats
    logits: Floats


def start(tables: tuple[Floats, Floats], classes: int, shape: Shape, draw: np.random.Generator) -> Weights:
    """Weights before training: the vectors of words and of pairs, the rest at random (He et al. 2015)."""
    words, pairs = tables
    size = words.shape[1] * WINDOW + pairs.shape[1]
    pooled = shape.filters * (1 + shape.heads)

    def drawn(rows: int, columns: int, spread: float) -> Floats:
        return (draw.standard_normal((rows, columns)) * spread).astype(np.float32)

    return {
        "words": words.copy(),
        "pairs": pairs.copy(),
        "filters": drawn(size, shape.filters, np.sqrt(2 / size)),
        "shift": np.zeros(shape.filters, np.float32),
        "looks": drawn(shape.filters, shape.heads, 0.05),
        "out": drawn(pooled, classes, np.sqrt(1 / pooled)),
        "bias": np.zeros(classes, np.float32),
    }


def answer(weights: Weights, batch: Batch, dropped: Dropped | None = None) -> Passed:
    """Logits of the texts of a batch, shape (texts, classes)."""
    words, pairs = weights["words"][batch.words], weights["pairs"][batch.pairs]
    if dropped:
        words, pairs = words * dropped.words, pairs * dropped.pairs
    beside = np.concatenate([*(words[batch.before + i] for i in range(WINDOW)), pairs], axis=1)
    windows = beside @ weights["filters"]
    windows += weights["shift"]
    np.maximum(windows, 0, out=windows)
    greatest = np.maximum.reduceat(windows, batch.starts, axis=0)
    looks = windows @ weights["looks"]
    looks -= batch.spread(np.maximum.reduceat(looks, batch.starts, axis=0))
    np.exp(looks, out=looks)
    looks /= batch.spread(np.add.reduceat(looks, batch.starts, axis=0))
    means = [np.add.reduceat(windows * look[:, None], batch.starts, axis=0) for look in looks.T]
    pooled = np.concatenate([greatest, *means], axis=1)
    if dropped:
        pooled *= dropped.pooled
    return Passed(beside, windows, greatest, looks, pooled, pooled @ weights["out"] + weights["bias"])


def lean(weights: Weights, batch: Batch, passed: Passed, how: tuple[Floats, Dropped]) -> Weights:
    """How a loss leans on each weight; `how` holds its slope in the logits, and what was left out.

    The slopes in `words` and `pairs` have a row for each place of the batch, not of the table.
    """
    slope, dropped = how
    of_pooled = (slope @ weights["out"].T) * dropped.pooled
    of_windows, of_looks = _unpool(weights, batch, passed, of_pooled)
    of_windows *= passed.windows > 0
    of_beside = of_windows @ weights["filters"].T
    size = weights["words"].shape[1]
    of_words = np.zeros((len(batch.words), size), np.float32)
    for i in range(WINDOW):
        of_words[batch.before + i] += of_beside[:, i * size : (i + 1) * size]
    return {
        "words": of_words * dropped.words,
        "pairs": of_beside[:, WINDOW * size :] * dropped.pairs,
        "filters": passed.beside.T @ of_windows,
        "shift": of_windows.sum(axis=0),
        "looks": passed.windows.T @ of_looks,
        "out": passed.pooled.T @ slope,
        "bias": slope.sum(axis=0),
    }


def _unpool(weights: Weights, batch: Batch, passed: Passed, of_pooled: Floats) -> tuple[Floats, Floats]:
    """Slopes in the windows and in what each head looks at."""
    width = passed.windows.shape[1]
    largest = passed.windows == batch.spread(passed.greatest)
    of_windows = np.where(largest, batch.spread(of_pooled[:, :width]), np.float32(0))
    of_looks = np.empty_like(passed.looks)
    for head, look in enumerate(passed.looks.T):
        of_mean = batch.spread(of_pooled[:, width * (head + 1) : width * (head + 2)])
        of_windows += of_mean * look[:, None]
        share = (of_mean * passed.windows).sum(axis=1)
        middle = np.add.reduceat(share * look, batch.starts)
        of_looks[:, head] = look * (share - np.repeat(middle, batch.counts))
    of_windows += of_looks @ weights["looks"].T
    return of_windows, of_looks
