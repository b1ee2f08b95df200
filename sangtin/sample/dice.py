"""A seed → choices that are the same on every machine and every Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices drawn from `random.Random.random()` alone.

    Python promises the same sequence across versions for that method only
    (https://docs.python.org/3/library/random.html#notes-on-reproducibility), not for choice or shuffle.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random  # noqa: S311  (no secret hangs on it)

    def below(self, limit: int) -> int:
        """A whole number in [0, limit)."""
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, share: float) -> bool:
        """True in `share` of the throws, a number in [0, 1]."""
        return self._random() < share

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def weighted(self, weights: Sequence[int]) -> int:
        """An index, each as often as its weight says."""
        point = self.below(sum(weights))
        for index, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return index
        return len(weights) - 1

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def several(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items, or all of them where there are fewer."""
        return self.shuffled(items)[:count]
