"""What the follower hands to an index, and what an index holds of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sangtin.errors import EngineError
from sangtin.post import Bin, Cause, Flag, Kind, Relation, day_of


@dataclass(frozen=True, slots=True)
class Document:
    """A post as people search it. `number` is the record's change number: a greater one is newer.

    `moment` is published_at, else fetched_at, in UTC; `flags` is sorted and holds each flag once.
    """

    id: str
    text: str
    source: str
    moment: datetime
    number: int
    bin: Bin = Bin.PENDING
    cause: Cause = Cause.NONE
    kind: Kind | None = None
    flags: tuple[Flag, ...] = ()
    author_key: str | None = None
    thread: str | None = None
    cluster: str | None = None
    relation: Relation | None = None

    @property
    def day(self) -> date:
        """The post's day in Asia/Ho_Chi_Minh."""
        return day_of(self.moment)

    @property
    def second(self) -> int:
        """Whole seconds since 1970 in UTC, at least 0: the resolution at which posts are sorted."""
        return max(int(self.moment.timestamp() // 1), 0)

    def digest(self) -> str:
        """128 bits of SHA-256, as hex, over all but `number`: equal where search shows the same."""
        shown = (
            *(self.id, self.text, self.source, self.second, self.bin, self.cause, self.kind),
            *(sorted(self.flags), self.author_key, self.thread, self.cluster, self.relation),
        )
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that was erased or has expired: its id and the number of that change."""

    id: str
    number: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far an index has followed a record: the record's epoch and the last change number applied.

    A restored or copied record starts another epoch; numbers of two epochs do not compare.
    """

    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One post as an index holds it, for comparison with the record: id, number, `Document.digest()`."""

    id: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One document that an index did not take, with the engine's reason. It is never dropped silently."""

    id: str
    number: int
    reason: str


def latest(documents: Sequence[Document], gone: Sequence[Gone]) -> tuple[Document | Gone, ...]:
    """One change a post: the one with the greatest number; at the same number, gone."""
    found: dict[str, Document | Gone] = {}
    changes: tuple[Document | Gone, ...] = (*documents, *gone)
    for change in changes:
        held = found.get(change.id)
        if held is None or change.number >= held.number:
            found[change.id] = change
    return tuple(found.values())


def refusal(change: Document | Gone) -> Refusal | None:
    """Why no engine can hold a change, if none can: a lone surrogate in a name has no UTF-8."""
    names = [change.id]
    if isinstance(change, Document):
        names += filter(None, (change.source, change.cluster, change.author_key, change.thread))
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        reason = "its id, source, thread, cluster or author is not valid Unicode"
        return Refusal(change.id, change.number, reason)
    return None


class StaleError(EngineError):
    """An index that cannot be followed or read any more and must be built again."""


class NewerError(EngineError):
    """An index that a newer program or Python wrote, which is not read or replaced here unless told to."""


class EpochError(StaleError):
    """An index follows another epoch of the record than the one whose changes it is given."""
