"""What compose.yaml and docs/operations.md tell users to set is what the real servers know and we need."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from sangtin.errors import EngineError
from sangtin.search import Position, Query, open_search
from tests.engines.machines import Cluster, Elsewhere, Script
from tests.pipeline.running import sample_rows, write_jsonl
from tests.search.contract import SCATTERED

HERE = Path(__file__).resolve().parents[2]
COMPOSED: dict[str, Any] = yaml.safe_load((HERE / "compose.yaml").read_text(encoding="utf-8"))
OPERATIONS = (HERE / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICES = COMPOSED["services"]
PORTS = (5572, 9272)
PASSWORD = "mot-mat-khau-dai"


def block(language: str, containing: str) -> str:
    """The one fenced block of docs/operations.md that holds some words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", OPERATIONS, re.MULTILINE | re.DOTALL)
    (found,) = [each for each in blocks if containing in each]
    return str(found)


def test_it_starts_both_engines_on_this_machine_only() -> None:
    assert set(SERVICES) == {"postgresql", "elasticsearch"}
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]
        volumes = [volume.partition(":")[0] for volume in service["volumes"]]
        assert set(volumes) <= set(COMPOSED["volumes"])


def test_no_password_stands_in_it_and_none_may_be_left_out() -> None:
    for name, service in SERVICES.items():
        asked = f"${{{name.upper()}_PASSWORD:?"
        secrets = [value for key, value in service["environment"].items() if "PASSWORD" in key]
        assert secrets
        assert all(str(value).startswith(asked) for value in secrets)


def test_its_images_are_of_versions_that_the_contract_is_kept_on() -> None:
    assert SERVICES["postgresql"]["image"] == "postgres:15"
    assert SERVICES["elasticsearch"]["image"].rpartition(":")[2].rpartition(".")[0] in ("8.19", "9.2")


@pytest.mark.servers
def test_the_servers_know_every_setting_that_is_named(cluster: Cluster) -> None:
    named = [each.partition("=")[0] for each in SERVICES["postgresql"]["command"] if "=" in each]
    url = make_url(cluster.record).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        known = set(connection.exec_driver_sql("SELECT name FROM pg_settings").scalars())
    engine.dispose()
    assert named
    assert set(named) <= known
    asked = f"{cluster.search}/_cluster/settings?include_defaults=true&flat_settings=true"
    with urllib.request.urlopen(asked, timeout=60) as answer:
        settings = {name for part in json.load(answer).values() for name in part}
    ours = {name for name in SERVICES["elasticsearch"]["environment"] if "." in name}
    assert ours
    assert ours <= settings


@pytest.mark.servers
def test_no_write_makes_an_index_of_ours_by_itself(cluster: Cluster) -> None:
    written = SERVICES["elasticsearch"]["environment"]["action.auto_create_index"]
    assert written in OPERATIONS
    asked = written.replace("sangtin", cluster.prefix)

    def put(path: str, body: Any) -> int:
        data, headers = json.dumps(body).encode(), {"content-type": "application/json"}
        try:
            request = urllib.request.Request(f"{cluster.search}{path}", data, headers, method="PUT")
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert put("/_cluster/settings", {"persistent": {"action.auto_create_index": asked}}) == 200
    try:
        assert put(f"/{cluster.prefix}-77/_doc/1", {}) == 404
        assert put(f"/another-{cluster.prefix}/_doc/1", {}) == 201
        with contextlib.closing(open_search(cluster.search, prefix=cluster.prefix)) as search:
            search.apply(SCATTERED, (), Position("one", 300))
            assert search.total(Query()) == len(SCATTERED)
    finally:
        put("/_cluster/settings", {"persistent": {"action.auto_create_index": None}})


# The least that a role needs


def test_the_step_that_makes_a_role_gives_it_what_the_docs_say_it_needs() -> None:
    (given,) = re.findall(r"_security/role/sangtin\" -d '([^']*)'", OPERATIONS)
    assert json.loads(given) == json.loads(block("json", '"sangtin"'))["sangtin"]
    (user,) = re.findall(r"_security/user/sangtin\" -d '([^']*)'", OPERATIONS)
    assert json.loads(user)["roles"] == ["sangtin"]


@pytest.mark.servers
def test_a_role_with_the_rights_of_the_docs_does_the_work_on_postgresql(
    cluster: Cluster, tmp_path: Path
) -> None:
    """The owner makes and migrates the record; who works on it may not change what it is."""
    owner = cluster.machine("owner")
    database = str(make_url(cluster.record).database)
    statements = block("sql", "GRANT USAGE").replace("DATABASE sangtin", f"DATABASE {database}")
    statements = statements.replace("'…'", f"'{PASSWORD}'")
    engine = create_engine(
        make_url(cluster.record).set(drivername="postgresql+psycopg", username="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS sangtin_worker")
        for statement in filter(str.strip, statements.split(";")):
            connection.exec_driver_sql(statement)
    url = make_url(cluster.record).set(username="sangtin_worker", password=PASSWORD)
    shown = url.render_as_string(hide_password=False)
    worker = Elsewhere(tmp_path / "worker", search=cluster.search, record=shown, prefix=cluster.prefix)
    worker.run("init")
    worker.run("import", str(write_jsonl(tmp_path / "posts.jsonl", sample_rows(120))), "--source", "mau")
    assert worker.json("sieve")["placed"] == 120
    assert worker.json("index", "check")["agree"]
    assert owner.json("ledger")["identified"] == 120
    denied = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with denied.connect() as connection, pytest.raises(Exception, match="must be owner"):
        connection.exec_driver_sql("DROP TABLE post")
    denied.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP OWNED BY sangtin_worker")
        connection.exec_driver_sql("DROP ROLE sangtin_worker")
    engine.dispose()


@pytest.fixture(scope="module")
def guarded(servers: tuple[Script, Script]) -> Iterator[str]:
    """An Elasticsearch with security on and the roles of the docs, each with one user."""
    script = Script("elasticsearch", {"ES_PORT": "9273", "ES_PASSWORD": PASSWORD, "ES_HEAP": "512m"})
    url = script.act("start")
    try:
        config = _config(url)
        roles = {name: json.loads(block("json", f'"{name}"'))[name] for name in ("sangtin", "sangtin_reader")}
        (config / "roles.yml").write_text(yaml.safe_dump(roles, allow_unicode=True))
        script.act("stop")
        for file in ("users", "users_roles"):
            (config / file).write_text("")
        _add_user(config.parent, "worker", "sangtin")
        _add_user(config.parent, "reader", "sangtin_reader")
        script.act("start")
        yield url.removeprefix("http://")
    finally:
        script.act("stop")


def _add_user(home: Path, name: str, role: str) -> None:
    java = Path(str(shutil.which("java"))).resolve().parents[1]
    subprocess.run(
        [home / "bin" / "elasticsearch-users", "useradd", name, "-p", PASSWORD, "-r", role],
        env=os.environ | {"ES_JAVA_HOME": str(java)},
        check=True,
        timeout=120,
    )


def _config(url: str) -> Path:
    """Where a server keeps its settings, as it says itself."""
    login = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    login.add_password(None, url, "elastic", PASSWORD)
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(login))
    with opener.open(f"{url}/_nodes/settings?flat_settings=true", timeout=60) as answer:
        (node,) = json.load(answer)["nodes"].values()
    return Path(node["settings"]["path.home"]) / "config"


@pytest.mark.servers
def test_a_role_with_the_rights_of_the_docs_does_the_work_on_elasticsearch(guarded: str) -> None:
    with contextlib.closing(open_search(f"http://worker:{PASSWORD}@{guarded}")) as search:
        assert search.apply(SCATTERED, (), Position("one", 300)) == ()
        assert search.total(Query()) == len(list(search.export(Query()))) == len(SCATTERED)
        assert len(list(search.digests())) == len(SCATTERED)
        with search.build("one") as build:
            build.apply(SCATTERED, (), Position("one", 300))
            build.switch()
        assert search.position() == Position("one", 300)
    with (
        contextlib.closing(open_search(f"http://worker:{PASSWORD}@{guarded}", prefix="other")) as search,
        pytest.raises(EngineError, match=r"does not let this user .*docs/operations\.md"),
    ):
        search.apply(SCATTERED[:1], (), Position("one", 1))
    with contextlib.closing(open_search(f"http://reader:{PASSWORD}@{guarded}")) as search:
        assert search.total(Query()) == len(SCATTERED)
        assert len(list(search.export(Query()))) == len(SCATTERED)
        with pytest.raises(EngineError, match="does not let this user"):
            search.apply(SCATTERED[:1], (), Position("one", 301))
