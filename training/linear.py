"""Labelled rows → a linear reader: softmax regression on hashed n-grams, then quantised to int8."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp import Class, ngrams
from nlp.linear import LinearReader
from nlp.prepare import prepare
from training.descent import descend
from training.vectors import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]

# 790,528 rows: six classes at a byte each make 4.74 MB.
FAMILIES = (
    ngrams.Family("marked", "char", (1, 2, 3, 4, 5), 19),
    ngrams.Family("marked", "word", (1,), 16),
    ngrams.Family("marked", "word", (2,), 17),
    ngrams.Family("folded", "word", (1, 2), 16),
    ngrams.Family("marked", "style", (), 12),
)
SINGLE_WORDS, PAIRS = 1, 2  # the families that vectors are of
# How loud each family is before training; a quieter one is held back more by the penalty.
STRENGTHS = (1.0, 0.7, 0.7, 0.7, 0.5)
TEXTS_A_BATCH = 512
LEAST_TEXTS = 2  # an n-gram of one text teaches its accidents


@dataclass(frozen=True, slots=True)
class Settings:
    """How a linear reader is trained. Defaults are what docs/decisions/0005-linear-reader.md chose.

    `penalty` is of the squared weights; rows of a class count (its share of all)^-`balance` times as much,
    so that rare classes are heard (0: as they come, 1: all classes alike). `meaning` is how loud the mean
    word vector of a text is, where there are vectors.
    """

    families: tuple[ngrams.Family, ...] = FAMILIES
    strengths: tuple[float, ...] = STRENGTHS
    penalty: float = 1.5e-4
    balance: float = 1.0
    meaning: float = 2.0
    rounds: int = 60


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with a share of each class, shape (texts, classes), and weights, shape (texts,)."""

    texts: Sequence[str]
    shares: Floats
    weights: Floats

    def rows(self, which: npt.NDArray[np.int64]) -> Examples:
        """Some of the examples, by number."""
        return Examples([self.texts[i] for i in which.tolist()], self.shares[which], self.weights[which])


@dataclass(frozen=True, slots=True)
class Table:
    """Features of texts: n-grams, shape (texts, rows of all families), and vectors of some families' rows."""

    ngrams: csr_matrix
    vectors: tuple[Vectors, ...] = ()

    def rows(self, which: npt.NDArray[np.int64]) -> Table:
        """Those of some of the texts, by number."""
        return Table(self.ngrams[which], self.vectors)

    def meaning(self, settings: Settings) -> Floats:
        """The mean vectors of each text's words and pairs, as loud as `settings` has it, (texts, sizes)."""
        means = [np.zeros((self.ngrams.shape[0], 0), np.float32)]
        for one in self.vectors:
            units = self.ngrams[:, _place(settings.families, one.family)]
            means.append(units @ (one.table * np.float32(settings.meaning)))
        return np.concatenate(means, axis=1)


def fit_linear(examples: Examples, classes: tuple[Class, ...], settings: Settings) -> LinearReader:
    """Train, quantise, and return a reader of temperature 1. Same examples, same reader.

    An example of weight 0 teaches nothing.
    """
    return fit_table(Table(features(examples.texts, settings.families)), examples, classes, settings)


@dataclass(frozen=True, slots=True)
class Seen:
    """Rounds after which a training shows the reader that it would end with there; it also shows its last."""

    rounds: Sequence[int]
    show: Callable[[int, LinearReader], None]


def fit_table(
    table: Table,
    examples: Examples,
    classes: tuple[Class, ...],
    settings: Settings,
    *,
    seen: Seen | None = None,
) -> LinearReader:
    """As `fit_linear`, from the features of the examples, so that several fits share them.

    What the vectors learned is folded into the weights of the words: reading needs no vectors.
    """
    weighty = np.flatnonzero(examples.weights > 0)
    table, examples = table.rows(weighty), examples.rows(weighty)
    loud = _loudness(table.ngrams, settings)
    used = np.flatnonzero(loud)
    from scipy.sparse import diags

    scaled = (table.ngrams[:, used] @ diags(loud[used])).tocsr().astype(np.float32)

    def reader(weights: Floats, bias: Floats) -> LinearReader:
        full = np.zeros((table.ngrams.shape[1], len(classes)), np.float32)
        full[used] = weights[: len(used)] * loud[used, None]
        first = len(used)
        for one in table.vectors:
            learned = weights[first : first + one.table.shape[1]] * np.float32(settings.meaning)
            full[_place(settings.families, one.family)] += one.table @ learned
            first += one.table.shape[1]
        return quantised(full, bias, classes, settings.families)

    done = 0

    def watch(number: int, weights: Floats, bias: Floats) -> None:
        nonlocal done
        done = number
        if seen and number in seen.rounds:
            seen.show(number, reader(weights, bias))

    found = reader(*_descend((scaled, table.meaning(settings)), examples, settings, watch))
    if seen and done not in seen.rounds:
        seen.show(done, found)
    return found


def _place(families: Sequence[ngrams.Family], number: int) -> slice:
    """The rows of a family among those of all."""
    first = sum(1 << family.bits for family in families[:number])
    return slice(first, first + (1 << families[number].bits))


def features(texts: Sequence[str], families: Sequence[ngrams.Family]) -> csr_matrix:
    """Distinct n-grams of each text, shape (texts, rows of all families), each family of length 1."""
    from scipy.sparse import csr_matrix, hstack

    found: list[list[ngrams.Grams]] = []
    for first in range(0, len(texts), TEXTS_A_BATCH):
        forms = [prepare(text) for text in texts[first : first + TEXTS_A_BATCH]]
        found.append(ngrams.grams(forms, families))
    blocks = []
    for place, family in enumerate(families):
        rows = np.concatenate([batch[place].rows for batch in found])
        counts = np.concatenate([batch[place].counts for batch in found])
        ends = np.concatenate([[0], np.cumsum(counts)])
        values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
        blocks.append(csr_matrix((values, rows, ends), shape=(len(texts), 1 << family.bits)))
    return hstack(blocks, format="csr")


def _loudness(table: csr_matrix, settings: Settings) -> Floats:
    """Strength of the family × inverse document frequency; 0 for rows of fewer than LEAST_TEXTS texts."""
    held = np.bincount(table.indices, minlength=table.shape[1])
    scarcity = np.log((table.shape[0] + 1) / (held + 1)) + 1
    sizes = [1 << family.bits for family in settings.families]
    strength = np.repeat(settings.strengths, sizes)
    loud: Floats = np.where(held >= LEAST_TEXTS, strength * scarcity, 0).astype(np.float32)
    return loud


def balanced(examples: Examples, balance: float) -> Floats:
    """Weights of the rows, rare classes raised, shape (texts, 1), sum 1."""
    share = (examples.shares * examples.weights[:, None]).sum(axis=0) / examples.weights.sum()
    raised = examples.weights * (examples.shares @ np.maximum(share, 1e-6) ** -balance)
    weights: Floats = (raised / raised.sum())[:, None].astype(np.float32)
    return weights


def _descend(
    given: tuple[csr_matrix, Floats],
    examples: Examples,
    settings: Settings,
    watch: Callable[[int, Floats, Floats], None],
) -> tuple[Floats, Floats]:
    """Weights (of n-grams, then of vectors) and bias that minimise cross-entropy + penalty/2 × Σ weights².

    `watch` is told of them after each step.
    """
    table, dense = given
    classes, sizes = examples.shares.shape[1], (table.shape[1], dense.shape[1])
    back, share, penalty = (
        table.T.tocsr(),
        balanced(examples, settings.balance),
        np.float32(settings.penalty),
    )
    ends = (sizes[0], sum(sizes))

    def loss(flat: Floats) -> tuple[float, Floats]:
        held = flat.reshape(ends[1] + 1, classes)
        logits = table @ held[: ends[0]] + dense @ held[ends[0] : ends[1]] + held[ends[1]]
        logits -= logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits).sum(axis=1, keepdims=True))
        lost = -(share * examples.shares * (logits - total)).sum(dtype=np.float64)
        lost += settings.penalty / 2 * np.square(held[: ends[1]]).sum(dtype=np.float64)
        slope = share * (np.exp(logits - total) * examples.shares.sum(1, keepdims=True) - examples.shares)
        gradient = penalty * held
        gradient[: ends[0]] += back @ slope
        gradient[ends[0] : ends[1]] += dense.T @ slope
        gradient[ends[1]] = slope.sum(axis=0)
        return float(lost), gradient.ravel()

    def told(number: int, flat: Floats) -> None:
        held = flat.reshape(ends[1] + 1, classes)
        watch(number, held[: ends[1]], held[ends[1]])

    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # with more threads the last bits of the sums depend on their number
        found = descend(loss, np.zeros((ends[1] + 1) * classes, np.float32), settings.rounds, told)
    held = found.reshape(ends[1] + 1, classes)
    return held[: ends[1]], held[ends[1]]


def quantised(
    weights: Floats, bias: Floats, classes: tuple[Class, ...], families: tuple[ngrams.Family, ...]
) -> LinearReader:
    """Round the weights of each family and class to 8 bits of their greatest size."""
    scale = np.zeros((len(families), len(classes)), np.float32)
    whole = np.zeros(weights.shape, np.int8)
    first = 0
    for place, family in enumerate(families):
        rows = slice(first, first + (1 << family.bits))
        scale[place] = np.maximum(np.abs(weights[rows]).max(axis=0) / 127, np.finfo(np.float32).tiny)
        whole[rows] = np.rint(weights[rows] / scale[place]).astype(np.int8)
        first = rows.stop
    return LinearReader("linear", classes, families, whole, scale, bias.astype(np.float32), 1.0)
