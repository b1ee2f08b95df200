"""Which posts an index holds: one bit a key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

BIT = (1 << np.arange(8)).astype(np.uint8)


class Held:
    """A set of keys of a record, which counts them from 1: a byte for eight of them."""

    def __init__(self, keys: npt.NDArray[np.int64]) -> None:
        self._bits = np.zeros(0, dtype=np.uint8)
        self.add(keys[keys >= 0])

    def add(self, keys: Sequence[int] | npt.NDArray[np.int64]) -> None:
        """Hold keys."""
        wanted = np.asarray(keys, dtype=np.int64)
        if not wanted.size:
            return
        more = (int(wanted.max()) >> 3) + 1 - self._bits.size
        if more > 0:  # by a quarter and more, so that it is seldom copied
            self._bits = np.pad(self._bits, (0, max(more, self._bits.size // 4)))
        np.bitwise_or.at(self._bits, wanted >> 3, BIT[wanted & 7])

    def drop(self, keys: Iterable[int]) -> None:
        """Hold keys no more."""
        for key in self.among(keys):
            self._bits[key >> 3] &= ~BIT[key & 7]

    def among(self, keys: Iterable[int]) -> list[int]:
        """Those of the keys that are held."""
        size = self._bits.size
        return [key for key in keys if key >> 3 < size and self._bits[key >> 3] & BIT[key & 7]]
