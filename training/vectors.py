"""Unlabelled posts → word vectors: words that stand among the same words lie close together.

A linear reader that also sees the mean vector of a text learns of a word from what labelled posts say of its
neighbours; since the mean is linear in the words, what it learned folds into the words' own weights and costs
nothing when reading. Vectors are positive pointwise mutual information, factorised (Levy, Goldberg and Dagan
2015, "Improving Distributional Similarity with Lessons Learned from Word Embeddings").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp import ngrams
from nlp.prepare import prepare

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

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


@dataclass(frozen=True, slots=True)
class Vectors:
    """A vector for each row of one family of a reader, shape (rows, size); zero where the word is rare."""

    family: int
    table: Floats


def make_vectors(texts: Iterable[str], family: tuple[int, ngrams.Family], settings: Settings) -> Vectors:
    """Vectors of the words of `texts`, for the family of that place. Same texts, same vectors."""
    place, words = family
    rows, text = _words(texts, words)
    counts = np.bincount(rows, minlength=1 << words.bits)
    kept = np.argsort(-counts, kind="stable")[: settings.words]
    kept = np.sort(kept[counts[kept] >= settings.least])
    number = np.full(len(counts), -1)
    number[kept] = np.arange(len(kept))
    beside = _beside(number[rows], text, (len(kept), settings.window))
    found = _factors(_information(beside, settings.smoothing), settings.size)
    share = (counts[kept] / counts[kept].sum())[:, None].astype(np.float32)
    table = np.zeros((len(counts), found.shape[1]), np.float32)
    table[kept] = found - (share * found).sum(axis=0)
    return Vectors(place, table)


def _words(texts: Iterable[str], family: ngrams.Family) -> tuple[Ints, npt.NDArray[np.int32]]:
    """The row of each word of all texts, in order, and the number of its text."""
    rows, owners = [], []
    done = 0
    for batch in _batches(texts):
        found, owner = ngrams.word_rows([prepare(text) for text in batch], family)
        rows.append(found)
        owners.append((owner + done).astype(np.int32))
        done += len(batch)
    return np.concatenate(rows), np.concatenate(owners)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(texts)
    while batch := list(islice(left, TEXTS_A_BATCH)):
        yield batch


def _beside(words: Ints, text: npt.NDArray[np.int32], shape: tuple[int, int]) -> csr_matrix:
    """How often words stand within a window of each other, nearer ones counting more (1 / distance)."""
    from scipy.sparse import coo_matrix, csr_matrix

    size, window = shape
    total = csr_matrix((size, size), dtype=np.float32)
    for apart in range(1, window + 1):
        for first in range(0, len(words) - apart, TOKENS_A_BATCH):
            one = slice(first, min(first + TOKENS_A_BATCH, len(words) - apart))
            other = slice(one.start + apart, one.stop + apart)
            both = (words[one] >= 0) & (words[other] >= 0) & (text[one] == text[other])
            weight = np.full(int(both.sum()), 1 / apart, np.float32)
            pairs = (words[one][both], words[other][both])
            total = total + coo_matrix((weight, pairs), shape=(size, size)).tocsr()
    return (total + total.T).tocoo()


def _information(beside: csr_matrix, smoothing: float) -> csr_matrix:
    """Positive pointwise mutual information, the context's share smoothed by a power."""
    from scipy.sparse import csr_matrix

    seen = np.asarray(beside.sum(axis=1)).ravel()
    context = seen**smoothing
    context /= context.sum()
    gained = np.log(beside.data / (seen[beside.row] * context[beside.col]))
    kept = gained > 0
    pairs = (beside.row[kept], beside.col[kept])
    return csr_matrix((gained[kept].astype(np.float32), pairs), shape=beside.shape)


def _factors(table: csr_matrix, size: int) -> Floats:
    """Left singular vectors × root of the singular values, each row of length 1."""
    from sklearn.utils.extmath import randomized_svd
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # with more threads the last bits of the sums depend on their number
        left, values, _right = randomized_svd(
            table, min(size, min(table.shape) - 1), n_iter=4, random_state=SEED
        )
    found = left * np.sqrt(values)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    scaled: Floats = (found / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
