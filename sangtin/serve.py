"""Record and index → the screens, with a worker and a follower beside them."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sangtin.errors import BusyError, UsageError
from sangtin.explaining import Explaining
from sangtin.pipeline.children import children
from sangtin.pipeline.home import LOCAL_PERSON
from sangtin.pipeline.parts import Parts, opened
from sangtin.record import accounts
from sangtin.settings import Settings

WORK = (("sieve", "--watch"), ("index", "follow", "--watch"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the screens are served. Port 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 8765


def serve(settings: Settings, place: Place, say: Callable[[str], None], *, workers: bool = True) -> None:
    """Serve the screens until interrupted; first print a one-time login link. BusyError for a taken port."""
    import uvicorn

    from api.app import create_app

    beside = WORK if workers else ()
    with _listening(place) as listener, opened(settings) as parts, children(settings, beside):
        host, port = listener.getsockname()[:2]
        say(f"Open http://{host}:{port}/login?token={_link(parts)}")
        say("The link works once, for half an hour. Stop with Ctrl-C.")
        app = create_app(parts.record, parts.search, Explaining(parts).services(), settings)
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _listening(place: Place) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((place.host, place.port))
    except OSError as error:
        said = f"Nothing can be served at {place.host}:{place.port} ({error.strerror})."
        if error.errno == errno.EADDRINUSE:
            raise BusyError(f"{said} Stop what holds it, or choose another with --port.") from error
        if error.errno == errno.EACCES:
            raise UsageError(f"{said} Choose a --port of 1024 or more, or run it as who may.") from error
        raise UsageError(f"{said} Name an address of this machine with --host.") from error
    with listener:
        # A small answer that waits for the one before to be acknowledged takes 40 ms longer.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _link(parts: Parts) -> str:
    with parts.record.write() as writing:
        return accounts.make_link(writing, LOCAL_PERSON)
