"""A record that must reconcile at the end of every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sangtin.record import Record, init_record, sources
from tests.record.checking import assert_reconciled


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """An empty record with two sources; when the test ends, its ledger must add up in every way."""
    made = init_record(f"sqlite:///{tmp_path / 'record.db'}")
    with made.write() as writing:
        sources.ensure(writing, "bao-mau")
        sources.ensure(writing, "dien-dan")
    yield made
    assert_reconciled(made)
    made.close()
