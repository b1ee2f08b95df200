"""What readers say of held-out rows after each round → the number of rounds after which they are best.

A model that learns from every source has none left to stop on. So the readers that are each blind to a group
of sources say after how many rounds, the same for all of them, their groups are read best on the mean; the
one that ships then takes as many (Prechelt 1998, "Early Stopping, but When?", with groups to validate on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.calibration import least_loss

Floats = npt.NDArray[np.float64]
# What more rounds must win: a tenth of what 45 rounds of the linear reader and 60 differ by in one group
# (docs/decisions/0005-linear-reader.md). Another processor's last digits then change no number of rounds.
CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Course:
    """What one training said of held-out rows by its round: logits, (rows, classes).

    `shares` are true, of the same shape; `weights` have the shape (rows,). It was looked at after
    some rounds and after its last, than which it takes no more however many it may.
    """

    said: Mapping[int, Floats]
    shares: Floats
    weights: Floats

    def after(self, rounds: int) -> Floats:
        """The logits where it may take a number of rounds, after which it was looked at or had ended."""
        return self.said[max(one for one in self.said if one <= rounds)]

    def beside(self, other: Floats, share: float) -> Course:
        """What the mean with another reader would have said, of which `share` is this one's."""
        said = {rounds: share * one + (1 - share) * other for rounds, one in self.said.items()}
        return Course(said, self.shares, self.weights)

    def loss(self, rounds: int) -> float:
        """Cross-entropy after a number of rounds, at the temperature of least."""
        return least_loss(self.after(rounds), self.shares, self.weights)


def mean_losses(courses: Sequence[Course], looks: Sequence[int]) -> dict[int, float]:
    """The mean over groups of their losses, by each number of rounds after which all were looked at."""
    return {rounds: float(np.mean([one.loss(rounds) for one in courses])) for rounds in looks}


def best_rounds(losses: Mapping[int, float]) -> int:
    """The fewest rounds of which the loss is the least, but for a gain that is chance."""
    least = min(losses.values())
    return min(rounds for rounds, loss in losses.items() if loss <= least + CHANCE)
