"""Posts from a crawl or a file → the record, each counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sangtin.post import Post
from sangtin.record import Record, posts, sources
from sangtin.record.posts import Counts


@dataclass(slots=True)
class Tally:
    """What became of the items of one run: read = new + seen + changed + all rejected."""

    read: int = 0
    new: int = 0
    seen: int = 0
    changed: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        """Count a batch that the record took."""
        self.read += counts.new + counts.seen + counts.changed
        self.new += counts.new
        self.seen += counts.seen
        self.changed += counts.changed

    def reject(self, reason: str) -> None:
        """Count an item that could not be taken."""
        self.read += 1
        self.rejected[reason] = self.rejected.get(reason, 0) + 1


class RecordSink:
    """Takes posts of known sources into the record, a batch a transaction."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.tallies: dict[str, Tally] = {}

    def add(self, batch: Sequence[Post]) -> Counts:
        """Add a batch of one source's posts."""
        if not batch:
            return Counts()
        with self.record.write() as writing:
            sources.ensure(writing, batch[0].source)
            counts = posts.add(writing, batch)
        self._tally(batch[0].source).add(counts)
        return counts

    def reject(self, source: str, reason: str) -> None:
        """Count an item that is no post."""
        self._tally(source).reject(reason)

    def _tally(self, source: str) -> Tally:
        return self.tallies.setdefault(source, Tally())
