"""Logits of texts that were not trained on → the temperature at which probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nlp.linear import softmax

Floats = npt.NDArray[np.float64]

# Searched on a fixed grid, so that the last digits of a processor's arithmetic change nothing.
COOLEST, HOTTEST, STEPS = 0.3, 4.0, 112


SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def best_share(
    first: Floats, second: Floats, shares: Floats, weights: Floats, *, none: bool = False
) -> float:
    """How much of the first logits makes the mean of both least in cross-entropy, at its temperature.

    With `none`, it may be nothing at all.
    """

    def loss(share: float) -> float:
        return least_loss(share * first + (1 - share) * second, shares, weights)

    return min((0.0, *SHARES) if none else SHARES, key=loss)


def best_temperature(logits: Floats, shares: Floats, weights: Floats) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017), to 1.02 times either way.

    `logits` and the true `shares` have shape (texts, classes), `weights` (texts,).
    """
    grid = np.geomspace(COOLEST, HOTTEST, STEPS)
    losses = [cross_entropy(softmax(logits / temperature), shares, weights) for temperature in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)


def least_loss(logits: Floats, shares: Floats, weights: Floats) -> float:
    """The cross-entropy of logits at their best temperature."""
    return cross_entropy(softmax(logits / best_temperature(logits, shares, weights)), shares, weights)


def cross_entropy(said: Floats, shares: Floats, weights: Floats) -> float:
    """How far chances are from what is true, (texts, classes) both; `weights` have the shape (texts,)."""
    lost = -(shares * np.log(np.maximum(said, 1e-12))).sum(axis=1)
    return float((lost * weights).sum() / weights.sum())
