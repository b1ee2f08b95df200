"""A crawl into the record that is killed or interrupted: what was kept stays, the rest comes next time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from sangtin.pipeline.crawling import crawl_sources
from sangtin.record import Record, init_record, open_record, runs, sources
from sangtin.record.schema import post
from sangtin.settings import Settings
from tests.crawlers.keeping import card, item, rss
from tests.crawlers.site import Answer, Handler, site

POSTS = 250


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_record(Settings(home=tmp_path).record_url)
    return tmp_path


@pytest.fixture
def record(home: Path) -> Iterator[Record]:
    opened = open_record(Settings(home=home).record_url)
    yield opened
    opened.close()


def count(record: Record) -> int:
    with record.read() as connection:
        return int(connection.execute(select(func.count()).select_from(post)).scalar_one())


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def terminal() -> Iterator[None]:
    """Ctrl-C reaches children as from a terminal, also where the tests run in the background of a shell.

    There SIGINT is ignored, and children would inherit that (POSIX, 2.11 Signals and Error Handling).
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(home: Path, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command], env={"SANGTIN_HOME": str(home)}, stdout=subprocess.PIPE
    )


def children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children() if "crawlers.fetch" in child.cmdline()]


def add(record: Record, *addresses: str) -> None:
    with record.write() as writing:
        for number, address in enumerate(addresses):
            sources.put(writing, card(f"nguon-{number}", address, interval_s=60))


def test_a_kill_keeps_what_was_kept_and_the_next_run_brings_the_rest(home: Path, record: Record) -> None:
    released = threading.Event()

    def held(handler: Handler) -> Answer:
        released.wait(60)
        return second

    first, second = (Answer(rss(*(item(n) for n in range(POSTS))), headers={"ETag": '"1"'}) for _ in range(2))
    with site("127.0.4.1", {"/0": first}) as quick, site("127.0.4.2", {"/1": held}) as slow:
        add(record, f"{quick.address}/0", f"{slow.address}/1")
        running = start(home, "-m", "tests.crawlers.crawling", str(home))
        until(lambda: count(record) == POSTS and "/1" in slow.paths())
        orphans = children(running)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
        released.set()
        until(lambda: not any(orphan.is_running() for orphan in orphans))
        assert len(orphans) == 1
        assert count(record) == POSTS

        reports = {report.source: report for report in crawl_sources(record, Settings(home=home), [])}
    assert (reports["nguon-1"].state, reports["nguon-1"].new) == ("ok", POSTS)
    assert reports["nguon-0"].new == 0
    assert count(record) == 2 * POSTS


@pytest.mark.usefixtures("terminal")
def test_ctrl_c_ends_a_watch_cleanly(home: Path, record: Record) -> None:
    code = "import typer; from sangtin.cli import crawl; app = typer.Typer(); crawl.register(app); app()"
    with site("127.0.4.3", {"/": Answer(rss(item(1)))}) as calm:
        add(record, f"{calm.address}/")
        running = start(home, "-c", code, "--watch", "--json")
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        orphans = children(running)
        running.send_signal(signal.SIGINT)
        try:
            running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 130
    assert (told["source"], told["new"]) == ("nguon-0", 1)
    assert count(record) == 1
    assert len(orphans) == 1
    assert not any(orphan.is_running() for orphan in orphans)


def test_health_runs_and_authors_are_in_the_record(home: Path, record: Record) -> None:
    written = item(1) + "<author>Nguyễn Văn Thử</author>"
    with site("127.0.4.4", {"/0": Answer(rss(written)), "/1": Answer(status=404)}) as mixed:
        add(record, f"{mixed.address}/0", f"{mixed.address}/1")
        list(crawl_sources(record, Settings(home=home), []))
    with record.read() as connection:
        health = {each.source.name: each for each in sources.all_sources(connection)}
        keys = connection.execute(select(post.c.author_key)).scalars().all()
        ended = {run.source: run for run in runs.latest(connection)}
    assert (health["nguon-0"].state, health["nguon-0"].reason) == ("ok", "")
    assert health["nguon-0"].succeeded_at is not None
    assert (health["nguon-1"].state, health["nguon-1"].reason) == (
        "broken",
        "http status: its server answers HTTP 404",
    )
    assert (ended["nguon-0"].state, ended["nguon-1"].state) == ("done", "failed")
    assert ended["nguon-0"].counts["new"] == 1
    assert len(keys[0] or "") == 32
