"""Tests of what needs the extra `phobert`, left out elsewhere; `make test` gives them an environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nlp.backend import has_torch
from tests.nlp.tiny import make_folder

# Test processes run side by side, and OpenMP's threads would wait for each other: one each, in children too.
os.environ.setdefault("OMP_NUM_THREADS", "1")

collect_ignore_glob = [] if has_torch() else ["test_*.py"]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("tiny") / "folder")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")
