"""An application → its address, for the length of a block.

A server that is done with one application serves the next: to end one takes a fifth of a second.
"""

from __future__ import annotations

import atexit
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send


@dataclass
class Server:
    """What listens on a free port, and the application that answers there now."""

    listener: socket.socket
    app: FastAPI | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application of now."""
        assert self.app is not None
        await self.app(scope, receive, send)


_free: list[Server] = []


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application from a thread; yields its address."""
    server = _free.pop() if _free else _started()
    server.app = app
    try:
        yield server.url
    finally:
        server.app = None
        _free.append(server)


def _started() -> Server:
    listener = socket.create_server(("127.0.0.1", 0))
    # Without it a kept connection waits 40 ms for each answer (Nagle's algorithm against delayed ACKs).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = Server(listener)
    running = uvicorn.Server(uvicorn.Config(server, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.005)

    def end() -> None:
        running.should_exit = True
        thread.join(10)

    atexit.register(end)
    return server
