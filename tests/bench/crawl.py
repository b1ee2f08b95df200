"""Feeds of news, written here, from local servers → posts: feeds per second read, and fetched and read.

    python -m tests.bench.crawl [FEEDS]

There is no delay between requests to one host, so that what is measured is ours and not politeness.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import ExitStack

from crawlers.crawl import crawl
from crawlers.feed import read
from crawlers.visit import Visit
from crawlers.wire import Manners
from tests.crawlers.keeping import AT, MemorySink, card, rss
from tests.crawlers.site import Answer, site

ITEMS = 40  # what the feeds of Vietnamese news sites hold
WORDS = "Sáng nay người dân hai bờ sông đi lại thuận tiện hơn trước rất nhiều. "


def news() -> bytes:
    """A feed as large as a news site's: 40 items with HTML, some 50 kB."""
    return rss(
        *(
            f"<title>Tin số {number}</title><guid>https://bao.example.vn/{number}</guid>"
            f"<link>https://bao.example.vn/{number}</link><pubDate>Mon, 05 Jun 2023 08:30:00 +0700</pubDate>"
            f"<description><![CDATA[<a href='x'><img src='x'></a><p>{WORDS * 10}</p>]]></description>"
            for number in range(ITEMS)
        )
    )


def parsing(feeds: int) -> float:
    """Feeds read per second in one process."""
    body = news()
    began = time.perf_counter()
    for _ in range(feeds):
        assert len(read(body, "https://bao.example.vn/rss", AT).entries) == ITEMS
    return feeds / (time.perf_counter() - began)


def fetching(feeds: int, hosts: int) -> float:
    """Feeds fetched, read and kept in memory per second, without the second that the child takes to start."""
    answer = Answer(news())
    pages = {f"/{number}": answer for number in range(feeds // hosts)}
    with ExitStack() as stack:
        sites = [stack.enter_context(site(f"127.0.9.{number + 1}", dict(pages))) for number in range(hosts)]
        visits = [
            Visit(card(f"{number}-{path[1:]}", made.address + path))
            for number, made in enumerate(sites)
            for path in pages
        ]
        reports = crawl(visits, MemorySink(), author_key=str, manners=Manners(delay_s=0.0))
        assert next(reports).state == "ok"
        began = time.perf_counter()
        assert all(report.new == ITEMS for report in reports)
        return (len(visits) - 1) / (time.perf_counter() - began)


def main() -> None:
    """Print the table."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    alone = parsing(feeds)
    print(f"{'read, one process':32} {alone:8,.0f} feeds/s {alone * ITEMS:10,.0f} entries/s  1.00")
    rate = fetching(feeds, 40)
    print(
        f"{'fetched, read, kept':32} {rate:8,.0f} feeds/s {rate * ITEMS:10,.0f} entries/s {rate / alone:5.2f}"
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of the child {peak:,.0f} MB; {os.cpu_count()} cores, servers on the same machine")


if __name__ == "__main__":
    main()
