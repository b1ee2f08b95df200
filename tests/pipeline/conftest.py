"""Homes for the tests of the main job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.running import Home, new_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that was just initialised."""
    return new_home(tmp_path / "home")
