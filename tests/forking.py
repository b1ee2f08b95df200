"""`python -m tests.forking FD`: a request on a socket → a module that runs in a process forked from this.

This process has imported what commands import of other people, which takes most of them longer than their
work. Our own packages are none of it: each command imports them anew, so that an import of ours that is
missing or goes in a circle shows as it would in a shell.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys

# Of the base, so that they are there in every environment. Not onnxruntime: it starts threads when it is
# imported, and a fork would wait for ever for what they hold.
LIBRARIES = (
    "alembic.command",
    "apsw",
    "datasketch",
    "pydantic_settings",
    "rich.progress",
    "safetensors.numpy",
    "scipy.sparse",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "tokenizers",
    "typer",
)
# A request: a JSON array of module, arguments, environment and folder, with the files that are to be 0, 1
# and 2, and one for the answer.
LONGEST = 1 << 20
FILES = 4


def serve(asked: socket.socket) -> list[str]:
    """Fork at each request; returns, in the forked process alone, its module and its arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, files, *_ = socket.recv_fds(asked, LONGEST, FILES)
        if not message:
            raise SystemExit
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            keep(files)
            return become(message, files)
        for file in files:
            os.close(file)


def keep(files: list[int]) -> None:
    """Fork once more: this process says which process runs the command, and then how it ended."""
    command = os.fork()
    if command == 0:
        return
    for file in files[:3]:
        os.close(file)
    os.write(files[3], b"%d\n" % command)
    _, status = os.waitpid(command, 0)
    os.write(files[3], b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(message: bytes, files: list[int]) -> list[str]:
    """Take on the files, the environment and the folder of a command; its module and its arguments."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    module, arguments, environment, folder = json.loads(message)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    return [module, *arguments]


if __name__ == "__main__":
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    sys.argv = serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
