"""Orders on standard input → batches and ends on standard output: the process in which Scrapy runs.

`python -m crawlers.fetch MANNERS` is started by crawlers.crawl and by nobody else. It holds no state: when
its parent is gone (standard input ends without an `End`, or nobody reads its output) it leaves at once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import BinaryIO

from crawlers.wire import EVENTS, MANNERS, ORDERS, Batch, End, Fetched, Order, line

# An order is an address and two validators; JSON may write a character in six.
LONGEST_LINE = 64 * 1024


async def orders(stream: BinaryIO) -> AsyncIterator[Order]:
    """Orders as they come, up to the `End`."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stream)
    while written := await reader.readline():
        order = ORDERS.validate_json(written)
        if isinstance(order, End):
            return
        yield order
    os._exit(0)  # the parent is gone, and nobody waits for what is still under way


def emit(stream: BinaryIO, event: Batch | Fetched) -> None:
    """Write one event; leave where nobody reads it."""
    try:
        stream.write(line(EVENTS, event))
        stream.flush()
    except BrokenPipeError:
        os._exit(0)


def main() -> None:
    """Crawl until the orders end."""
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.hosts import Hosts
    from crawlers.spider import FeedSpider, settings

    events = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not pass for an event
    manners = MANNERS.validate_json(sys.argv[1])
    process = AsyncCrawlerProcess(settings(manners))
    process.crawl(
        FeedSpider,
        hosts=Hosts(manners),
        orders=orders(sys.stdin.buffer),
        emit=lambda event: emit(events, event),
    )
    process.start(install_signal_handlers=False)


if __name__ == "__main__":
    main()
