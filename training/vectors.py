"""Unlabelled posts → word vectors: words that stand among the same words lie close together.

A linear reader that also sees the mean vector of a text learns of a word from what labelled posts say of its
neighbours; since the mean is linear in the words, what it learned folds into the words' own weights and costs
nothing when reading. Vectors are positive pointwise mutual information, factorised (Levy, Goldberg and Dagan
2015, "Improving Distributional Similarity with Lessons Learned from Word Embeddings").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp import ngrams
from nlp.line import Hashes, line_of
from nlp.prepare import prepare

if TYPE_CHECKING:
    from scipy.sparse import coo_matrix, csr_matrix

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

TEXTS_A_BATCH = 512
TOKENS_A_BATCH = 4_000_000  # bounds the memory of one step of counting near 200 MB
SEED = 20_240_601


@dataclass(frozen=True, slots=True)
class Settings:
    """How vectors are made. Window, smoothing and root are those of the paper above (its tables 4 and 5)."""

    size: int = 150
    window: int = 5
    smoothing: float = 0.75
    least: int = 5
    words: int = 30_000
    pairs: int = 80_000


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Words, or pairs of words, that were met often enough, sorted by hash: the hash of each, that of its
    form without marks, how often it was met, and its vector, shape (units, size)."""

    hashes: Hashes
    folded: Hashes
    counts: Ints
    table: Floats

    def of_family(self, place: int, family: ngrams.Family) -> Vectors:
        """The vectors of the rows of a family of these units; where units share a row, of the most met."""
        table = np.zeros((1 << family.bits, self.table.shape[1]), np.float32)
        rows = (self.hashes >> np.uint64(64 - family.bits)).astype(np.int64)
        rarest_first = np.argsort(self.counts, kind="stable")
        table[rows[rarest_first]] = self.table[rarest_first]
        return Vectors(place, table)


@dataclass(frozen=True, slots=True)
class Met:
    """What was met: single words, and pairs of words that follow each other."""

    words: Units
    pairs: Units


@dataclass(frozen=True, slots=True)
class Vectors:
    """A vector for each row of one family of a reader, shape (rows, size); zero where the unit is rare."""

    family: int
    table: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    """Units one after the other: hash of each, that of its form without marks, and the number of its text."""

    marked: Hashes
    folded: Hashes
    text: npt.NDArray[np.int32]


def meet(texts: Iterable[str], settings: Settings) -> Met:
    """The words of `texts`, and their pairs, with a vector each. Same texts, same vectors."""
    words, pairs = _streams(texts)
    units, number = _kept(words, (settings.words, settings.least))
    beside = {way * apart: 1 / apart for apart in range(1, settings.window + 1) for way in (-1, 1)}
    place = np.arange(len(number))
    found = _vectors((number, place), (number, words.text), (beside, len(units.hashes)), settings)
    of_words = replace(units, table=_centred(found, units.counts))
    twos, which = _kept(pairs, (settings.pairs, settings.least))
    around = {-apart: 1 / apart for apart in range(1, settings.window)}
    around |= {1 + apart: 1 / apart for apart in range(1, settings.window)}
    place = np.arange(len(which)) + pairs.text - _before(pairs.text, words.text)
    found = _vectors((which, place), (number, words.text), (around, len(units.hashes)), settings)
    return Met(of_words, replace(twos, table=_centred(found, twos.counts)))


def _before(of_pairs: npt.NDArray[np.int32], of_words: npt.NDArray[np.int32]) -> Ints:
    """For each pair, how many texts before its own are empty: all others have a pair less than words."""
    last = int(of_words.max(initial=-1)) + 1
    empty = np.bincount(of_words, minlength=last) == 0
    before: Ints = (np.cumsum(empty) - empty)[of_pairs]
    return before


def _streams(texts: Iterable[str]) -> tuple[_Stream, _Stream]:
    """The words of all texts in order, and their pairs."""
    found: tuple[list[_Stream], list[_Stream]] = ([], [])
    done = 0
    for batch in _batches(texts):
        line = line_of([prepare(text) for text in batch])
        for order, streams in enumerate(found, 1):
            marked, owner = ngrams.word_hashes(line, "marked", order)
            folded = ngrams.word_hashes(line, "folded", order)[0]
            streams.append(_Stream(marked, folded, (owner + done).astype(np.int32)))
        done += len(batch)
    words, pairs = (
        _Stream(*(np.concatenate(one) for one in zip(*map(_parts, streams), strict=True)))
        for streams in found
    )
    return words, pairs


def _parts(stream: _Stream) -> tuple[Hashes, Hashes, npt.NDArray[np.int32]]:
    return stream.marked, stream.folded, stream.text


def _kept(stream: _Stream, bounds: tuple[int, int]) -> tuple[Units, Ints]:
    """The units that are met most, without vectors, and the number of each place's unit, −1 for others."""
    most, least = bounds
    hashes, first, unit, counts = np.unique(
        stream.marked, return_index=True, return_inverse=True, return_counts=True
    )
    kept = np.argsort(-counts, kind="stable")[:most]
    kept = np.sort(kept[counts[kept] >= least])
    number = np.full(len(counts), -1)
    number[kept] = np.arange(len(kept))
    none = np.zeros((len(kept), 0), np.float32)
    return Units(hashes[kept], stream.folded[first[kept]], counts[kept], none), number[unit]


def _centred(found: Floats, counts: Ints) -> Floats:
    """Vectors whose mean over all that was met is nothing."""
    share = (counts / max(1, int(counts.sum())))[:, None].astype(np.float32)
    centred: Floats = found - (share * found).sum(axis=0)
    return centred


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(texts)
    while batch := list(islice(left, TEXTS_A_BATCH)):
        yield batch


def _vectors(
    units: tuple[Ints, Ints],
    words: tuple[Ints, npt.NDArray[np.int32]],
    window: tuple[dict[int, float], int],
    settings: Settings,
) -> Floats:
    """A vector for each unit, from the words around it.

    `units` are numbers and the place of each among all words, `words` numbers and texts, `window` what a word
    so far from that place counts, and how many words there are.
    """
    numbers, places = units
    weights, columns = window
    rows = int(numbers.max(initial=-1)) + 1
    beside = _beside((numbers, places), words, (weights, (rows, columns)))
    return _factors(_information(beside, settings.smoothing), settings.size)


def _beside(
    units: tuple[Ints, Ints],
    words: tuple[Ints, npt.NDArray[np.int32]],
    window: tuple[dict[int, float], tuple[int, int]],
) -> coo_matrix:
    """How often words stand around units in their text, as much as their distance counts."""
    from scipy.sparse import coo_matrix, csr_matrix

    (numbers, places), (held, text), (weights, shape) = units, words, window
    total = csr_matrix(shape, dtype=np.float32)
    for apart, weight in weights.items():
        for first in range(0, len(numbers), TOKENS_A_BATCH):
            some = slice(first, first + TOKENS_A_BATCH)
            other = places[some] + apart
            inside = np.clip(other, 0, len(held) - 1)
            both = (other == inside) & (numbers[some] >= 0) & (held[inside] >= 0)
            both &= text[inside] == text[places[some]]
            pairs = (numbers[some][both], held[inside[both]])
            counted = np.full(int(both.sum()), weight, np.float32)
            total = total + coo_matrix((counted, pairs), shape=shape).tocsr()
    return total.tocoo()


def _information(beside: coo_matrix, smoothing: float) -> csr_matrix:
    """Positive pointwise mutual information, the context's share smoothed by a power."""
    from scipy.sparse import csr_matrix

    seen = np.asarray(beside.sum(axis=1)).ravel()
    context = np.asarray(beside.sum(axis=0)).ravel() ** smoothing
    context /= max(float(context.sum()), 1.0)
    gained = np.log(beside.data / (seen[beside.row] * context[beside.col]))
    kept = gained > 0
    pairs = (beside.row[kept], beside.col[kept])
    return csr_matrix((gained[kept].astype(np.float32), pairs), shape=beside.shape)


def _factors(table: csr_matrix, size: int) -> Floats:
    """Left singular vectors × root of the singular values, each row of length 1."""
    from sklearn.utils.extmath import randomized_svd
    from threadpoolctl import threadpool_limits

    size = min(size, min(table.shape) - 1)
    if size < 1 or not table.nnz:
        return np.zeros((table.shape[0], max(size, 1)), np.float32)
    with threadpool_limits(1):  # with more threads the last bits of the sums depend on their number
        left, values, _right = randomized_svd(table, size, n_iter=4, random_state=SEED)
    found = left * np.sqrt(values)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    scaled: Floats = (found / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
