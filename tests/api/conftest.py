"""A desk with posts, served; and a browser without a window that has logged in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.desk import Desk, open_desk
from tests.record.checking import assert_reconciled


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own for a test that changes something; its ledger must add up at the end."""
    with open_desk(tmp_path) as made:
        yield made
        assert_reconciled(made.record)


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    """A person who has logged in at the desk."""
    with contextlib.closing(desk.client()) as client:
        yield client


@pytest.fixture(scope="session")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests that only read."""
    with open_desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture(scope="session")
def reader(shared_desk: Desk) -> Iterator[httpx.Client]:
    """A person who has logged in at the shared desk and only reads."""
    with contextlib.closing(shared_desk.client()) as client:
        yield client


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on its first day: no posts."""
    with open_desk(tmp_path_factory.mktemp("empty"), ()) as made:
        yield made
