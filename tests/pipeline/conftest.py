"""Homes for the tests of the main job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.running import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that was just initialised."""
    made = Home(tmp_path / "home")
    made.run("init")
    return made
