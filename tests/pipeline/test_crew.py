"""A sieve by several processes: each post once, whoever dies, and the counts of all in one."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from nlp import Class, Moved
from nlp.answer import Probabilities
from nlp.backend import Choice, Kind, Lengths, Logits, Running
from nlp.batching import Ints
from nlp.language import foreign
from nlp.model import Step
from sangtin.pipeline import crew
from sangtin.pipeline import sieve as stage
from sangtin.pipeline.parts import opened
from sangtin.pipeline.reading import InUse, load_in_use
from sangtin.python import ROOT
from sangtin.record import leases, placing, reading
from sangtin.settings import Settings
from tests.pipeline.running import Home, copied, new_home, sample_rows, write_jsonl

POSTS = 1_200


@pytest.fixture(scope="module")
def posts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("posts") / "posts.jsonl", sample_rows(POSTS))


@pytest.fixture(scope="module")
def waiting(posts_file: Path) -> Home:
    """A home with posts that wait, for tests that leave them so."""
    made = new_home(posts_file.with_name("home"))
    made.run("import", str(posts_file), "--source", "mau")
    return made


@pytest.fixture
def imported(waiting: Home, tmp_path: Path) -> Home:
    """Another with posts that wait."""
    return copied(waiting, tmp_path / "home")


def whole(home: Home) -> None:
    """Every post is placed, read or a copy, once, and the index agrees."""
    assert home.ledger().identified == POSTS
    assert home.json("index", "check") == {"posts": POSTS, "mended": 0, "agree": True}


def beside(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The children of a sieve, once they run."""
    return child_with(process, "--beside")


def child_with(process: subprocess.Popen[bytes], word: str) -> list[psutil.Process]:
    """The children whose command has a word, once they run; none where the process ended without any."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if found := [one for one in psutil.Process(process.pid).children() if word in one.cmdline()]:
            return list(found)
        time.sleep(0.01)
    return []


def test_several_do_each_post_once_and_count_together(imported: Home) -> None:
    done = imported.json("sieve", "--processes", "3")
    ledger = imported.ledger()
    assert done["placed"] == POSTS
    assert done["duplicates"] == ledger.duplicate > 0
    assert done["read"] == POSTS - ledger.duplicate == sum(done["settled"].values()) + done["unsure"]
    assert done["lag"] == 0
    whole(imported)


def test_several_answer_what_one_answers(imported: Home, waiting: Home, tmp_path: Path) -> None:
    imported.run("sieve", "--processes", "2")
    alone = copied(waiting, tmp_path / "alone")
    alone.run("sieve", "--processes", "1")
    assert imported.ledger() == alone.ledger()


def test_whoever_places_reads_where_reading_lags(imported: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=imported.folder, record="", search="")
    monkeypatch.setattr(stage, "AHEAD", 300)
    lags: list[int] = []
    with opened(settings) as parts:
        in_use = load_in_use(parts.record, settings)

        def look() -> bool:
            with parts.record.read() as connection:
                lags.append(reading.count_unread(connection, in_use.key))
            return True

        done = stage.sieve(parts, in_use, lambda _: None, stage.Work(look, beside=True))
    assert max(lags) > 300  # a batch is placed whole
    assert done.placed == POSTS
    assert done.read == POSTS - done.duplicates
    whole(imported)


@pytest.mark.parametrize("others", [True, False])
def test_whoever_places_leaves_the_index_to_others_where_there_are_any(
    imported: Home, monkeypatch: pytest.MonkeyPatch, others: bool
) -> None:
    settings = Settings(home=imported.folder, record="", search="")
    monkeypatch.setattr(stage, "FOLLOW_EVERY_S", 0.0)
    indexed: list[int] = []
    with opened(settings) as parts:
        in_use = load_in_use(parts.record, settings)

        def look() -> bool:
            with parts.record.read() as connection:
                if placing.count_unplaced(connection):
                    position = parts.search.position()
                    indexed.append(position.number if position else 0)
            return True

        with leases.taken(parts.record, f"{stage.READ}:another") if others else contextlib.nullcontext():
            stage.sieve(parts, in_use, lambda _: None, stage.Work(look, beside=True))
    assert (len(set(indexed)) == 1) is others
    whole(imported)


def test_a_child_that_dies_costs_only_its_counts(imported: Home) -> None:
    process = imported.start("sieve", "--processes", "2", "--json")
    for child in beside(process):
        child.send_signal(signal.SIGKILL)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert json.loads(printed)["placed"] <= POSTS
    assert imported.json("sieve")["placed"] == 0
    whole(imported)


def test_children_die_with_a_sieve_that_is_killed(imported: Home) -> None:
    process = imported.start("sieve", "--processes", "2")
    children = beside(process)
    assert children
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    imported.run("sieve")
    whole(imported)


def test_an_interrupted_sieve_stops_its_children_and_goes_on_later(imported: Home) -> None:
    process = imported.start("sieve", "--processes", "2")
    children = beside(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    assert psutil.wait_procs(children, timeout=20)[1] == []
    imported.run("sieve")
    whole(imported)


def test_a_little_work_is_done_by_one_and_much_by_no_more_than_there_are_cores(
    waiting: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=waiting.folder, record="", search="")
    cores = len(os.sched_getaffinity(0))
    with opened(settings) as parts:
        in_use = load_in_use(parts.record, settings)
        assert crew.crew_size(parts, in_use) == 1
        monkeypatch.setattr(crew, "WORTH_A_PROCESS", 1)
        assert crew.crew_size(parts, in_use) == min(crew.MOST, cores)


def test_no_process_runs_code_of_the_folder_that_a_person_stands_in(imported: Home, tmp_path: Path) -> None:
    stand, mark = tmp_path / "stand", tmp_path / "ran"
    for room in ("sangtin", "nlp", "crawlers"):
        (stand / room).mkdir(parents=True)
        (stand / room / "__init__.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sangtin", "sieve", "--processes", "2", "--json"],
        cwd=stand,
        env=imported.environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert not mark.exists()
    assert b"a process of the sieve failed" not in done.stderr
    whole(imported)


def test_several_count_together_what_is_in_another_language(home: Home, tmp_path: Path) -> None:
    words = (
        "the government should build their streets through every winter because nothing works with strength"
    )
    texts = (" ".join(random.Random(number).sample(words.split() * 3, 24)) for number in range(POSTS))
    rows = [{"id": str(number), "text": text} for number, text in enumerate(texts) if foreign(text)]
    home.run("import", str(write_jsonl(tmp_path / "posts.jsonl", rows)), "--source", "mau")
    done = home.json("sieve", "--processes", "2")
    assert done["foreign"] == done["unsure"] == done["read"] > 0
    assert done["cut"] == 0


@dataclass(frozen=True)
class Wide:
    """A reader that computes by itself on several cores, as a calibrated transformer does."""

    workers: int
    threads: int
    name: str = "wide"
    classes: tuple[Class, ...] = ()

    @property
    def running(self) -> Running:
        """How it computes; nobody asks it to."""
        return Running(Nobody(), Choice(Kind.ONNX_FP32, 1, self.workers, self.threads))

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Nothing is read here."""
        raise AssertionError("only its processes are counted")

    def why(self, text: str, label: str) -> list[Moved]:
        """Nothing is explained here."""
        raise AssertionError("only its processes are counted")


class Nobody:
    """A back end that is never asked."""

    def logits(self, ids: Ints, lengths: Lengths) -> Logits:
        """Nothing is computed here."""
        raise AssertionError("only its processes are counted")


@pytest.mark.parametrize(
    ("workers", "threads", "cores", "processes"),
    [(1, 1, 4, 4), (2, 1, 4, 2), (1, 2, 4, 2), (4, 1, 4, 1), (1, 4, 4, 1), (2, 2, 2, 1), (3, 1, 4, 1)],
)
def test_processes_and_what_each_computes_on_are_never_more_than_the_cores(
    waiting: Home, monkeypatch: pytest.MonkeyPatch, workers: int, threads: int, cores: int, processes: int
) -> None:
    settings = Settings(home=waiting.folder, record="", search="")
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    with opened(settings) as parts:
        in_use = load_in_use(parts.record, settings)
        steps = (*in_use.model.steps, Step(Wide(workers, threads), None))
        wide = InUse(in_use.key, replace(in_use.model, steps=steps))
        assert wide.model.cores == workers * threads
        assert crew.crew_size(parts, wide) == processes
        assert crew.crew_size(parts, in_use) == min(crew.MOST, cores)


@pytest.mark.parametrize("many", ["0", "-1", "65", "99999"])
def test_nobody_starts_more_processes_than_a_machine_bears(waiting: Home, many: str) -> None:
    assert "--processes" in waiting.run("sieve", "--processes", many, expect=2)


def test_a_long_import_is_indexed_while_it_goes_on(home: Home, tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"bài số {n} " + "đường ngập " * 250} for n in range(2_000)]
    file = write_jsonl(tmp_path / "long.jsonl", rows)
    assert file.stat().st_size > crew.WORTH_A_FOLLOWER
    process = home.start("import", str(file), "--source", "mau")
    follower = child_with(process, "follow")
    assert len(follower) == 1
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert psutil.wait_procs(follower, timeout=20)[1] == []
    assert home.json("search", "ngập", "--limit", "1")["total"] == 2_000
    assert home.json("index", "check") == {"posts": 2_000, "mended": 0, "agree": True}


def test_a_follower_dies_with_an_import_that_is_killed(home: Home, tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"bài số {n} " + "đường ngập " * 250} for n in range(4_000)]
    file = write_jsonl(tmp_path / "long.jsonl", rows)
    process = home.start("import", str(file), "--source", "mau")
    follower = child_with(process, "follow")
    assert follower
    process.kill()
    process.communicate()
    assert psutil.wait_procs(follower, timeout=20)[1] == []
    home.run("import", str(file), "--source", "mau")
    assert home.json("index", "check") == {"posts": 4_000, "mended": 0, "agree": True}


def test_a_short_import_needs_no_follower(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "short.jsonl", sample_rows(500))
    process = home.start("import", str(file), "--source", "mau")
    assert child_with(process, "follow") == []
    process.communicate(timeout=60)
    assert home.json("search", "", "--limit", "1")["total"] == 500
