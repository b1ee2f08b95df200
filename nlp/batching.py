"""Texts as sub-words → batches of like lengths, each within a budget of sub-words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Sun et al. 2019, "How to Fine-Tune BERT for Text Classification", section 5.3.1: head and tail together beat
# either, with a quarter of the room for the head.
HEAD_SHARE = 0.25


def fit(ids: Ints, room: int) -> tuple[Ints, bool]:
    """Sub-words that fit into `room`, and whether some were left out: of a longer text head and tail stay."""
    if len(ids) <= room:
        return ids, False
    head = int(room * HEAD_SHARE)
    return np.concatenate([ids[:head], ids[len(ids) - (room - head) :]]), True


def batches(lengths: Sequence[int], budget: int) -> Iterator[Ints]:
    """Places of texts, shortest first, such that their number × the longest stays within `budget`.

    A longer text stands alone. Every place comes once; equal lengths keep their order.
    """
    order = np.argsort(np.asarray(lengths, np.int64), kind="stable")
    first = 0
    while first < len(order):
        last = first + 1
        while last < len(order) and (last + 1 - first) * lengths[order[last]] <= budget:
            last += 1
        yield order[first:last]
        first = last


def padded(texts: Sequence[Ints], pad: int) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Texts as one table, (texts, longest), padded on the right, and their lengths."""
    lengths = np.array([len(one) for one in texts], np.int32)
    table = np.full((len(texts), int(lengths.max(initial=1))), pad, np.int64)
    for row, one in enumerate(texts):
        table[row, : len(one)] = one
    return table, lengths
