"""Killed at any moment: no post lost, none twice, the ledger reconciles after each restart."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.pipeline.running import Home, copied, new_home, sample_rows, write_jsonl

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


@pytest.fixture(scope="module")
def waiting(posts_file: Path) -> Home:
    """A home with posts that wait to be sieved."""
    made = new_home(posts_file.with_name("home"))
    made.run(*work("import", posts_file))
    return made


def work(stage: str, file: Path) -> list[str]:
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
def test_killed_at_a_named_point(
    waiting: Home, posts_file: Path, tmp_path: Path, point: str, stage: str
) -> None:
    home = new_home(tmp_path / "home") if stage == "import" else copied(waiting, tmp_path / "home")
    assert home.die(point, 2, *work(stage, posts_file))
    home.ledger()
    home.die(point, 1, *work(stage, posts_file))
    home.ledger()
    finish(home, posts_file, 2_599)


def test_killed_at_random(home: Home, posts_file: Path) -> None:
    dice = random.Random(11)
    assert strike(home, "import", posts_file, moments(dice, 1)) == 1
    home.run(*work("import", posts_file))
    assert strike(home, "sieve", posts_file, moments(dice, 2)) == 2
    finish(home, posts_file, 2_599)


@pytest.mark.soak
def test_killed_at_random_fifty_times(tmp_path: Path) -> None:
    rows = [row | {"id": f"{row['id']}-{n}"} for n in range(9) for row in sample_rows(6_000, seed=n)][:50_000]
    file = write_jsonl(tmp_path / "many.jsonl", rows)
    dice, hits, rounds = random.Random(12), 0, 0
    while hits < 50:
        home = new_home(tmp_path / f"home{rounds}")
        hits += strike(home, "import", file, moments(dice, 3))
        home.run(*work("import", file))
        hits += strike(home, "sieve", file, moments(dice, 12))
        finish(home, file, 50_000)
        rounds += 1
        assert rounds < 9
    print(f"{hits} hits in {rounds} rounds of 50,000 posts")


def moments(dice: random.Random, count: int) -> list[float]:
    """Random shares of the work, from a tenth to nine tenths of it, in order."""
    return sorted(dice.uniform(0.1, 0.9) for _ in range(count))


def strike(home: Home, stage: str, file: Path, shares: list[float]) -> int:
    """Kill a stage each time it has done such a share of its work, look at the ledger, and start it again.

    Returns how many processes died of it.
    """
    total = file.read_bytes().count(b"\n")
    hits = 0
    for share in shares:
        process = home.start(*work(stage, file))
        while process.poll() is None and done(home, stage) < share * total:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        hits += process.returncode == -9
        home.ledger(thorough=False)
    return hits


def done(home: Home, stage: str) -> float:
    """How many posts a stage has done with, as another process sees it."""
    counted = {
        "import": "SELECT count(*) FROM post",
        "sieve": "SELECT (sum(placed) + sum(answered_by > 0 OR bin = 'duplicate')) / 2.0 FROM post",
    }
    with contextlib.closing(sqlite3.connect(home.folder / "record.db", timeout=30)) as connection:
        return float(connection.execute(counted[stage]).fetchone()[0] or 0)
