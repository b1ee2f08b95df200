"""A desk with posts, served; and browsers without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.desk import Desk, copied, make_desk, open_desk
from tests.record.checking import assert_reconciled


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that tests copy: making one takes a second, copying it none."""
    folder = tmp_path_factory.mktemp("made")
    make_desk(folder)
    return folder


@pytest.fixture
def desk(made_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own for a test that changes something; its ledger must add up at the end."""
    with open_desk(copied(made_desk, tmp_path)) as opened:
        yield opened
        assert_reconciled(opened.record)


@pytest.fixture
def browser(desk: Desk) -> httpx.Client:
    """A person who has logged in at the desk."""
    return desk.client()


@pytest.fixture(scope="session")
def shared_desk(made_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests that only read."""
    with open_desk(copied(made_desk, tmp_path_factory.mktemp("shared"))) as opened:
        yield opened


@pytest.fixture(scope="session")
def reader(shared_desk: Desk) -> httpx.Client:
    """A person who has logged in at the shared desk and only reads."""
    return shared_desk.client()


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on its first day: no posts."""
    folder = tmp_path_factory.mktemp("empty")
    make_desk(folder, ())
    with open_desk(folder) as opened:
        yield opened
