"""What a placer is given, what it decides, and what it must know of posts that are placed already."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sangtin.post import Relation


@dataclass(frozen=True, slots=True)
class Item:
    """A post to place. `key` is its key in the record: unique, in no order."""

    key: int
    text: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a post was placed, with what the record keeps of it.

    `of` is the original that the post repeats (never itself a copy), or None. `similarity` and
    `containment` in [0, 1] are those towards `of`, or towards the nearest member of the cluster.
    `sketch` is None where no later post needs to find this one: exact copies, near ones that differ
    in next to nothing, and texts too short for shingles. `normal_hash` (16 bytes) is equal for posts
    that say the same words with the same marks.
    """

    key: int
    cluster: str
    of: int | None
    similarity: float
    containment: float
    relation: Relation
    reason: str
    sketch: bytes | None
    normal_hash: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an earlier post stands: its cluster, the original that it repeats, when, and how like that.

    `similarity` and `containment` are those of its placement; a post that says the same words has them too.
    """

    cluster: str
    of: int | None
    relation: Relation
    moment: datetime | None = None
    similarity: float = 1.0
    containment: float = 1.0


class Shelf(Protocol):
    """What a placer needs to know of posts already placed. Keys that are gone are missing from answers."""

    def texts(self, keys: Collection[int]) -> dict[int, str]:
        """The current text of placed posts."""
        ...

    def placed(self, keys: Collection[int]) -> dict[int, Standing]:
        """Where placed posts stand."""
        ...

    def by_normal_hash(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        """For each normal form, the earliest post, or with a window the newest, that is no exact copy.

        Near copies belong into the answer: then a flood of one near copy costs no comparison.
        """
        ...

    def sketches_after(self, mark: int) -> Iterator[tuple[int, int, bytes]]:
        """(mark, post key, sketch) of the sketches recorded after a mark, marks rising."""
        ...

    def heads(self, clusters: Collection[str]) -> dict[str, int]:
        """The first post of each cluster."""
        ...
