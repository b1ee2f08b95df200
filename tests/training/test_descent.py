"""The descent finds the bottom that scipy finds, and always by the same steps."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from training.descent import Floats, descend


def valley(point: Floats) -> tuple[float, Floats]:
    """A stretched bowl: slopes differ a thousandfold, the bottom is at 3."""
    stretch = np.linspace(0.01, 10, len(point), dtype=np.float32)
    away = point - np.float32(3)
    return float((stretch * away**2).sum() / 2), stretch * away


def banana(point: Floats) -> tuple[float, Floats]:
    """Rosenbrock's curved valley; the bottom is at (1, 1)."""
    x, y = float(point[0]), float(point[1])
    slope = (-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x))
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2, np.array(slope, np.float32)


def test_a_stretched_bowl() -> None:
    np.testing.assert_allclose(descend(valley, np.zeros(50, np.float32), 200), 3, atol=0.1)


def test_a_curved_valley() -> None:
    found = descend(banana, np.array([-1.2, 1.0], np.float32), 300)
    assert banana(found)[0] < 1e-3


def test_as_low_as_scipy() -> None:
    draw = np.random.default_rng(4)
    table, truth = draw.normal(0, 1, (200, 20)).astype(np.float32), draw.integers(0, 2, 200)

    def loss(held: Floats) -> tuple[float, Floats]:
        said = 1 / (1 + np.exp(-(table @ held)))
        lost = -np.log(np.where(truth == 1, said, 1 - said) + 1e-12).mean() + 0.01 * float(held @ held)
        return float(lost), (table.T @ (said - truth) / 200 + 0.02 * held).astype(np.float32)

    theirs = minimize(lambda held: loss(held)[0], np.zeros(20), method="BFGS", tol=1e-4).fun
    assert loss(descend(loss, np.zeros(20, np.float32), 100))[0] < theirs + 1e-3


def test_the_same_steps_each_time() -> None:
    one, other = (descend(banana, np.array([-1.2, 1.0], np.float32), 40) for _turn in range(2))
    assert one.tobytes() == other.tobytes()


def test_at_the_bottom_it_stays() -> None:
    start = np.full(5, 3, np.float32)
    np.testing.assert_array_equal(descend(valley, start, 10), start)


def test_no_rounds_no_steps() -> None:
    start = np.zeros(5, np.float32)
    np.testing.assert_array_equal(descend(valley, start, 0), start)
