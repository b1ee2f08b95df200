"""A batch of work → the same work without the search for reference cycles in between."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
