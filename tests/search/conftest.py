"""Indexes that tests of a module share; each module gives `fresh`, which opens another empty index."""

from __future__ import annotations

import pytest

from sangtin.search import Position, Search
from tests.search.contract import SCATTERED, Fresh
from tests.search.posts import written


@pytest.fixture
def search(fresh: Fresh) -> Search:
    """An empty index."""
    return fresh()


@pytest.fixture(scope="module")
def news(fresh: Fresh) -> Search:
    """The written posts. Read only."""
    search = fresh()
    assert search.apply(written(), (), Position("one", 99)) == ()
    return search


@pytest.fixture(scope="module")
def many(fresh: Fresh) -> Search:
    """Random documents, which came in two batches. Read only."""
    search = fresh()
    search.apply(SCATTERED[:200], (), Position("one", 200))
    search.apply(SCATTERED[150:], (), Position("one", 300))
    return search
