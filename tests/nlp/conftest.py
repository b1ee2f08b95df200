"""One small model for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

import nlp
from tests.nlp.small import make_model

THRESHOLDS = {"negative": 0.5, "positive": 0.5, "spam": 0.9}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("model") / "small"
    make_model(made, THRESHOLDS)
    return made


@pytest.fixture(scope="session")
def model(folder: Path) -> nlp.Model:
    return nlp.load(folder)
