"""Arguments of `sangtin` → the command that ended: a process of its own, without the wait for its start.

It is forked from one that has imported other people's libraries (`tests.forking`). How a command begins from
nothing, and what becomes of one that is killed, is shown by tests that start it themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
# How long a command may take, in seconds: these machines are busy.
PATIENCE_S = 240.0


def run(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    given: bytes | None = None,
    patience: float = PATIENCE_S,
    module: str = "sangtin",
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, in this process's environment unless another is named.

    `given`: what it reads from a pipe on its standard input. `module`: what `python -m` would be told to run.
    Raises TimeoutExpired where it had to be killed.
    """
    known = dict(os.environ if environment is None else environment)
    message = json.dumps([module, arguments, known, str(Path.cwd())]).encode()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, _fed(given) as fed:
        answer, told = os.pipe()
        with os.fdopen(answer, "rb", buffering=0) as ending:
            with os.fdopen(told, "wb", buffering=0):
                files = [fed.fileno(), out.fileno(), err.fileno(), told]
                socket.send_fds(_forking(), [message], files)
            fed.close()
            code = _ended(ending, arguments, patience)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def run_text(
    *arguments: str, environment: Mapping[str, str] | None = None, patience: float = PATIENCE_S
) -> subprocess.CompletedProcess[str]:
    """The same for a command that reads nothing, with what it printed as text."""
    ended = run(*arguments, environment=environment, patience=patience)
    out, err = ended.stdout.decode(), ended.stderr.decode()
    return subprocess.CompletedProcess(arguments, ended.returncode, out, err)


def _ended(ending: IO[bytes], arguments: tuple[str, ...], patience: float) -> int:
    """The exit code of the process that is named first, as `subprocess` gives it."""
    process = int(ending.readline())
    if not select.select([ending], [], [], patience)[0]:
        os.kill(process, signal.SIGKILL)
        ending.readline()
        raise subprocess.TimeoutExpired(arguments, patience)
    return int(ending.readline())


def _fed(given: bytes | None) -> IO[bytes]:
    """A file to read from: nothing, or a pipe that something is written into."""
    if given is None:
        return Path(os.devnull).open("rb")
    reading, writing = os.pipe()
    threading.Thread(target=_feed, args=(writing, given), daemon=True).start()
    return os.fdopen(reading, "rb", buffering=0)


def _feed(writing: int, given: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
        pipe.write(given)


@cache
def _forking() -> socket.socket:
    """The socket of the process that forks for this one, and ends when it is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = theirs.fileno()
    # With the variable, a line that a command never flushes would be seen nevertheless.
    known = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forking", str(number)],
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=known,
        cwd=ROOT,
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours
