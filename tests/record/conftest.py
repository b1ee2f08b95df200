"""A record that must reconcile at the end of every test: on SQLite, and on PostgreSQL where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sangtin.record import Record, open_record
from tests.record import empty
from tests.record.checking import assert_reconciled


@pytest.fixture(params=["sqlite", *empty.ON_SERVERS])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Record]:
    """An empty record with two sources; when the test ends, its ledger must add up in every way."""
    if request.param == "sqlite":
        yield from _checked(empty.on_sqlite(tmp_path))
        return
    with empty.on_postgresql() as url:
        yield from _checked(url)


@pytest.fixture
def shared() -> Iterator[Record]:
    """An empty record on PostgreSQL, for what only many writers at once can show."""
    if not empty.has_server():
        pytest.skip("neither SANGTIN_TEST_POSTGRESQL nor SANGTIN_TEST_SERVERS is set")
    with empty.on_postgresql() as url:
        yield from _checked(url)


def _checked(url: str) -> Iterator[Record]:
    opened = open_record(url)
    yield opened
    assert_reconciled(opened)
    opened.close()
