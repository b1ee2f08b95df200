"""The embedded index keeps the contract, and a file's own promises: no trace, no waiting, no half batch."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path

import apsw
import pytest

from sangtin.errors import BusyError, EngineError
from sangtin.post import Bin
from sangtin.search import (
    ANY,
    Document,
    Filters,
    Gone,
    Position,
    Query,
    Search,
    Sort,
    StaleError,
    open_search,
    parse,
)
from sangtin.search.request import TIES
from tests.search.contract import SCATTERED, Contract, Fresh, at, pages
from tests.search.oracle import Oracle
from tests.search.posts import START, scattered, written

spawn = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Opens one empty index after another."""
    folder, numbers, opened = tmp_path_factory.mktemp("fts5"), count(), []

    def open_one() -> Search:
        opened.append(open_search(f"sqlite:///{folder}/{next(numbers)}/search.db"))
        return opened[-1]

    yield open_one
    for search in opened:
        search.close()


class TestContract(Contract):
    """FTS5 keeps every promise."""


@pytest.fixture
def link(tmp_path: Path) -> Path:
    """Where an index of one test lives."""
    return tmp_path / "home" / "search.db"


def opened(link: Path) -> Search:
    return open_search(f"sqlite:///{link}")


def bytes_of(folder: Path) -> bytes:
    """Everything that is on the disk."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if not file.is_symlink())


SECRET = "Bí mật zyxqua: gọi wvutq ở tuỳphố 0987654321"
TRACES = [b"zyxqua", b"wvutq", "tuỳphố".encode(), b"tuypho", b"0987654321", "Bí mật".encode()]

EVERY_TRACE = [*TRACES, b"feedbeef"]


def secretive(number: int) -> Document:
    return replace(SCATTERED[0], id="secret", text=SECRET, author_key="feedbeef", number=number)


def test_erased_text_leaves_no_trace(link: Path) -> None:
    search = opened(link)
    search.apply([*SCATTERED, secretive(301)], (), at(301))
    for number, label in enumerate((Bin.SPAM, Bin.NEGATIVE, Bin.POSITIVE), start=302):
        labelled = [replace(d, bin=label, number=number) for d in (*SCATTERED[:50], secretive(number))]
        search.apply(labelled, (), at(number))
    assert {b"zyxqua", b"feedbeef", "Bí mật".encode()} <= {
        t for t in EVERY_TRACE if t in bytes_of(link.parent)
    }
    search.apply((), [Gone("secret", 400)], at(400))
    assert [trace for trace in EVERY_TRACE if trace in bytes_of(link.parent)] == []
    assert search.total(Query()) == len(SCATTERED)
    search.close()
    assert [trace for trace in EVERY_TRACE if trace in bytes_of(link.parent)] == []


def test_of_many_erased_posts_among_more_none_leaves_a_trace(link: Path) -> None:
    dice, search = random.Random(8), opened(link)
    crowd = [
        replace(d, moment=START + timedelta(seconds=dice.randrange(10**7))) for d in scattered(4_000, seed=3)
    ]
    words = {n: "".join(dice.choices("bcdfghklmnpqrtvx", k=9)) for n in range(0, 4_000, 40)}
    for n, word in words.items():
        crowd[n] = replace(crowd[n], text=f"{crowd[n].text} {word}")
    for start in range(0, 4_000, 500):
        search.apply(crowd[start : start + 500], (), at(start + 500))
    for start in range(0, 4_000, 500):
        read = [replace(d, bin=Bin.SPAM, number=d.number + 4_000) for d in crowd[start : start + 500]]
        search.apply(read, (), at(start + 4_500))
    search.apply((), [Gone(crowd[n].id, 9_000) for n in words], at(9_000))
    disk = bytes_of(link.parent)
    assert [word for word in words.values() if word[:7].encode() in disk] == []
    assert search.total(Query()) == 3_900
    search.close()


def test_text_that_was_edited_leaves_no_trace(link: Path) -> None:
    search = opened(link)
    search.apply([*SCATTERED, secretive(301)], (), at(301))
    search.apply([replace(secretive(302), text="đã sửa")], (), at(302))
    assert [trace for trace in TRACES if trace in bytes_of(link.parent)] == []
    assert search.total(parse("đã sửa")) == 1
    search.close()


def test_a_trace_that_a_reader_keeps_goes_with_the_next_change(link: Path) -> None:
    search = opened(link)
    search.apply([*SCATTERED, secretive(301)], (), at(301))
    stream = search.export(Query())
    next(stream)
    search.apply((), [Gone("secret", 302)], at(302))
    assert sum(1 for _ in stream) == len(SCATTERED)
    search.apply((), (), at(303))
    assert [trace for trace in TRACES if trace in bytes_of(link.parent)] == []
    search.close()


@pytest.mark.parametrize("ties", [1, 3])
def test_posts_that_share_a_place_are_in_order_all_the_same(
    link: Path, monkeypatch: pytest.MonkeyPatch, ties: int
) -> None:
    def few(id: str) -> int:
        return sum(id.encode()) % ties

    for module in ("sangtin.search.fts5.write", "sangtin.search.fts5.read", "tests.search.oracle"):
        monkeypatch.setattr(f"{module}.tie", few)
    crowd = [replace(d, moment=START) for d in scattered(200, seed=2)]
    search, oracle = opened(link), Oracle(crowd)
    search.apply(crowd, (), at(200))
    search.apply(crowd[:20], [Gone(d.id, 300) for d in crowd[50:90]], at(300))
    oracle.apply((), [Gone(d.id, 300) for d in crowd[50:90]])
    for sort in (Sort.NEWEST, Sort.OLDEST):
        for query in (Query(), parse("hoà")):
            assert pages(search, query, ANY, sort, 7) == oracle.find(query, ANY, sort)
    search.close()


def test_posts_of_one_second_are_told_apart(link: Path) -> None:
    crowd = [replace(SCATTERED[n % 300], id=f"{n}", number=n, moment=START) for n in range(4_000)]
    search = opened(link)
    search.apply(crowd, (), at(4_000))
    assert pages(search, Query(), ANY, Sort.OLDEST, 1_000) == Oracle(crowd).find(Query(), ANY, Sort.OLDEST)
    search.close()


def test_a_second_that_is_full_refuses_with_its_reason(link: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = TIES + (1 << 12) - 2
    monkeypatch.setattr("sangtin.search.fts5.write.tie", lambda _id: last)
    search = opened(link)
    refusals = search.apply([replace(d, moment=START) for d in SCATTERED[:5]], (), at(5))
    assert [r.id for r in refusals] == ["s:2", "s:3", "s:4"]
    assert "second" in refusals[0].reason
    assert search.total(Query()) == 2
    search.close()


# Several processes


def _write(path: Path, go_on: Event) -> None:
    """Batches, labels, removals and rebuilds, until told to stop."""
    search = opened(path)
    number = 1_000
    while go_on.is_set():
        for _ in range(5):
            number += 1
            label = list(Bin)[number % 5]
            search.apply([replace(d, bin=label, number=number) for d in SCATTERED[:100]], (), at(number))
        with search.build("one") as build:
            build.apply(SCATTERED, (), at(number))
            build.switch()
    search.close()


def test_readers_never_fail_nor_miss_a_post_while_another_process_writes_and_rebuilds(link: Path) -> None:
    reader = opened(link)
    reader.apply(SCATTERED, (), at(300))
    go_on = spawn.Event()
    go_on.set()
    writer = spawn.Process(target=_write, args=(link, go_on))
    writer.start()
    try:
        first, deadline = link.readlink(), time.monotonic() + 60
        versions, expected = {first}, Oracle(SCATTERED).find(parse("hoà"), ANY)
        while len(versions) < 6 and time.monotonic() < deadline:
            versions.add(link.readlink())
            assert reader.total(Query()) == len(SCATTERED)
            assert reader.facets(parse("hoà")).total == len(expected)
            hits = reader.find(parse("hoà"), limit=1_000).hits
            assert [hit.document.id for hit in hits] == [d.id for d in expected]
        assert len(versions) == 6
    finally:
        go_on.clear()
        writer.join(60)
    assert writer.exitcode == 0
    reader.close()


def _append(path: Path) -> None:
    """One batch of ten after another, each removing two of the batch before, until killed."""
    search = opened(path)
    held = search.position()
    for batch in count(held.number // 10 + 1 if held else 0):
        documents = [
            replace(SCATTERED[n % 300], id=f"{batch:06}:{n}", number=batch * 10 + n) for n in range(10)
        ]
        gone = [Gone(f"{batch - 1:06}:{n}", batch * 10) for n in (3, 7)]
        search.apply(documents, gone, at(batch * 10 + 9))


def test_killed_at_any_moment_no_batch_is_half_there(link: Path) -> None:
    dice, reader = random.Random(5), opened(link)
    for _ in range(3):
        before = reader.position()
        writer = spawn.Process(target=_append, args=(link,))
        writer.start()
        while reader.position() == before:
            time.sleep(0.01)
        time.sleep(dice.random() / 4)
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        writer.join(60)
        assert writer.exitcode == -signal.SIGKILL
        position = reader.position()
        assert position
        last = position.number // 10
        expected = [f"{b:06}:{n}" for b in range(last + 1) for n in range(10) if b == last or n not in (3, 7)]
        assert [digest.id for digest in reader.digests()] == expected
        assert reader.facets(Query()).total == reader.total(Query()) == len(expected)
        assert sum(1 for _ in reader.export(parse("-không"))) == reader.total(parse("-không"))
    reader.close()


def test_only_one_process_builds(link: Path) -> None:
    one, other = opened(link), opened(link)
    with one.build("one") as build:
        build.apply(SCATTERED[:1], (), at(1))
        with pytest.raises(BusyError), other.build("one"):
            pass
        build.switch()
    assert other.total(Query()) == 1
    one.close()
    other.close()


def test_what_a_dead_build_left_is_removed(link: Path) -> None:
    search = opened(link)
    search.apply(SCATTERED[:1], (), at(1))
    (link.parent / "search.db.7").write_bytes(b"left")
    (link.parent / "search.db.7-wal").write_bytes(b"left")
    with search.build("one") as build:
        build.switch()
    left = {file.name.removesuffix("-wal").removesuffix("-shm") for file in link.parent.iterdir()}
    assert left == {"search.db", "search.db.lock", link.readlink().name}
    search.close()


# What can be wrong with a file


def test_a_damaged_file_says_what_to_do_and_can_be_built_again(link: Path) -> None:
    search = opened(link)
    search.apply(SCATTERED, (), at(300))
    search.close()
    version = link.parent / link.readlink()
    version.write_bytes(b"no index" * 2_000)
    with pytest.raises(StaleError, match="index rebuild"):
        search.total(Query())
    with pytest.raises(StaleError, match="index rebuild"):
        search.apply(SCATTERED[:1], (), at(301))
    with search.build("one") as build:
        build.apply(SCATTERED, (), at(300))
        build.switch()
    assert search.total(Query()) == len(SCATTERED)
    search.close()


def test_a_file_of_another_version_says_what_to_do(link: Path) -> None:
    search = opened(link)
    search.apply(SCATTERED[:1], (), at(1))
    search.close()
    with apsw.Connection(str(link)) as connection:
        connection.execute("UPDATE meta SET value = 'fts5-0' WHERE name = 'layout'")
    connection.close()
    for act in (search.position, lambda: search.apply((), (), at(2)), lambda: search.find(Query())):
        with pytest.raises(StaleError, match="another version"):
            act()
    search.close()


def test_a_file_that_is_not_ours_is_left_alone(link: Path) -> None:
    link.parent.mkdir()
    link.write_text("mine")
    search = opened(link)
    with pytest.raises(EngineError, match="Move it away"):
        search.apply(SCATTERED[:1], (), at(1))
    assert link.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_an_error_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError):
        opened(tmp_path / "file" / "search.db").apply(SCATTERED[:1], (), at(1))


def test_threads_share_one_index(link: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    search = opened(link)
    search.apply(written(), (), at(99))
    expected = search.find(parse("ngập"))

    def ask(number: int) -> bool:
        if number % 10 == 0:
            search.apply((), (), at(99 + number))
        return search.find(parse("ngập")) == expected and search.total(Query(), Filters()) == len(written())

    with ThreadPoolExecutor(12) as threads:
        assert all(threads.map(ask, range(300)))
    assert search.position() == Position("one", 389)
    search.close()
