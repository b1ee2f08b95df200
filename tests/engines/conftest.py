"""Real servers of our own, which tests of a module share and may kill."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.machines import Cluster, Script, new_database


@pytest.fixture(scope="module")
def servers(request: pytest.FixtureRequest) -> Iterator[tuple[Script, Script]]:
    """A PostgreSQL and an Elasticsearch on the module's ports."""
    if not os.environ.get("SANGTIN_TEST_SERVERS"):
        pytest.skip("SANGTIN_TEST_SERVERS names no folder of server scripts")
    postgresql = Script("postgresql", {"PG_PORT": str(request.module.PORTS[0])})
    elasticsearch = Script("elasticsearch", {"ES_PORT": str(request.module.PORTS[1]), "ES_HEAP": "512m"})
    try:
        postgresql.act("start")
        elasticsearch.act("start")
        yield postgresql, elasticsearch
    finally:
        elasticsearch.act("stop")
        postgresql.act("stop")


@pytest.fixture
def cluster(servers: tuple[Script, Script], tmp_path: Path) -> Iterator[Cluster]:
    """An empty database and an unused prefix."""
    postgresql, elasticsearch = servers
    with new_database(postgresql.act("url")) as record:
        prefix = f"test-{secrets.token_hex(4)}"
        yield Cluster(tmp_path, record, elasticsearch.act("url"), prefix, postgresql, elasticsearch)
