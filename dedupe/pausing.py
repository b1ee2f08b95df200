"""A batch of work → the same work without the search for reference cycles in between."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# How often long work looks for cycles, in seconds: among all caches of a sieve a look takes 0.2 s.
SELDOM_S = 60.0


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for cycles before and after a batch, not within it.

    A batch makes some hundred thousand objects in no cycles. With every cache of this process among them,
    the collector's walks took a fifth of the time of placing 50,000 posts (tests/bench/placing.py).
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def seldom(every: float = SELDOM_S) -> Iterator[Callable[[], None]]:
    """Look for cycles only where the function that this gives is called, at most every so many seconds.

    For work of many batches: to look after each of them takes 3 % of the time of placing.
    """
    looked = time.monotonic()

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked >= every:
            gc.collect()
            looked = time.monotonic()

    with uncollected():
        yield look
