"""Hosts → whose turn it is: one request at a time, with the pauses that each host is owed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from crawlers.failure import Refused
from crawlers.trouble import Trouble
from crawlers.wire import Manners
from sangtin.post import now


@dataclass(slots=True)
class Host:
    """What one host is owed. Times are of the monotonic clock, in seconds."""

    delay_s: float
    open_at: float = 0.0
    wished_until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hosts:
    """All hosts that a crawl has met, by name.

    A pause runs from the end of one answer to the next request, so that no handshake or slow answer eats it.
    """

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.known: defaultdict[str, Host] = defaultdict(lambda: Host(manners.delay_s))

    def slow_down(self, name: str, delay_s: float) -> None:
        """Pause at least so long between two requests to a host, as its robots.txt asks."""
        self.known[name].delay_s = max(delay_s, self.manners.delay_s)

    async def enter(self, name: str) -> None:
        """Wait for this host's turn. Refused where it wants to be left alone for longer than we wait."""
        host = self.known[name]
        await host.lock.acquire()
        try:
            if host.wished_until - monotonic() > self.manners.patience_s:
                raise asked(timedelta(seconds=host.wished_until - monotonic()))
            # The delay may have grown by the answer before this one: the one that brought robots.txt.
            opens = max(host.open_at + host.delay_s if host.open_at else 0.0, host.wished_until)
            await asyncio.sleep(max(opens - monotonic(), 0.0))
        except BaseException:
            host.lock.release()
            raise

    def leave(self, name: str, wish: timedelta | None = None) -> None:
        """End a turn, with the time for which the host wants to be left alone, if it said one."""
        host = self.known[name]
        host.open_at = monotonic()
        if wish is not None:
            host.wished_until = host.open_at + wish.total_seconds()
        host.lock.release()


def asked(wish: timedelta) -> Refused:
    """The refusal of a source whose server wants to be left alone for so long."""
    until = (now() + wish).replace(microsecond=0)
    return Refused(Trouble.WAIT, f"its server asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC", until)
