"""One small trained model for all tests of this room, and the development data where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.nlp.small import ROWS, fit_small


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fitted") / "model"
    fit_small(ROWS * 20, ROWS * 10, made)
    return made


@pytest.fixture(scope="session")
def data() -> Path:
    folder = os.environ.get("SANGTIN_TEST_DATA")
    if not folder:
        pytest.skip("SANGTIN_TEST_DATA names no folder of development data")
    return Path(folder)
