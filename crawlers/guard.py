"""Requests → only those that may be made, each waiting for its turn (Scrapy downloader middlewares)."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.address import Origin, origin
from crawlers.failure import PASSING, Refused
from crawlers.hosts import Hosts, asked
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
    """Keeps each host's turns and pauses, next to the downloader, where nothing overtakes it any more."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Any) -> Turn:
        """As Scrapy makes it."""
        return cls(crawler.spider.hosts)

    async def process_request(self, request: Request) -> None:
        """Wait for this host's turn."""
        await self.hosts.enter(request.meta["download_slot"])
        request.meta["turn"] = request.meta["download_slot"]

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the next one ask, after what this answer asks for."""
        self._leave(request, _retry_after(response))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002
        """Let the next one ask."""
        self._leave(request)

    def _leave(self, request: Request, wish: timedelta | None = None) -> None:
        if turn := request.meta.pop("turn", None):
            self.hosts.leave(turn, wish)


class Patience:
    """Tries again after the wait that a server asks for, else after growing pauses."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners

    @classmethod
    def from_crawler(cls, crawler: Any) -> Patience:
        """As Scrapy makes it."""
        return cls(crawler.spider.hosts.manners)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Another try for an answer that may be better in a moment."""
        wait = _retry_after(response)
        if wait is not None and wait.total_seconds() > self.manners.patience_s:
            raise asked(wait)
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
    return min(max(at.astimezone(UTC) - now(), timedelta(0)), LONGEST_WAIT)
