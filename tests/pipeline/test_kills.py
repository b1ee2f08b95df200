"""Killed at any moment: no post lost, none twice, the ledger reconciles after each restart."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.pipeline.running import Home, sample_rows, write_jsonl

# Where a kill hurts most: all writes of a transaction are done, the commit is not.
POINTS = (
    ("sangtin.record.posts:add", "import"),
    ("sangtin.pipeline.importing:_write", "import"),
    ("sangtin.record.engine:write_changes", "import"),
    ("sangtin.record.placing:place", "sieve"),
    ("dedupe:Placer.commit", "sieve"),
    ("sangtin.record.reading:hold_unread", "sieve"),
    ("sangtin.record.reading:answer", "sieve"),
    ("sangtin.record.engine:write_changes", "sieve"),
    ("sangtin.search.fts5:File.apply", "sieve"),
)


@pytest.fixture(scope="module")
def posts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = sample_rows(2_600)
    rows[100] = {"id": "broken"}
    return write_jsonl(tmp_path_factory.mktemp("kills") / "posts.jsonl", rows)


def work(home: Home, stage: str, file: Path) -> list[str]:
    return ["import", str(file), "--source", "mau"] if stage == "import" else ["sieve"]


def finish(home: Home, file: Path, posts: int) -> None:
    """Run what was killed again, to its end: every post once, in record and index alike."""
    found = home.json("import", str(file), "--source", "mau")
    assert found["read"] == found["new"] + found["seen"] + found["changed"] + sum(found["rejected"].values())
    home.run("sieve")
    assert home.ledger().identified == posts
    assert home.json("index", "check") == {"posts": posts, "mended": 0, "agree": True}
    assert home.json("search", "", "--limit", "1")["total"] == posts


@pytest.mark.parametrize(("point", "stage"), POINTS)
def test_killed_at_a_named_point(home: Home, posts_file: Path, point: str, stage: str) -> None:
    if stage == "sieve":
        home.run("import", str(posts_file), "--source", "mau")
    assert home.die(point, 2, *work(home, stage, posts_file))
    home.ledger()
    home.die(point, 1, *work(home, stage, posts_file))
    home.ledger()
    finish(home, posts_file, 2_599)


def test_killed_at_random(home: Home, posts_file: Path) -> None:
    hit_at_random(home, posts_file, 2_599, hits=3, seed=11)


@pytest.mark.soak
def test_killed_at_random_fifty_times(home: Home, tmp_path: Path) -> None:
    rows = [row | {"id": f"{row['id']}-{n}"} for n in range(9) for row in sample_rows(6_000, seed=n)][:50_000]
    hit_at_random(home, write_jsonl(tmp_path / "many.jsonl", rows), 50_000, hits=50, seed=12)


def hit_at_random(home: Home, file: Path, posts: int, *, hits: int, seed: int) -> None:
    """Kill import and sieve at random moments until so many died of it, looking at the ledger each time."""
    dice = random.Random(seed)
    struck = {"import": 0, "sieve": 0}
    pace = {"import": 2.0, "sieve": 6.0}
    identified = 0
    for stage in ("import", "sieve"):
        wanted = hits // 3 or 1 if stage == "import" else hits - struck["import"]
        misses = 0
        while struck[stage] < wanted and misses < 20:
            began = time.monotonic()
            process = home.start(*work(home, stage, file))
            time.sleep(dice.uniform(0.5, pace[stage]))
            process.kill()
            process.communicate()
            if process.returncode == -9:
                struck[stage] += 1
            else:
                misses += 1
                pace[stage] = max((time.monotonic() - began) * 0.6, 0.7)
            now = home.ledger().identified
            assert now >= identified
            identified = now
        if stage == "import":
            home.run(*work(home, stage, file))
            assert home.ledger().identified == posts
    assert sum(struck.values()) >= min(hits, 3)
    finish(home, file, posts)
