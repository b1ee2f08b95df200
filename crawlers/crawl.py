"""Visits → posts in a sink and one report a source; Scrapy runs in a child process.

The child fetches and reads; this process makes posts, keeps them, and only then notes where the next visit
starts. So a kill at any moment loses nothing that was kept, and what was not kept is fetched again.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from crawlers.card import check
from crawlers.entry import Entry
from crawlers.trouble import Trouble
from crawlers.visit import Cursor, Report, Sink, Visit
from crawlers.wire import EVENTS, MANNERS, ORDERS, Batch, End, Fetched, Manners, Order, line
from sangtin.errors import UsageError
from sangtin.post import Engagement, Post, now
from sangtin.python import environment
from sangtin.record.posts import Counts

AuthorKey = Callable[[str], str]
# How often --watch looks for cards that fell due or were added: well below the shortest interval.
TICK_S = 5.0


def crawl(
    visits: Sequence[Visit], sink: Sink, *, author_key: AuthorKey, manners: Manners
) -> Generator[Report, None, None]:
    """Fetch each source once; yield its report as soon as its posts are kept.

    A source whose server asked to be left alone is not fetched before the time it named. Raises UsageError,
    before anything is fetched, where a card is incomplete.
    """
    for visit in visits:
        check(visit.card)
    ready = [visit for visit in visits if not _asked_to_wait(visit)]
    yield from (_waiting(visit) for visit in visits if _asked_to_wait(visit))
    if not ready:
        return
    with _Child.started(manners, _Keeper(sink, author_key)) as child:
        for visit in ready:
            child.send(visit)
        child.end()
        while child.open:
            yield from child.reports(None)


def watch(
    visits: Callable[[], Sequence[Visit]], sink: Sink, *, author_key: AuthorKey, manners: Manners
) -> Generator[Report, None, None]:
    """Fetch each source whenever its interval has passed, until interrupted; yield each visit's report.

    `visits` is asked every few seconds, so that new cards and new cursors are seen. Raises UsageError where
    a card is incomplete at the start; one that becomes so later is left out. A child that dies is replaced.
    """
    keeper = _Keeper(sink, author_key)
    for visit in visits():
        check(visit.card)
    while True:
        with _Child.started(manners, keeper) as child:
            while not child.dead:
                for visit in visits():
                    if visit.card.name not in child.open and _is_due(visit):
                        child.send(visit)
                yield from child.reports(TICK_S)
        time.sleep(TICK_S)  # one that can't start must not be started without a pause


def _is_due(visit: Visit) -> bool:
    try:
        check(visit.card)
    except UsageError:
        return False
    return visit.due_at is None or visit.due_at <= now()


def _asked_to_wait(visit: Visit) -> bool:
    return visit.cursor.not_before is not None and visit.cursor.not_before > now()


def _waiting(visit: Visit) -> Report:
    until = visit.cursor.not_before
    detail = f"its server asked to wait until {until:%Y-%m-%d %H:%M:%S} UTC; nothing was fetched"
    return Report(visit.card.name, now(), "broken", f"{Trouble.WAIT.value}: {detail}")


@dataclass(slots=True)
class _Open:
    """A visit under way: what was kept of it so far."""

    visit: Visit
    counts: Counts = field(default_factory=Counts)


class _Keeper:
    """Turns what the child brings into posts, rejections and reports."""

    def __init__(self, sink: Sink, author_key: AuthorKey) -> None:
        self.sink = sink
        self.author_key = author_key

    def keep(self, under_way: _Open, batch: Batch) -> None:
        posts = [self._post(batch, entry) for entry in batch.entries]
        under_way.counts += self.sink.add(posts)

    def _post(self, batch: Batch, entry: Entry) -> Post:
        return Post(
            source=batch.source,
            native_id=entry.native_id,
            text=entry.text,
            fetched_at=batch.at,
            published_at=entry.published_at,
            url=entry.url,
            author_key=self.author_key(entry.author) if entry.author else None,
            thread=entry.thread,
            engagement=Engagement(comments=entry.comments),
        )

    def done(self, under_way: _Open, fetched: Fetched) -> Report:
        """Note what was rejected, then the source's health and cursor."""
        rejected: Counter[str] = Counter()
        for each in fetched.rejected:
            rejected[each.reason] += each.count
            self.sink.reject(fetched.source, each.reason, each.where)
        counts = under_way.counts
        report = Report(
            source=fetched.source,
            at=fetched.at,
            state="broken" if fetched.trouble else "ok",
            reason=f"{fetched.trouble}: {fetched.detail}" if fetched.trouble else "",
            not_modified=fetched.not_modified,
            fetched=fetched.fetched,
            new=counts.new,
            seen=counts.seen,
            changed=counts.changed,
            rejected=dict(rejected),
            issues=fetched.issues,
        )
        visit = under_way.visit
        self.sink.done(report, visit.cursor.after(visit.card.address, fetched).dump())
        return report


class _Child:
    """The process that fetches, with the visits that it has not ended."""

    def __init__(self, process: subprocess.Popen[bytes], keeper: _Keeper) -> None:
        self.process = process
        self.keeper = keeper
        self.open: dict[str, _Open] = {}
        self.dead = False
        self.lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # Threads, so that neither side ever waits for the other with both pipes full.
        threading.Thread(target=_read, args=(process.stdout, self.lines), daemon=True).start()
        threading.Thread(target=_write, args=(process.stdin, self.orders), daemon=True).start()

    @classmethod
    @contextlib.contextmanager
    def started(cls, manners: Manners, keeper: _Keeper) -> Iterator[_Child]:
        """A child that is gone when the block ends, however it ends."""
        command = [sys.executable, "-m", "crawlers.fetch", MANNERS.dump_json(manners).decode()]
        pipe = subprocess.PIPE
        # A session of its own: Ctrl-C reaches this process, which keeps what it is keeping and then ends.
        process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, start_new_session=True, env=environment()
        )
        child = cls(process, keeper)
        try:
            yield child
        finally:
            child.orders.put(None)
            process.kill()
            process.wait()

    def send(self, visit: Visit) -> None:
        """Order one visit."""
        card, cursor = visit.card, visit.cursor
        known = cursor if cursor.address == card.address else Cursor()
        self.open[card.name] = _Open(visit)
        order = Order(card.name, card.address, known.etag, known.last_modified)
        self.orders.put(line(ORDERS, order))

    def end(self) -> None:
        """Say that no more orders come."""
        self.orders.put(line(ORDERS, End()))

    def reports(self, wait_s: float | None) -> Iterator[Report]:
        """Take one event, for which it waits; its report, if it ends a visit. A dead child ends them all."""
        try:
            written = self.lines.get(timeout=wait_s)
        except queue.Empty:
            return
        if written is None:
            self.dead = True
            yield from self._lost()
            return
        event = EVENTS.validate_json(written)
        if isinstance(event, Batch):
            self.keeper.keep(self.open[event.source], event)
        else:
            yield self.keeper.done(self.open.pop(event.source), event)

    def _lost(self) -> Iterator[Report]:
        """End the visits that a dead child leaves; the next one starts where the last good one ended."""
        for name in list(self.open):
            detail = "the crawling process ended before the answer was read; see its log"
            fetched = Fetched(name, now(), Trouble.CRASH.value, detail)
            yield self.keeper.done(self.open.pop(name), fetched)


def _read(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for written in stream:
        lines.put(written)
    stream.close()
    lines.put(None)


def _write(stream: IO[bytes], orders: queue.SimpleQueue[bytes | None]) -> None:
    with contextlib.suppress(BrokenPipeError), stream:
        while (written := orders.get()) is not None:
            stream.write(written)
            stream.flush()
