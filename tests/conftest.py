"""Tests as pytest found them → in the order in which two processes end at nearly the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

# The files that take longest, as the durations of `make test` order them. A file stays with one process
# (`--dist loadfile`), and one that began last would leave the other process without work.
LONGEST = (
    "engines/test_cluster.py",
    "search/test_elasticsearch.py",
    "pipeline/test_kills.py",
    "record/test_copying.py",
    "pipeline/test_crew.py",
    "pipeline/test_main_job.py",
    "engines/test_compose.py",
    "record/test_machine.py",
    "browser/test_queue_keys.py",
    "dedupe/test_place.py",
    "pipeline/test_broken_homes.py",
    "training/test_flags.py",
    "browser/test_screens.py",
    "dedupe/test_command.py",
    "record/test_placing.py",
    "nlp/test_passage.py",
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    ranks = {HERE / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))
