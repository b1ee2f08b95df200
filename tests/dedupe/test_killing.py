"""A placer killed at any moment: what the shelf holds and what the index finds agree."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from dedupe import Placer
from tests.dedupe.keeping import LastingShelf, stream

POSTS = 600


def run_and_kill(folder: Path, after: float) -> bool:
    """Run until `after` seconds past its readiness. True where it died of the kill."""
    command = [sys.executable, "-m", "tests.dedupe.keeping", str(folder), str(POSTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def assert_in_step(folder: Path) -> int:
    """The index finds exactly what the shelf holds a sketch of. Returns how many posts are placed."""
    shelf = LastingShelf(folder / "shelf.db")
    sketched = {row[0] for row in shelf.file.execute("SELECT post FROM sketch")}
    assert Placer(shelf, folder / "index", flush=64).findable == sketched
    placed, last = shelf.file.execute("SELECT count(*), max(key) FROM post").fetchone()
    assert placed == (last or -1) + 1
    return int(placed)


def killed_as_often_as(folder: Path, kills: int) -> None:
    random, died = Random(kills), 0
    while died < kills:
        hit = run_and_kill(folder, random.uniform(0.0, 0.35))
        died += hit
        if assert_in_step(folder) == POSTS:
            shelf = LastingShelf(folder / "shelf.db")
            shelf.file.execute("DELETE FROM sketch")
            shelf.file.execute("DELETE FROM post")
            for path in (folder / "index").iterdir():
                path.unlink()


def test_killed_three_times_it_agrees(tmp_path: Path) -> None:
    killed_as_often_as(tmp_path, 3)


def test_places_after_kills_are_those_without(tmp_path: Path) -> None:
    for after in (0.1, 0.2):
        run_and_kill(tmp_path, after)
    command = [sys.executable, "-m", "tests.dedupe.keeping"]
    subprocess.run([*command, str(tmp_path), str(POSTS)], check=True, stdout=subprocess.DEVNULL)
    (tmp_path / "plain").mkdir()
    subprocess.run([*command, str(tmp_path / "plain"), str(POSTS)], check=True, stdout=subprocess.DEVNULL)
    asked = "SELECT key, cluster, of, relation FROM post ORDER BY key"
    killed = LastingShelf(tmp_path / "shelf.db").file.execute(asked).fetchall()
    plain = LastingShelf(tmp_path / "plain" / "shelf.db").file.execute(asked).fetchall()
    assert len(killed) == len(stream(POSTS))
    assert killed == plain


@pytest.mark.soak
def test_killed_two_hundred_times_it_agrees(tmp_path: Path) -> None:
    killed_as_often_as(tmp_path, 200)
