"""Posts without a place → memberships, by one placer a record under a lease."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection

import dedupe
from sangtin.pipeline.campaigns import flag_bursts
from sangtin.pipeline.parts import Parts
from sangtin.record import leases, placing, posts
from sangtin.record.leases import Lease
from sangtin.record.placing import Place, Unplaced

# Posts in one transaction; the sketches of a batch are computed together.
BATCH = 1_000
LEASE = "place"


@dataclass(frozen=True, slots=True)
class Placed:
    """How many posts of a batch were placed, and how many of them repeat another."""

    posts: int = 0
    copies: int = 0


class RecordShelf:
    """What a placer needs to know of posts already placed, read from the record."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def texts(self, keys: Collection[int]) -> dict[int, str]:
        """The current texts of placed posts."""
        return posts.texts(self.connection, keys)

    def placed(self, keys: Collection[int]) -> dict[int, dedupe.Standing]:
        """Where placed posts stand."""
        found = placing.standing(self.connection, keys)
        return {key: dedupe.Standing(s.cluster, s.of, s.relation, s.moment) for key, s in found.items()}

    def by_normal_hash(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        """The earliest post with each normal form that is no exact copy."""
        return placing.by_normal_hash(self.connection, hashes)

    def sketches_after(self, mark: int) -> Iterator[tuple[int, int, bytes]]:
        """The sketches recorded after a mark, in order."""
        while page := placing.sketches(self.connection, mark, dedupe.SCHEME, BATCH):
            yield from page
            mark = page[-1][0]

    def heads(self, clusters: Collection[str]) -> dict[str, int]:
        """The first post of each cluster."""
        return placing.leads(self.connection, clusters)


class Placing:
    """The placer of this process: it works while it holds the lease, and tries to take it while it does not."""

    def __init__(self, parts: Parts) -> None:
        self.record = parts.record
        self.folder: Path = parts.settings.home / "copies"
        self._lease: Lease | None = None
        self._placer: dedupe.Placer | None = None

    def __enter__(self) -> Placing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def place_some(self) -> Placed:
        """Place the next batch; nothing where none waits or another process places."""
        with self.record.read() as connection:
            waiting = placing.unplaced(connection, BATCH)
        if not waiting or not self._held():
            return Placed()
        return self._place(waiting)
