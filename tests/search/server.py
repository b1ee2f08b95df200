"""A real Elasticsearch for tests: one that runs already, or one that is started by the given scripts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Compiled in one step: a server for tests lives too short to earn back what better machine code costs. With
# it a start takes 5 s of processor time, without it 10 s.
QUICKLY = {"ES_JAVA_OPTS": "-XX:TieredStopAtLevel=1", "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}


def script() -> Path:
    """The script that starts, kills and stops a server; skips where there is none."""
    folder = os.environ.get("SANGTIN_TEST_SERVERS")
    if not folder:
        pytest.skip("SANGTIN_TEST_SERVERS names no folder of server scripts")
    return Path(folder) / "elasticsearch"


def run(act: str, **environment: str) -> str:
    """Let the script act; what it prints."""
    done = subprocess.run(
        [script(), act],
        env=QUICKLY | os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=180,
    )
    return done.stdout.split()[-1] if done.stdout.split() else ""


@contextmanager
def started(**environment: str) -> Iterator[str]:
    """The URL of a server that runs for the length of a block."""
    url = run("start", **environment)
    try:
        yield url
    finally:
        run("stop", **environment)


@contextmanager
def any_server() -> Iterator[str]:
    """The URL of a server that runs already, else of one that is started."""
    if url := os.environ.get("SANGTIN_TEST_ELASTICSEARCH"):
        yield url
        return
    with started() as url:
        yield url
