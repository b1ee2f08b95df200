"""A source and where its last fetch ended → what one visit brought, told to a sink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from crawlers.wire import Fetched
from sangtin.post import Post, Source
from sangtin.record.posts import Counts

# A card without an interval: four times an hour, as most feeds' own ttl of 10 to 60 minutes allows.
INTERVAL_S = 900
# No card makes us ask more often than once a minute.
SHORTEST_INTERVAL_S = 60
# A source that fails is asked half as often each time, but at least once a day.
LONGEST_INTERVAL_S = 86_400
MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a visit left with its source for the next one. Empty for a source that was never visited."""

    address: str = ""
    etag: str = ""
    last_modified: str = ""
    visited_at: datetime | None = None
    not_before: datetime | None = None
    failures: int = 0

    @classmethod
    def load(cls, stored: Mapping[str, str]) -> Cursor:
        """From what the record keeps."""
        return cls(
            address=stored.get("address", ""),
            etag=stored.get("etag", ""),
            last_modified=stored.get("last_modified", ""),
            visited_at=_time(stored.get("visited_at")),
            not_before=_time(stored.get("not_before")),
            failures=int(stored.get("failures", "0")),
        )

    def dump(self) -> dict[str, str]:
        """For the record to keep; empty fields are left out."""
        values = {
            "address": self.address,
            "etag": self.etag,
            "last_modified": self.last_modified,
            "visited_at": self.visited_at.isoformat() if self.visited_at else "",
            "not_before": self.not_before.isoformat() if self.not_before else "",
            "failures": str(self.failures or ""),
        }
        return {name: value for name, value in values.items() if value}

    def after(self, address: str, fetched: Fetched) -> Cursor:
        """Where a visit leaves its source. A failure keeps the validators of the last good answer."""
        known = self if self.address == address else Cursor(address=address)
        known = replace(known, visited_at=fetched.at, not_before=fetched.retry_at)
        if fetched.trouble:
            return replace(known, failures=self.failures + 1)
        if fetched.not_modified:
            return replace(known, failures=0)
        return replace(known, etag=fetched.etag, last_modified=fetched.last_modified, failures=0)


@dataclass(frozen=True, slots=True)
class Visit:
    """One source to fetch, and where its last visit ended."""

    card: Source
    cursor: Cursor = field(default_factory=Cursor)

    @property
    def due_at(self) -> datetime | None:
        """When `--watch` fetches it again; None: now, for it was never fetched."""
        cursor = self.cursor
        if cursor.visited_at is None or cursor.address != self.card.address:
            return cursor.not_before
        interval = max(self.card.interval_s or INTERVAL_S, SHORTEST_INTERVAL_S)
        doubled = interval * 2 ** min(cursor.failures, MOST_DOUBLINGS)
        due = cursor.visited_at + timedelta(seconds=min(doubled, max(interval, LONGEST_INTERVAL_S)))
        return max(due, cursor.not_before or due)


@dataclass(frozen=True, slots=True)
class Report:
    """What one visit brought. `fetched = new + seen + changed + Σ rejected`; `state` is ok or broken.

    `reason` is empty where the state is ok, else "code: sentence" with a code of crawlers.trouble.
    `issues` counts what a person should look at though the visit went well.
    """

    source: str
    at: datetime
    state: str = "ok"
    reason: str = ""
    not_modified: bool = False
    fetched: int = 0
    new: int = 0
    seen: int = 0
    changed: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    issues: Mapping[str, int] = field(default_factory=dict)


class Sink(Protocol):
    """Where a crawl's posts go. Every call is kept when it returns; a kill loses only what came after."""

    def add(self, posts: Sequence[Post]) -> Counts:
        """Keep posts; each counts as new, seen or changed."""

    def reject(self, source: str, reason: str, where: str) -> None:
        """Note what gave no post."""

    def done(self, report: Report, cursor: Mapping[str, str]) -> None:
        """Note a source's health and where its next visit starts: after all its posts were added."""


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
