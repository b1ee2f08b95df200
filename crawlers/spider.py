"""Orders → requests, answers → entries: the Scrapy spider of feeds, and its settings."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from importlib.metadata import version
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.address import origin
from crawlers.failure import FAILURES, Refused, explain
from crawlers.feed import Feed, read
from crawlers.hosts import Hosts
from crawlers.robots import TOKEN
from crawlers.trouble import FeedError, Trouble
from crawlers.wire import Batch, Fetched, Manners, Order
from sangtin.post import now

ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Entries in one line to the parent: some 200 kB of news.
BATCH = 100
# Validators are echoed back to the server; longer ones are not worth keeping.
LONGEST_VALIDATOR = 500
GONE_FOR_GOOD = frozenset({301, 308})

Emit = Callable[[Batch | Fetched], None]


def settings(manners: Manners) -> dict[str, Any]:
    """Scrapy's settings for our manners; docs/decisions/0006-crawling.md says why each."""
    return {
        "USER_AGENT": user_agent(manners.contact),
        "DEFAULT_REQUEST_HEADERS": {"Accept": ACCEPT, "Accept-Language": "vi, en;q=0.5"},
        "ROBOTSTXT_OBEY": True,
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.guard.Guard": 90,
            "crawlers.robots.Robots": 100,
            "crawlers.guard.Patience": 550,
            "crawlers.guard.Turn": 950,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        },
        "TWISTED_DNS_RESOLVER": "crawlers.resolver.PublicResolver",
        "CONCURRENT_REQUESTS": 256,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": manners.timeout_s,
        "DOWNLOAD_MAXSIZE": manners.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }


def user_agent(contact: str) -> str:
    """Who we are and how a site's owner reaches us."""
    name = f"{TOKEN}/{version('sangtin')}"
    return f"{name} (+{contact})" if contact else name


class FeedSpider(Spider):
    """Fetches one feed an order and emits its entries, then how the order ended."""

    name = "feed"

    def __init__(self, hosts: Hosts, orders: AsyncIterator[Order], emit: Emit) -> None:
        super().__init__()
        self.hosts = hosts
        self.orders = orders
        self.emit = emit

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> FeedSpider:
        """As Scrapy makes it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.stumbled, signal=signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """A request for each order, for as long as orders come."""
        async for order in self.orders:
            validators = {"If-None-Match": order.etag, "If-Modified-Since": order.last_modified}
            yield Request(
                order.address,
                headers={name: value for name, value in validators.items() if value},
                callback=self.parse,
                errback=self.failed,
                dont_filter=True,
                meta={"order": order, "home": origin(order.address)},
            )

    def parse(self, response: Response) -> None:
        """Emit what an answer holds."""
        order, at = response.meta["order"], now()
        if response.status == 304:
            self.emit(Fetched(order.source, at, not_modified=True))
        elif not 200 <= response.status < 300:
            self._refuse(order, _status(response.status))
        else:
            self._answer(order, response, at)

    def failed(self, failure: Failure) -> None:
        """Emit why there is no answer."""
        if not isinstance(failure.value, FAILURES):
            failure.raiseException()
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        self._refuse(request.meta["order"], self._private(request, explain(failure.value)))

    def stumbled(self, failure: Failure, response: Any, spider: Spider) -> None:  # noqa: ARG002
        """End the order whose answer raised what nobody expected; Scrapy logs the traceback."""
        self._refuse(response.meta["order"], Refused(Trouble.CRASH, "its answer could not be handled"))

    def _answer(self, order: Order, response: Response, at: datetime) -> None:
        try:
            body = _unpacked(response.body, self.settings.getint("DOWNLOAD_MAXSIZE"))
            feed = read(body, response.url, at, _charset(response))
        except FeedError as error:
            self._refuse(order, Refused(error.trouble, error.detail))
            return
        if moved := _moved(response):
            feed.issues[f"moved to {moved}"] += 1
        for start in range(0, len(feed.entries), BATCH):
            self.emit(Batch(order.source, at, tuple(feed.entries[start : start + BATCH])))
        self.emit(_end(order, response, feed, at))

    def _refuse(self, order: Order, refused: Refused) -> None:
        trouble, detail = refused.trouble.value, refused.detail
        self.emit(Fetched(order.source, now(), trouble, detail, retry_at=refused.retry_at))

    def _private(self, request: Request, refused: Refused) -> Refused:
        """A name that was found, but only in a private network, is not one that was not found."""
        from twisted.internet import reactor

        hidden: set[str] = getattr(getattr(reactor, "nameResolver", None), "refused", set())
        if refused.trouble is Trouble.NAME and origin(request.url).host in hidden:
            return Refused(Trouble.PRIVATE, "its host name leads into a private network")
        return refused


def _end(order: Order, response: Response, feed: Feed, at: datetime) -> Fetched:
    return Fetched(
        order.source,
        at,
        etag="" if feed.torn else _header(response, "ETag"),
        last_modified="" if feed.torn else _header(response, "Last-Modified"),
        fetched=feed.fetched,
        rejected=tuple(feed.rejected),
        issues=dict(feed.issues),
    )


def _status(status: int) -> Refused:
    if status in (429, 503):
        return Refused(Trouble.WAIT, f"its server is overloaded or limits requests (HTTP {status})")
    if status < 400:
        return Refused(Trouble.REDIRECTS, f"it leads nowhere that may be followed (HTTP {status})")
    return Refused(Trouble.STATUS, f"its server answers HTTP {status}")


def _header(response: Response, name: str) -> str:
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value if len(value) <= LONGEST_VALIDATOR and value.isprintable() and value.isascii() else ""


def _charset(response: Response) -> str | None:
    found = CHARSET.search(response.headers.get("Content-Type") or b"")
    return found[1].decode("ascii") if found else None


def _moved(response: Response) -> str | None:
    """Where a feed has moved for good, when every step there said so."""
    reasons = response.meta.get("redirect_reasons", [])
    return response.url if reasons and all(reason in GONE_FOR_GOOD for reason in reasons) else None


def _unpacked(body: bytes, limit: int) -> bytes:
    """A feed that is a .gz file, unpacked up to a limit; any other as it is."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise FeedError(Trouble.NOT_A_FEED, "it is a broken .gz file") from None
    if len(unpacked) > limit:
        raise FeedError(Trouble.SIZE, "the answer unpacks to more than is read")
    return unpacked
