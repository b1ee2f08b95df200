"""Elasticsearch keeps the contract on a real server, and outlives kills, lack of room, wrong passwords."""

from __future__ import annotations

import json
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from sangtin.errors import EngineError
from sangtin.search import ANY, Gone, Query, Search, StaleError, open_search, parse
from sangtin.search.elasticsearch.version import REPLACED_S
from tests.search.contract import SCATTERED, Contract, Fresh, at
from tests.search.oracle import Oracle
from tests.search.posts import scattered
from tests.search.server import any_server, run, started

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("elasticsearch")]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server's URL."""
    with any_server() as found:
        yield found


def call(url: str, method: str = "GET", body: Any = None) -> Any:
    """One plain request to a server."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def fresh(url: str) -> Iterator[Fresh]:
    """Opens one empty index after another, under prefixes of its own."""
    prefix, numbers, opened = f"test-{uuid.uuid4().hex[:8]}", count(), []

    def open_one() -> Search:
        opened.append(open_search(url, prefix=f"{prefix}-{next(numbers)}"))
        return opened[-1]

    yield open_one
    for search in opened:
        search.close()
    if names := list(call(f"{url}/{prefix}-*/_alias")):
        call(f"{url}/{','.join(names)}", "DELETE")


class TestContract(Contract):
    """Elasticsearch keeps every promise."""

    examples = 30
    histories = 5


def test_a_long_id_is_held_and_removed(fresh: Fresh) -> None:
    search, document = fresh(), replace(SCATTERED[0], id="s:" + "ế" * 600)
    search.apply([document], (), at(1))
    assert search.get([document.id]) == {document.id: document}
    search.apply((), [Gone(document.id, 2)], at(2))
    assert search.total(Query()) == 0


def test_what_the_server_refuses_is_named_and_the_rest_is_held(fresh: Fresh) -> None:
    search, huge = fresh(), replace(SCATTERED[0], id="s:huge", source="x" * 40_000)
    refusals = search.apply([huge, SCATTERED[1]], (), at(2))
    assert [(r.id, r.number) for r in refusals] == [("s:huge", huge.number)]
    assert refusals[0].reason
    assert search.total(Query()) == 1
    assert search.position() == at(2)


def test_a_large_batch_goes_in_parts(fresh: Fresh) -> None:
    search = fresh()
    crowd = [replace(d, text="lũ " * 30_000, id=f"l:{n}") for n, d in enumerate(SCATTERED[:40])]
    assert search.apply(crowd, (), at(300)) == ()
    assert search.total(parse("lũ")) == 40


def test_an_index_of_another_version_says_what_to_do(url: str) -> None:
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED[:1], (), at(1))
    call(f"{url}/{prefix}-1/_mapping", "PUT", {"_meta": {"layout": "elasticsearch-0"}})
    other = open_search(url, prefix=prefix)
    for act in (other.position, lambda: other.apply((), (), at(2)), lambda: other.find(Query())):
        with pytest.raises(StaleError, match="index rebuild"):
            act()
    with other.build("one") as build:
        build.apply(SCATTERED, (), at(300))
        build.switch()
    assert other.total(Query()) == len(SCATTERED)
    call(f"{url}/{prefix}-1", "DELETE")
    call(f"{url}/{prefix}-2", "DELETE")


def test_an_index_has_one_name_at_every_address_of_its_cluster(url: str) -> None:
    here, there = (open_search(each, prefix="named") for each in (url, url.replace("127.0.0.1", "localhost")))
    assert here.name() == there.name()
    assert here.name() != open_search(url, prefix="other").name()
    assert "127.0.0.1" not in here.name()


def test_a_replaced_index_is_dropped_in_time_and_an_abandoned_one_by_the_next_build(url: str) -> None:
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED[:1], (), at(1))
    with search.build("one") as build:
        build.apply(SCATTERED[:1], (), at(1))
        build.switch()
    call(f"{url}/{prefix}-7", "PUT")
    assert set(call(f"{url}/{prefix}-*/_alias")) == {f"{prefix}-1", f"{prefix}-2", f"{prefix}-7"}
    about = call(f"{url}/{prefix}-1/_mapping")[f"{prefix}-1"]["mappings"]["_meta"]
    for ago, held in ((REPLACED_S - 600, {f"{prefix}-1", f"{prefix}-2"}), (REPLACED_S, {f"{prefix}-2"})):
        call(f"{url}/{prefix}-1/_mapping", "PUT", {"_meta": {**about, "retired": about["retired"] - ago}})
        with search.build("one"):
            pass
        assert set(call(f"{url}/{prefix}-*/_alias")) == held
    call(f"{url}/{prefix}-2", "DELETE")


def test_a_full_disk_is_said_and_work_resumes_when_there_is_room(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sangtin.search.elasticsearch.server._WAITS", (0.01, 0.01))
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED[:1], (), at(1))
    settings = f"{url}/{prefix}-1/_settings"
    call(settings, "PUT", {"index.blocks.read_only_allow_delete": True})
    with pytest.raises(EngineError, match=r"disk .* is full .*nothing was lost"):
        search.apply(SCATTERED[1:5], (), at(5))
    assert search.total(Query()) == 1
    assert search.position() == at(1)
    call(settings, "PUT", {"index.blocks.read_only_allow_delete": None})
    search.apply(SCATTERED[1:5], (), at(5))
    assert search.total(Query()) == 5
    call(f"{url}/{prefix}-1", "DELETE")


@pytest.mark.parametrize("block", ["index.blocks.read_only", "index.blocks.write"])
def test_what_an_operator_blocked_is_said_and_no_document_is_blamed(url: str, block: str) -> None:
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED[:1], (), at(1))
    call(f"{url}/{prefix}-1/_settings", "PUT", {block: True})
    with pytest.raises(EngineError, match=r"read-only .*Lift that block"):
        search.apply(SCATTERED[1:5], (), at(5))
    assert search.position() == at(1)
    call(f"{url}/{prefix}-1/_settings", "PUT", {block: None})
    assert search.apply(SCATTERED[1:5], (), at(5)) == ()
    assert search.total(Query()) == 5
    call(f"{url}/{prefix}-1", "DELETE")


def test_an_index_may_be_split_and_answers_the_same(url: str) -> None:
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix, shards=3)
    search.apply(SCATTERED, (), at(300))
    settings = call(f"{url}/{prefix}-1/_settings")[f"{prefix}-1"]["settings"]["index"]
    assert settings["number_of_shards"] == "3"
    oracle = Oracle(SCATTERED)
    for query in map(parse, ("", "hoà", "label:spam", "n*", '"ngap hue"')):
        assert [h.document for h in search.find(query, limit=50).hits] == oracle.find(query, ANY)[:50]
        assert search.facets(query) == oracle.facets(query, ANY)
        assert [h.document for h in search.export(query)] == oracle.find(query, ANY)
    assert [d.id for d in search.digests()] == sorted(d.id for d in SCATTERED)
    call(f"{url}/{prefix}-1", "DELETE")


def test_an_index_that_somebody_deleted_is_said_or_made_again(url: str) -> None:
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED[:1], (), at(1))
    with search.build("one") as build:
        call(f"{url}/{prefix}-2", "DELETE")
        with pytest.raises(EngineError, match="index rebuild"):
            build.apply(SCATTERED, (), at(300))
    call(f"{url}/{prefix}-1", "DELETE")
    assert search.position() is None
    search.apply(SCATTERED, (), at(300))
    assert search.total(Query()) == len(SCATTERED)
    call(f"{url}/{prefix}-1", "DELETE")


def test_what_a_write_made_of_a_deleted_build_is_never_shown(url: str) -> None:
    """A server makes an index that is written to, with a mapping of its own guess."""
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    search = open_search(url, prefix=prefix)
    search.apply(SCATTERED, (), at(300))
    with search.build("one") as build:
        call(f"{url}/{prefix}-2", "DELETE")
        call(f"{url}/{prefix}-2", "PUT")
        with pytest.raises(EngineError, match="index rebuild"):
            build.switch()
    assert search.total(Query()) == len(SCATTERED)
    assert set(call(f"{url}/{prefix}-*/_alias")) == {f"{prefix}-1"}
    call(f"{url}/{prefix}-1", "DELETE")


GUARDED = {"ES_PORT": "9251", "ES_PASSWORD": "s3cret-test", "ES_HEAP": "512m"}


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server of our own with security on, which a test may kill."""
    with started(**GUARDED) as found:
        yield found


def test_a_wrong_password_is_said_without_it(guarded: str) -> None:
    host = guarded.removeprefix("http://")
    for login in ("", "elastic:wr0ng-word@"):
        search = open_search(f"http://{login}{host}", prefix="closed")
        with pytest.raises(EngineError, match="password") as error:
            search.find(Query())
        assert "wr0ng" not in error.value.message
    search = open_search(f"http://elastic:s3cret-test@{host}", prefix="closed")
    assert search.total(Query()) == 0


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_killed_while_it_is_written_it_ends_up_as_the_record(guarded: str, kills: int) -> None:
    prefix = f"killed-{uuid.uuid4().hex[:8]}"
    url = f"http://elastic:s3cret-test@{guarded.removeprefix('http://')}"
    search, oracle = open_search(url, prefix=prefix), Oracle()
    crowd = scattered(600 * kills, seed=7)
    batches = [
        (crowd[start : start + 100], [Gone(f"s:{start}", start + 100)], at(start + 100))
        for start in range(0, len(crowd), 100)
    ]
    stop, killed = threading.Event(), 0

    def kill() -> None:
        nonlocal killed
        while killed < kills and not stop.is_set():
            run("kill", **GUARDED)
            killed += 1
            run("start", **GUARDED)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        step = 0
        while step < len(batches) or killed < kills:
            documents, gone, position = batches[min(step, len(batches) - 1)]
            try:
                search.apply(documents, gone, position)
            except EngineError:
                continue
            step += 1
    finally:
        stop.set()
        killer.join()
    for documents, gone, _ in batches:
        oracle.apply(documents, gone)
    assert search.position() == batches[-1][2]
    assert [(d.id, d.digest) for d in search.digests()] == [
        (d.id, d.digest()) for d in sorted(oracle.held.values(), key=lambda d: d.id)
    ]
    assert search.total(Query()) == len(oracle.held)
