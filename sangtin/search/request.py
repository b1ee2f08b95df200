"""What people ask of a search, beside the query itself, and what they get."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from sangtin.errors import UsageError
from sangtin.post import Bin, Flag, Kind
from sangtin.search.document import Document
from sangtin.search.field import Field

# Both engines rank by relevance no deeper: Elasticsearch's own limit (index.max_result_window).
DEEPEST_RANK = 10_000
# More at once than a screen shows; an export streams.
LARGEST_PAGE = 1_000
# Posts of one second are told apart by 20 bits of a hash, less room at the end for those that collide.
TIES = (1 << 20) - (1 << 12)


class Sort(StrEnum):
    """The order of hits. By time is exact and the same on every engine."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be, all of it together; a tuple holds alternatives, and an empty one asks nothing.

    `since` and `until` are days in Asia/Ho_Chi_Minh and both belong to the period.
    """

    sources: tuple[str, ...] = ()
    bins: tuple[Bin, ...] = ()
    kinds: tuple[Kind, ...] = ()
    flags: tuple[Flag, ...] = ()
    clusters: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def alternatives(self) -> tuple[tuple[Field, tuple[str, ...]], ...]:
        """Each field that is asked for, with its alternatives."""
        asked = (
            (Field.SOURCE, self.sources),
            (Field.LABEL, self.bins),
            (Field.KIND, self.kinds),
            (Field.FLAG, self.flags),
            (Field.CLUSTER, self.clusters),
            (Field.AUTHOR, self.authors),
        )
        return tuple((field, values) for field, values in asked if values)


ANY = Filters()


def tie(id: str) -> int:
    """A stable number in [0, TIES) that orders posts of one second the same on every engine."""
    return int.from_bytes(hashlib.blake2b(id.encode(errors="surrogatepass"), digest_size=4).digest()) % TIES


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, on any engine: the last hit's moment and id, or by relevance its rank."""

    moment: datetime
    id: str
    rank: int = 0

    @property
    def second(self) -> int:
        """The moment in whole seconds since 1970."""
        return max(int(self.moment.timestamp() // 1), 0)

    def encode(self) -> str:
        """The cursor as letters, digits, `-` and `_`, for a link."""
        value = json.dumps([self.second, self.id, self.rank], separators=(",", ":"))
        return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """The cursor that `encode` wrote; UsageError where it did not."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            second, id, rank = json.loads(raw)
            return cls(datetime.fromtimestamp(int(second), UTC), str(id), int(rank))
        except (ValueError, TypeError, OverflowError, OSError, binascii.Error, RecursionError) as error:
            raise UsageError(
                "This page link is broken. Start the search again from its first page."
            ) from error


@dataclass(frozen=True, slots=True)
class Hit:
    """A found post and the [start, end) character offsets of the found words in its original text."""

    document: Document
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits in order, and the cursor of the next page, or None where there is none."""

    hits: tuple[Hit, ...]
    next: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """Exact counts of all hits, by value; values without hits are absent. Days are in order.

    A post with two flags counts under both, so only `bins`, `sources` and `days` add up to `total`.
    """

    total: int = 0
    bins: dict[Bin, int] = field(default_factory=dict)
    kinds: dict[Kind, int] = field(default_factory=dict)
    flags: dict[Flag, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)


def page_of(hits: Sequence[Hit], limit: int, rank: int) -> Page:
    """The first `limit` of the hits found from a rank on; one more than that means another page."""
    if len(hits) <= limit:
        return Page(tuple(hits))
    last = hits[limit - 1].document
    return Page(tuple(hits[:limit]), Cursor(last.moment, last.id, rank + limit))
