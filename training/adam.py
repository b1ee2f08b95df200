"""Slopes of weights → steps (Adam: Kingma and Ba 2015); and what chance leaves of a layer in one step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Weights = dict[str, Floats]


class Adam:
    """Moments of the slopes of weights, which it moves in place.

    `moments`: how much of the mean and of the square stays at each step; `tiny`: the least root of a square.
    Decay, and how large slopes may be, are the caller's.
    """

    def __init__(self, weights: Weights, moments: tuple[float, float], tiny: float) -> None:
        self.weights, self.moments, self.tiny, self.step = weights, moments, tiny, 0
        self._mean = {name: np.zeros_like(one) for name, one in weights.items()}
        self._square = {name: np.zeros_like(one) for name, one in weights.items()}

    def begin(self) -> None:
        """Begin a step, in which each weight moves at most once."""
        self.step += 1

    def move(
        self, name: str, slope: Floats, rate: float, rows: npt.NDArray[np.int64] | slice = slice(None)
    ) -> None:
        """Move a weight, or some of its rows, by their slope."""
        first, second = self.moments
        mean = self._mean[name][rows] * np.float32(first) + slope * np.float32(1 - first)
        square = self._square[name][rows] * np.float32(second) + np.square(slope) * np.float32(1 - second)
        self._mean[name][rows], self._square[name][rows] = mean, square
        grown = np.sqrt(square / np.float32(1 - second**self.step)) + np.float32(self.tiny)
        self.weights[name][rows] -= np.float32(rate / (1 - first**self.step)) * mean / grown


def kept(shape: tuple[int, int], gone: float, draw: np.random.Generator) -> Floats:
    """What chance leaves in one step: factors of 0 for a share `gone`, and of 1 / (share that stays)."""
    stays = draw.random(shape, dtype=np.float32) >= gone
    return stays.astype(np.float32) / np.float32(1 - gone)
