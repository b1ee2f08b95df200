"""Work that runs beside this process → child processes that die with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

from sangtin.python import environment
from sangtin.settings import Settings

PARENT = "SANGTIN_PARENT"
# prctl(2): the signal that the kernel sends to this process when its parent dies.
PR_SET_PDEATHSIG = 1
# How long a child may take to finish its batch when it is asked to stop, in seconds.
PATIENCE_S = 10


@contextlib.contextmanager
def children(
    settings: Settings, commands: Sequence[Sequence[str]], stdout: int = subprocess.DEVNULL
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run commands of `sangtin` beside this process for the length of a block, on the same home.

    `stdout` is where they print, as `subprocess.Popen` takes it.
    """
    running = [_start(settings, command, stdout) for command in commands]
    try:
        yield running
    finally:
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()


def die_with_parent() -> None:
    """Let the kernel end this process when the one that started it is gone; for children only."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        raise SystemExit(0)


def _start(settings: Settings, command: Sequence[str], stdout: int) -> subprocess.Popen[bytes]:
    where = {
        "SANGTIN_HOME": str(settings.home),
        "SANGTIN_RECORD": settings.record_url,
        "SANGTIN_SEARCH": settings.search_url,
        PARENT: str(os.getpid()),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "sangtin", *command],
        env=environment() | where,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        # Ctrl-C reaches this process alone, which asks its children to finish.
        start_new_session=True,
    )
