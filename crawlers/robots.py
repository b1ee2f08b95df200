"""robots.txt of a host → what may be fetched there and how often (a Scrapy downloader middleware).

Scrapy's own reads a failing robots.txt as "all allowed", keeps it as long as the process lives, and does not
act on its crawl delay; RFC 9309 asks for the opposite of the first two, good manners for the third.
"""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawlers.address import origin
from crawlers.failure import FAILURES, Refused, explain
from crawlers.trouble import Trouble

# What robots.txt calls us: the product token of our user agent (RFC 9309, 2.2.1).
TOKEN = "sangtin"  # noqa: S105  # no secret
# RFC 9309, 2.4: not older than a day. 2.5: at least 500 kibibytes are read.
FRESH_S = 86_400
MOST_BYTES = 500 * 1024
# A host that wants an hour between two requests can't be followed; its source says so instead.
LONGEST_DELAY_S = 3_600


class Robots:
    """Refuses what robots.txt forbids, redirects too, and keeps the crawl delay that it asks for."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.rules: dict[str, tuple[float, asyncio.Task[RobotParser | Refused | None]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Robots:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request through when its host's robots.txt lets it."""
        if request.meta.get("robots"):
            return
        rules = await self._rules(request)
        if isinstance(rules, Refused):
            raise rules
        if rules is not None and not rules.allowed(request.url, TOKEN):
            raise Refused(Trouble.ROBOTS, "robots.txt forbids its address to crawlers")

    async def _rules(self, request: Request) -> RobotParser | Refused | None:
        """A host's rules, fetched once for all who ask; None where it has none."""
        host = origin(request.url)
        key = f"{host.scheme}://{host.host}:{host.port}"
        fetched_at, task = self.rules.get(key, (-math.inf, None))
        if task is None or monotonic() - fetched_at > FRESH_S:
            task = asyncio.ensure_future(self._fetch(request))
            self.rules[key] = (monotonic(), task)
        rules = await task
        if isinstance(rules, Refused):
            self.rules.pop(key, None)  # the next visit asks again
        return rules

    async def _fetch(self, request: Request) -> RobotParser | Refused | None:
        meta = {"robots": True, "home": request.meta["home"]}
        robots = Request(_robots_address(request.url), callback=NO_CALLBACK, dont_filter=True, meta=meta)
        try:
            response = await self.crawler.engine.download_async(robots)
        except FAILURES as error:
            refused = explain(error)
            # RFC 9309, 2.3.1.2: after too many redirects it may be taken as not there.
            return None if refused.trouble is Trouble.REDIRECTS else refused
        return self._read(request, response)

    def _read(self, request: Request, response: Response) -> RobotParser | Refused | None:
        """RFC 9309, 2.3.1: 4xx means no rules; what can't be read for now means nothing is allowed."""
        if response.status == 429 or response.status >= 500:
            return Refused(Trouble.ROBOTS, f"robots.txt can't be read (HTTP {response.status})")
        if not 200 <= response.status < 300:
            return None
        rules = ProtegoRobotParser.from_crawler(self.crawler, response.body[:MOST_BYTES])
        delay = rules.crawl_delay(TOKEN) or 0.0
        if delay > LONGEST_DELAY_S:
            return Refused(Trouble.ROBOTS, f"robots.txt asks for {delay:,.0f} s between two requests")
        self.crawler.spider.hosts.slow_down(origin(request.url).host, delay)
        return rules


def _robots_address(url: str) -> str:
    host = origin(url)
    name = f"[{host.host}]" if ":" in host.host else host.host
    return f"{host.scheme}://{name}:{host.port}/robots.txt"
