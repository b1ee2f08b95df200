"""Many keys → portions that fit into one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

# Far below what one statement takes: 32,766 parameters in SQLite's own build, 65,535 in PostgreSQL.
PORTION = 1_000
T = TypeVar("T")


def portions(keys: Collection[T]) -> Iterator[list[T]]:
    """The keys in their order, at most a thousand at a time."""
    rest = iter(keys)
    while portion := list(islice(rest, PORTION)):
        yield portion
