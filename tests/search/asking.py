"""Searches that go on while an index is made anew: none may fail, come back empty or miss a post."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sangtin.search import Query, Search, parse

WORDS = parse("ngap lut")
SHOWN = 5


@contextlib.contextmanager
def answered_throughout(search: Search, posts: int) -> Iterator[None]:
    """Two threads ask for everything, facets and a page, over and over, while the block runs."""
    wanted = search.total(WORDS)
    assert search.total(Query()) == posts
    assert wanted > 0
    answers: list[tuple[int, int, int]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            hits = search.find(WORDS, limit=SHOWN).hits
            answers.append((search.total(Query()), search.facets(WORDS).total, len(hits)))

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            yield
        finally:
            over.set()
        for each in asking:
            each.result()
    assert set(answers) == {(posts, wanted, min(wanted, SHOWN))}
    assert len(answers) > 10
    print(f"{len(answers)} answers")
