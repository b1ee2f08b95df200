"""Two lists of words → their longest common runs, with a bound on the work that finding them may take."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

# Steps of some 0.05 µs: a matching ends within a second or so, whatever repeats itself. An article
# of 6,700 words and one with every twentieth word left out take 840,000.
MOST_STEPS = 10_000_000


class TooMuch(Exception):  # no error: the comparison says so of the texts
    """Two texts of which the words cannot be compared in the time that a comparison has."""


class Effort:
    """What is left of the steps that one comparison may take."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        """Take steps off what is left; raises `TooMuch` where nothing is."""
        self._left -= steps
        if self._left < 0:
            raise TooMuch


class Matcher(SequenceMatcher[str]):
    """difflib's matcher, which stops where its effort is spent.

    difflib looks at every place of every word of a stretch, and at the stretch again for each run that it
    finds: the square of the length where words repeat or the runs are short.
    """

    def __init__(
        self, one: Sequence[str], other: Sequence[str], effort: Effort, autojunk: bool = False
    ) -> None:
        super().__init__(None, one, other, autojunk)
        places = self.b2j  # type: ignore[attr-defined]  # public in difflib's documentation, not in its types
        self._steps = [0, *accumulate(1 + len(places.get(word, ())) for word in one)]
        self._effort = effort

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """As difflib's; raises `TooMuch`."""
        self._effort.spend(self._steps[-1 if ahi is None else ahi] - self._steps[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)
