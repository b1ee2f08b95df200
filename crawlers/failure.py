"""What a request may end in instead of an answer → a trouble and a sentence. Only the child imports it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from crawlers.trouble import Trouble

# A server or the way to it may be better in a moment; a timeout has had its time already.
PASSING: tuple[type[Exception], ...] = (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    ResponseDataLossError,
    ConnectError,
    ConnectionClosed,
)
TROUBLES: dict[type[Exception], tuple[Trouble, str]] = {
    DownloadTimeoutError: (Trouble.TIMEOUT, "no whole answer in the time allowed"),
    CannotResolveHostError: (Trouble.NAME, "its host name leads nowhere"),
    DownloadConnectionRefusedError: (Trouble.UNREACHABLE, "its server refuses connections"),
    DownloadCancelledError: (Trouble.SIZE, "the answer is larger than is read"),
    ResponseDataLossError: (Trouble.UNREACHABLE, "the answer broke off"),
    DownloadFailedError: (Trouble.UNREACHABLE, "the connection broke off"),
    UnsupportedURLSchemeError: (Trouble.SCHEME, "it leads to an address that is not http or https"),
    ConnectError: (Trouble.UNREACHABLE, "no connection to its server"),
    ConnectionClosed: (Trouble.UNREACHABLE, "the connection broke off"),
}
FAILURES: tuple[type[Exception], ...] = (*TROUBLES, IgnoreRequest)


class Refused(IgnoreRequest):
    """A request that we do not make, and why."""

    def __init__(self, trouble: Trouble, detail: str, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
        self.retry_at = retry_at


def explain(error: BaseException) -> Refused:
    """Any failure of a request as a refusal with a trouble and a sentence. Raises what is no failure."""
    if isinstance(error, Refused):
        return error
    if any("certificate" in text or "SSL" in text for text in _texts(error)):
        return Refused(Trouble.TLS, "its certificate can't be trusted, or it speaks no TLS that is safe")
    for kind, (trouble, detail) in TROUBLES.items():
        if isinstance(error, kind):
            return Refused(trouble, detail)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Refused(Trouble.SIZE, "the answer unpacks to more than is read")
    if isinstance(error, IgnoreRequest) and "redirections" in str(error):
        return Refused(Trouble.REDIRECTS, "it redirects too often")
    raise error


def _texts(error: BaseException) -> Iterator[str]:
    """What an error says, and the errors that it was raised from or that Twisted wrapped in it."""
    yield repr(error)
    for reason in getattr(error, "reasons", ()):
        yield repr(reason.value)
    if error.__cause__ is not None:
        yield from _texts(error.__cause__)
