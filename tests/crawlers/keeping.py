"""Feeds, cards and a sink that behaves like the record, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from crawlers.visit import Report
from sangtin.post import Post, Source, SourceType
from sangtin.record.posts import Counts

FEEDS = Path(__file__).parent / "feeds"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def rss(*items: str) -> bytes:
    """An RSS feed of items given as XML."""
    channel = "".join(f"<item>{item}</item>" for item in items)
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{channel}</channel></rss>".encode()


def item(number: int, text: str = "Bài viết thử") -> str:
    """An item with a text and an id."""
    return f"<title>{escape(text)} {number}</title><guid isPermaLink='false'>{number}</guid>"


def card(name: str, address: str, interval_s: int | None = None) -> Source:
    """A complete card."""
    return Source(name, SourceType.FEED, address, "own text", "consent", 30, interval_s)


class MemorySink:
    """Keeps posts by id; counts as the record does."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.posts: list[Post] = []
        self.rejected: list[tuple[str, str, str]] = []
        self.cursors: dict[str, dict[str, str]] = {}
        self.reports: dict[str, Report] = {}

    def add(self, posts: Sequence[Post]) -> Counts:
        counts = Counts()
        for post in posts:
            before = self.texts.get(post.id)
            counts += Counts(
                new=before is None, seen=before == post.text, changed=before not in (None, post.text)
            )
            self.texts[post.id] = post.text
            self.posts.append(post)
        return counts

    def reject(self, source: str, reason: str, where: str) -> None:
        self.rejected.append((source, reason, where))

    def done(self, report: Report, cursor: Mapping[str, str]) -> None:
        self.reports[report.source] = report
        self.cursors[report.source] = dict(cursor)
