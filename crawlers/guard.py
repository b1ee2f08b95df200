"""Requests → only those that may be made, each waiting for its turn (Scrapy downloader middlewares)."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.address import Origin, origin
from crawlers.failure import PASSING, Refused
from crawlers.trouble import Trouble
from crawlers.wire import Manners
from sangtin.post import now

# RFC 6585 and RFC 9110: too many requests, or no service now; both may say for how long.
ASKED_TO_WAIT = frozenset({429, 503})
# Answers of proxies and overloaded servers that a second try often mends (Scrapy's RETRY_HTTP_CODES).
PASSING_STATUS = frozenset({408, 500, 502, 504, 522, 524})
# No server makes us forget a source for longer than a week.
LONGEST_WAIT = timedelta(days=7)
SECONDS = re.compile(r"\d{1,9}")


class Guard:
    """Lets through http and https only, and into a private network only to the card's own host and port.

    Every request passes here, robots.txt and redirects too. Host names that lead to private addresses are
    the resolver's to refuse.
    """

    def process_request(self, request: Request) -> None:
        """Refuse what must not be fetched; put the rest in the queue of its host."""
        try:
            target = origin(request.url)
        except ValueError:
            raise Refused(Trouble.SCHEME, "it leads to an address that is not http or https") from None
        home: Origin = request.meta["home"]
        if target.is_local and (target.host, target.port) != (home.host, home.port):
            raise Refused(
                Trouble.PRIVATE, "it leads into a private network, which only its own card may name"
            )
        # Scrapy keeps the first host's queue for a redirected request; politeness is owed to the new one.
        request.meta["download_slot"] = target.host


class Turn:
    """One request to a host at a time, and none while the host has asked everyone to wait (Retry-After).

    It stands next to the downloader: a request that already waits in a host's queue could not be held back.
    """

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.closed_until: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Turn:
        """As Scrapy makes it."""
        return cls(crawler.settings["SANGTIN_MANNERS"])

    async def process_request(self, request: Request) -> None:
        """Wait for this host's turn. Refuse where it asked for more patience than we have."""
        host = request.meta["download_slot"]
        lock = self.locks[host]
        await lock.acquire()
        request.meta["turn"] = lock
        wait = self.closed_until.get(host, 0.0) - monotonic()
        if wait > self.manners.patience_s:
            raise _asked(timedelta(seconds=wait))
        if wait > 0:
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note how long a host wants to be left alone, then let the next one ask."""
        wait = _retry_after(response)
        if wait is not None:
            self.closed_until[request.meta["download_slot"]] = monotonic() + wait.total_seconds()
        _next(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002
        """Let the next one ask."""
        _next(request)


class Patience:
    """Tries again after the wait that a server asks for, else after growing pauses."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners

    @classmethod
    def from_crawler(cls, crawler: Any) -> Patience:
        """As Scrapy makes it."""
        return cls(crawler.settings["SANGTIN_MANNERS"])

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Another try for an answer that may be better in a moment."""
        wait = _retry_after(response)
        if wait is not None and wait.total_seconds() > self.manners.patience_s:
            raise _asked(wait)
        if response.status in ASKED_TO_WAIT | PASSING_STATUS:
            return await self._again(request, wait) or response
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Another try where the way to the server may be better in a moment."""
        return await self._again(request, None) if isinstance(exception, PASSING) else None

    async def _again(self, request: Request, wait: timedelta | None) -> Request | None:
        tries: int = request.meta.get("tries", 0)
        if tries >= self.manners.retries:
            return None
        if wait is None:  # where the server asks for a wait, this host's turn comes after it
            await asyncio.sleep(self.manners.backoff_s * 2**tries)
        again = request.replace(dont_filter=True)
        again.meta["tries"] = tries + 1
        return again


def _next(request: Request) -> None:
    lock: asyncio.Lock | None = request.meta.pop("turn", None)
    if lock is not None:
        lock.release()


def _asked(wait: timedelta) -> Refused:
    until = (now() + wait).replace(microsecond=0)
    return Refused(Trouble.WAIT, f"its server asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC", until)


def _retry_after(response: Response) -> timedelta | None:
    """How long a server that is asked too much wants us to wait (RFC 9110, 10.2.3: seconds or a date).

    None where it wants nothing, or says it in no way that can be read.
    """
    if response.status not in ASKED_TO_WAIT:
        return None
    written = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if SECONDS.fullmatch(written):
        return min(timedelta(seconds=int(written)), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at.astimezone(UTC) - datetime.now(UTC), timedelta(0)), LONGEST_WAIT)
