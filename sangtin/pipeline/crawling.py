"""Source cards of the record → visits; their posts, health and cursors → the record."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from crawlers.crawl import crawl, watch
from crawlers.visit import Cursor, Report, Visit
from crawlers.wire import Manners
from sangtin.errors import BusyError, UsageError
from sangtin.pipeline.authors import author_key
from sangtin.pipeline.campaigns import judge_again
from sangtin.post import Post, SourceType
from sangtin.record import Record, leases, posts, runs, sources
from sangtin.record.posts import Counts
from sangtin.settings import Settings

# One crawler a record: two would ask one host twice as often as it allows.
LEASE = "crawl"


@dataclass(frozen=True, slots=True)
class RecordSink:
    """Keeps a crawl's posts, a batch a transaction, then each source's health, cursor and run in one."""

    record: Record

    def add(self, batch: Sequence[Post]) -> Counts:
        """Keep posts of sources that have cards."""
        with self.record.write() as writing:
            counts = posts.add(writing, batch)
            judge_again(writing)
            return counts

    def reject(self, source: str, reason: str, where: str) -> None:
        """The report counts rejections by reason; nothing else is kept of them."""

    def done(self, report: Report, cursor: Mapping[str, str]) -> None:
        """Note how a visit went and where the next one starts."""
        with self.record.write() as writing:
            run = runs.begin(writing, "crawl", report.source)
            runs.end(writing, run.id, "done" if report.state == "ok" else "failed", figures(report))
            sources.report(writing, report.source, report.state, report.reason)
            sources.set_cursor(writing, report.source, dict(cursor))


def figures(report: Report) -> dict[str, object]:
    """What a visit brought, for the record and for programs."""
    return {
        "fetched": report.fetched,
        "new": report.new,
        "seen": report.seen,
        "changed": report.changed,
        "rejected": dict(report.rejected),
        "issues": dict(report.issues),
        "not_modified": report.not_modified,
    }


def crawl_sources(
    record: Record, settings: Settings, names: Sequence[str], *, goes_on: bool = False
) -> Generator[Report, None, None]:
    """Crawl sources, all complete feeds where none is named; with `goes_on`, at their intervals for ever.

    Yields each visit's report when its posts are kept. UsageError for an unknown or incomplete card or
    where there is nothing to crawl; BusyError where another process crawls into this record.
    """
    first = visits(record, names)
    keyed, manners = author_key(settings.author_key_file), Manners(contact=settings.contact)
    with leases.taken(record, LEASE) as lease:
        if lease is None:
            raise BusyError(
                "Another process crawls into this record. Wait for it, or end it, then try again."
            )
        sink = RecordSink(record)
        made = (
            watch(lambda: visits(record, names), sink, author_key=keyed, manners=manners)
            if goes_on
            else crawl(first, sink, author_key=keyed, manners=manners)
        )
        with contextlib.closing(made):
            yield from made


def visits(record: Record, names: Sequence[str]) -> list[Visit]:
    """The named sources, or all feeds with a complete card, with where their last visits ended."""
    with record.read() as connection:
        known = {health.source.name: health.source for health in sources.all_sources(connection)}
        if unknown := [name for name in names if name not in known]:
            raise UsageError(f"There is no source {unknown[0]!r}. List them with: sangtin source list")
        feeds = [card for card in known.values() if card.type is SourceType.FEED]
        complete = [card for card in feeds if card.complete]
        chosen = [known[name] for name in dict.fromkeys(names)] or complete or feeds
        if not chosen:
            raise UsageError(
                "There is no source to crawl. Add one with: sangtin source add NAME --address URL "
                "--licence TERMS --legal-basis GROUND --retention-days DAYS"
            )
        return [Visit(card, Cursor.load(sources.cursor(connection, card.name))) for card in chosen]
