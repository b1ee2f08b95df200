"""An embedded index that is built anew answers all the while, and ends as the record."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from sangtin.search import open_search
from tests.pipeline.running import many_rows, new_home, write_jsonl
from tests.search.asking import answered_throughout


@pytest.mark.parametrize("posts", [1_500, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_rebuild_leaves_no_search_failed_or_empty(tmp_path: Path, posts: int) -> None:
    """While posts are sieved, too."""
    home = new_home(tmp_path / "home", patience=3_600)
    home.run("import", str(write_jsonl(tmp_path / "all.jsonl", many_rows(posts))), "--source", "mau")
    worker = home.start("sieve", "--watch")
    try:
        with (
            contextlib.closing(open_search(f"sqlite:///{home.folder / 'search.db'}")) as search,
            answered_throughout(search, posts),
        ):
            for _ in range(1 if posts > 10_000 else 3):
                home.run("index", "rebuild")
        assert worker.poll() is None
    finally:
        worker.kill()
        worker.communicate()
    home.run("sieve")
    assert home.json("index", "check") == {"posts": posts, "mended": 0, "agree": True}
