"""Several machines on one record and one index: nothing is lost or done twice, whoever dies."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import URL, Table, create_engine, func, make_url, select
from sqlalchemy.pool import NullPool

from sangtin import follower
from sangtin.errors import EngineError, SangtinError
from sangtin.post import now
from sangtin.record import Record, flagged, leases, ledger, models, open_record, placing, reading
from sangtin.record.changes import last_number
from sangtin.record.schema import lease, post
from sangtin.search import Filters, Query, Search, open_search
from tests.engines.machines import Cluster, Elsewhere, wait_until
from tests.pipeline.running import many_rows, write_jsonl
from tests.search.asking import answered_throughout

pytestmark = pytest.mark.servers
PORTS = (5571, 9271)


def overlapping(folder: Path, rows: Sequence[dict[str, object]], files: int) -> list[Path]:
    """The rows spread over files, each of which holds 30 % of the next one's rows too."""
    share = -(-len(rows) // files)
    found = []
    for at in range(files):
        some = [*rows[at * share : (at + 1) * share + share * 3 // 10]]
        found.append(write_jsonl(folder / f"part{at}.jsonl", some))
    return found


def left(record: Record) -> int:
    """How many posts wait to be placed or to be read."""
    with record.read() as connection:
        model = models.current_model(connection)
        return placing.count_unplaced(connection) + reading.count_unread(connection, model)


def import_all(machines: Sequence[Elsewhere], files: Sequence[Path]) -> list[dict[str, Any]]:
    """Import a file on each machine at the same time."""
    with ThreadPoolExecutor(len(files)) as pool:
        return list(
            pool.map(
                lambda pair: pair[0].json("import", str(pair[1]), "--source", "mau"),
                zip(machines, files, strict=True),
            )
        )


def agree(cluster: Cluster, machine: Elsewhere, posts: int) -> None:
    """Index and record are equal without any mending."""
    machine.run("index", "follow")
    assert machine.json("index", "check") == {"posts": posts, "mended": 0, "agree": True}
    assert machine.json("search", "", "--limit", "1")["total"] == posts
    cluster.assert_each_once(posts)


@pytest.mark.parametrize("posts", [800, pytest.param(100_000, marks=pytest.mark.soak)])
def test_four_workers_sieve_what_four_imports_bring_each_post_once(cluster: Cluster, posts: int) -> None:
    machines = [cluster.machine(f"machine{n}") for n in range(4)]
    files = overlapping(cluster.folder, many_rows(posts), 4)
    with contextlib.ExitStack() as beside, cluster.opened() as record:
        workers = [beside.enter_context(each.running("sieve", "--watch")) for each in machines]
        counted = import_all(machines, files)
        wait_until(lambda: left(record) == 0, "the workers' end", 3_000)
        assert all(worker.poll() is None for worker in workers)
        with record.read() as connection:
            readers = connection.execute(select(lease.c.name).where(lease.c.name.like("read:%"))).all()
        assert len(readers) == 4
    assert sum(each["new"] for each in counted) == posts
    assert sum(each["seen"] for each in counted) == sum(each["read"] for each in counted) - posts > 0
    agree(cluster, machines[0], posts)


@pytest.mark.parametrize(("kills", "posts"), [(3, 4_000), pytest.param(50, 80_000, marks=pytest.mark.soak)])
def test_workers_that_are_killed_lose_nothing_and_do_nothing_twice(
    cluster: Cluster, kills: int, posts: int
) -> None:
    machines = [cluster.machine(f"machine{n}") for n in range(3)]
    machines[0].run(
        "import", str(write_jsonl(cluster.folder / "all.jsonl", many_rows(posts))), "--source", "mau"
    )
    dice, killed = random.Random(5), 0
    with cluster.opened() as record, contextlib.ExitStack() as beside:
        workers = [beside.enter_context(each.running("sieve", "--watch")) for each in machines]
        while killed < kills:
            before = left(record)
            assert before, f"the work ended after {killed} kills"
            # A share of what is left: the others go on while one is killed and started again.
            share = dice.uniform(0.2, 0.9) * before / (kills - killed + 1)
            wait_until(lambda until=before - share: left(record) <= until, "work to go on")  # type: ignore[misc]
            at = dice.randrange(len(workers))
            workers[at].kill()
            workers[at].wait()
            killed += 1
            workers[at] = beside.enter_context(machines[at].running("sieve", "--watch"))
        wait_until(lambda: left(record) == 0, "the workers' end", 3_000)
    agree(cluster, machines[1], posts)


@pytest.mark.parametrize(("kills", "posts"), [(3, 6_000), pytest.param(20, 80_000, marks=pytest.mark.soak)])
def test_an_elasticsearch_that_is_killed_while_it_is_written_ends_as_the_record(
    cluster: Cluster, kills: int, posts: int
) -> None:
    """A share of the posts is brought at each kill, so that the watcher is never done before it."""
    machine, rows = cluster.machine("machine"), many_rows(posts)
    share = posts // kills
    dice, left_behind = random.Random(6), []
    search = open_search(cluster.search, prefix=cluster.prefix)
    with (
        machine.running("sieve", "--watch") as worker,
        machine.running("index", "follow", "--watch") as watcher,
        contextlib.closing(search),
        cluster.opened() as record,
    ):
        for nth in range(kills):
            some = rows[nth * share :] if nth == kills - 1 else rows[nth * share : (nth + 1) * share]
            file = write_jsonl(cluster.folder / f"part{nth}.jsonl", some)
            until = _followed(search) + share * dice.random() / 2
            with Elsewhere(machine.folder, record=cluster.record).running(
                "import", str(file), "--source", "mau"
            ) as bringing:
                wait_until(lambda until=until: _followed(search) > until, "the index to be written")  # type: ignore[misc]
                followed = _followed(search)
                time.sleep(dice.uniform(0, 0.2))  # anywhere in a batch, not at its end
                cluster.elasticsearch.act("kill")
                assert bringing.wait(600) == 0
            left_behind.append(_last(record) - followed)
            cluster.elasticsearch.act("start")
        wait_until(lambda: left(record) == 0 and _lag(record, search) == 0, "the index to catch up", 3_000)
        assert (worker.poll(), watcher.poll()) == (None, None)
    assert len(left_behind) == kills
    assert min(left_behind) > 0
    agree(cluster, machine, posts)


def _followed(search: Search) -> int:
    """The number of the last change that the index holds."""
    try:
        position = search.position()
    except EngineError:
        return 0
    return position.number if position else 0


def _last(record: Record) -> int:
    """The number of the last change of the record."""
    with record.read() as connection:
        return last_number(connection)


def _lag(record: Record, search: Search) -> int | None:
    try:
        return follower.lag(record, search)
    except EngineError:
        return None


def test_a_postgresql_that_is_killed_is_worked_on_again_by_itself(cluster: Cluster) -> None:
    """By who was at work, and by who began while it was down."""
    machines = [cluster.machine(f"machine{n}") for n in range(2)]
    file = write_jsonl(cluster.folder / "all.jsonl", many_rows(1_500))
    machines[0].run("import", str(file), "--source", "mau")
    with contextlib.ExitStack() as beside:
        workers = [beside.enter_context(machines[0].running("sieve", "--watch"))]
        workers.append(beside.enter_context(machines[0].running("index", "follow", "--watch")))
        with cluster.opened() as record:
            wait_until(lambda: left(record) < 1_500, "work to begin")
        cluster.postgresql.act("kill")
        workers.append(beside.enter_context(machines[1].running("sieve", "--watch")))
        machines[1].run("ledger", expect=6)
        cluster.postgresql.act("start")
        with cluster.opened() as record:
            wait_until(lambda: left(record) == 0, "the work to go on")
        assert [worker.poll() for worker in workers] == [None, None, None]
    agree(cluster, machines[0], 1_500)


def test_a_wrong_password_is_refused_in_words_by_postgresql(cluster: Cluster) -> None:
    right = make_url(cluster.record).set(username="sangtin_guest", password="s3cret-right")
    admin = create_engine(
        right.set(drivername="postgresql+psycopg", username="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with admin.connect() as connection:
        entries = Path(str(connection.exec_driver_sql("SHOW hba_file").scalar_one()))
        before = entries.read_text()
        connection.exec_driver_sql("DROP ROLE IF EXISTS sangtin_guest")
        connection.exec_driver_sql("CREATE ROLE sangtin_guest LOGIN PASSWORD 's3cret-right'")
        try:
            entries.write_text(f"host all sangtin_guest all scram-sha-256\n{before}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            wait_until(
                lambda: _said(right.set(password="s3cret-wrong")).startswith("EngineError"), "the entry"
            )
            assert "refuses the name and password" in _said(right.set(password="s3cret-wrong"))
            assert _said(right).startswith("MissingError")
        finally:
            entries.write_text(before)
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            connection.exec_driver_sql("DROP ROLE sangtin_guest")


def _said(url: URL) -> str:
    """What opening a record there fails with; nothing secret."""
    with pytest.raises(SangtinError) as error:
        open_record(url.render_as_string(hide_password=False))
    assert "s3cret" not in error.value.message
    return f"{error.typename}: {error.value.message}"


def test_the_placer_and_the_follower_pass_on_when_their_machine_dies(cluster: Cluster) -> None:
    """The leases of a machine that is gone lapse; those of a dead process on this one are noticed at once."""
    machine = cluster.machine("machine")
    file = write_jsonl(cluster.folder / "all.jsonl", many_rows(300))
    with contextlib.closing(open_search(cluster.search, prefix=cluster.prefix)) as search:
        follow = follower.lease_name(search)
    with cluster.opened() as record:
        for name in ("place", follow):  # of a machine that was last heard of half a lease ago
            gone = {"name": name, "holder": f"gone {name}", "host": "elsewhere", "pid": 1, "began": "1"}
            with record.beside() as writing:
                writing.connection.execute(lease.insert().values(expires_at=now() + leases.LAPSE / 2, **gone))
        with machine.running("sieve", "--watch"), machine.running("index", "follow", "--watch"):
            with machine.running("import", str(file), "--source", "mau"):
                wait_until(lambda: _count(record, post) == 300, "the import")
            wait_until(lambda: left(record) == 0, "the placer to pass on")
        with record.read() as connection:
            names = connection.execute(select(lease.c.holder).where(lease.c.holder.like("gone%"))).all()
    assert names == []
    agree(cluster, machine, 300)


def _count(record: Record, table: Table) -> int:
    with record.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("posts", [1_500, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_rebuild_leaves_no_search_failed_or_empty(cluster: Cluster, posts: int) -> None:
    """While posts are sieved, too."""
    machine = cluster.machine("machine")
    machine.run("import", str(write_jsonl(cluster.folder / "all.jsonl", many_rows(posts))), "--source", "mau")
    with (
        contextlib.closing(open_search(cluster.search, prefix=cluster.prefix)) as search,
        machine.running("sieve", "--watch") as worker,
        answered_throughout(search, posts),
    ):
        for _ in range(1 if posts > 10_000 else 3):
            machine.run("index", "rebuild")
        assert worker.poll() is None


def test_while_the_search_is_down_the_screens_show_what_they_can_and_then_all_of_it(cluster: Cluster) -> None:
    machine = cluster.machine("machine")
    file = write_jsonl(cluster.folder / "all.jsonl", many_rows(120))
    machine.run("import", str(file), "--source", "mau")
    with machine.running("serve", "--no-workers", "--port", "0") as server:
        assert server.stdout
        link = server.stdout.readline().decode().split()[-1]
        with httpx.Client(base_url=link.partition("/login")[0], timeout=120) as browser:
            assert browser.get(link).status_code == 303
            assert browser.get("/search?q=ngap").status_code == 200
            cluster.elasticsearch.act("stop")
            down = browser.get("/search?q=ngap")
            assert down.status_code == 503
            assert "Tổng quan và hàng chờ vẫn dùng được" in down.text
            assert [browser.get(path).status_code for path in ("/", "/queue", "/sources")] == [200] * 3
            assert browser.get("/api/v1/ledger").json()["identified"] == 120
            failed = browser.get("/api/v1/search")
            assert failed.status_code == 503
            assert "does not answer" in failed.json()["error"]
            assert browser.get("/api/v1/health").json() == {"record": True, "search": False, "lag": None}
            assert "sangtin_index_up 0" in browser.get("/api/v1/metrics").text
            cluster.elasticsearch.act("start")
            wait_until(lambda: browser.get("/search?q=ngap").status_code == 200, "the search to come back")
            assert browser.get("/api/v1/health").json() == {"record": True, "search": True, "lag": 0}


def test_an_export_is_as_long_as_the_count_and_whole(cluster: Cluster) -> None:
    machine = cluster.machine("machine")
    machine.run("import", str(write_jsonl(cluster.folder / "all.jsonl", many_rows(2_500))), "--source", "mau")
    out = cluster.folder / "out.jsonl"
    assert machine.json("export", str(out)) == {"rows": 2_500}
    assert len({line.split('"')[3] for line in out.read_text().splitlines()}) == 2_500


def counts_agree(cluster: Cluster) -> None:
    """By label, day, source and flag the index counts what the record counts."""
    with contextlib.closing(open_search(cluster.search, prefix=cluster.prefix)) as search:
        found = search.facets(Query())
        kept = {bin_: search.facets(Query(), Filters(bins=(bin_,))) for bin_ in found.bins}
    with cluster.opened() as record, record.read() as connection:
        days, sources = ledger.trend(connection), ledger.by_source(connection)
        flags = flagged.count_flagged(connection)
    assert found.days == {day: each.identified for day, each in days.items()}
    assert found.sources == {source: each.identified for source, each in sources.items()}
    assert {flag: found.flags.get(flag, 0) for flag in flags} == flags
    assert any(flags.values())
    for bin_, some in kept.items():
        of_days = {day: getattr(each, bin_) for day, each in days.items() if getattr(each, bin_)}
        of_sources = {name: getattr(each, bin_) for name, each in sources.items() if getattr(each, bin_)}
        assert (some.days, some.sources) == (of_days, of_sources)


def test_the_ledger_the_search_and_a_copy_on_sqlite_count_the_same(cluster: Cluster) -> None:
    machine = cluster.machine("machine")
    rows = many_rows(600)
    for source, some in (("mau", rows[:400]), ("khac", rows[400:])):
        file = write_jsonl(cluster.folder / f"{source}.jsonl", some)
        machine.run("import", str(file), "--source", source)
    machine.run("sieve")
    counts_agree(cluster)
    counted = machine.json("ledger")
    for bin_ in ("pending", "duplicate", "spam", "negative", "positive"):
        assert machine.json("search", "", "--label", bin_, "--limit", "1")["total"] == counted[bin_]
    there = f"sqlite:///{cluster.folder / 'laptop' / 'record.db'}"
    assert machine.json("record", "copy", cluster.record, there)["posts"] == 600
    laptop = Elsewhere(cluster.folder / "laptop", record=there)
    laptop.run("init")
    assert laptop.json("ledger") == counted
    laptop.run("index", "follow")
    assert laptop.json("index", "check") == {"posts": 600, "mended": 0, "agree": True}
    assert laptop.json("search", "ngap lut", "--limit", "9") == machine.json(
        "search", "ngap lut", "--limit", "9"
    )
