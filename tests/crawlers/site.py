"""A real web site on a loopback address of its own: paths → answers, and what was asked of it."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, its headers, and the second at which it came."""

    path: str
    headers: dict[str, str]
    at: float


Page = Answer | Callable[["Handler"], Answer | None]


class Handler(BaseHTTPRequestHandler):
    """Answers from the site's pages; a page that is a function may write to the wire itself."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.asked.append(Asked(self.path, headers, time.monotonic()))
        page = self.site.pages.get(self.path, Answer(status=404))
        with contextlib.suppress(ConnectionError):
            answer = page if isinstance(page, Answer) else page(self)
            if answer is not None:
                self.reply(answer)

    def reply(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Site:
    """A running server. `asked` lists its requests in order."""

    def __init__(self, host: str, pages: dict[str, Page], tls: ssl.SSLContext | None = None) -> None:
        self.pages = pages
        self.asked: list[Asked] = []
        handler = type("HandlerOfSite", (Handler,), {"site": self})
        self.server = ThreadingHTTPServer((host, 0), handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.address = f"{'https' if tls else 'http'}://{host}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [asked.path for asked in self.asked]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextlib.contextmanager
def site(host: str, pages: dict[str, Page], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site for the length of a block."""
    made = Site(host, pages, tls)
    try:
        yield made
    finally:
        made.close()
