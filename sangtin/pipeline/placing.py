"""Posts without a place → memberships, by one placer a record under a lease."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from pathlib import Path
from types import TracebackType

import dedupe
from dedupe.pausing import uncollected
from sangtin.errors import SangtinError
from sangtin.pipeline import copies
from sangtin.pipeline.campaigns import flag_bursts
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.redrawing import redraw
from sangtin.record import Record, Writing, leases, placing, posts
from sangtin.record.leases import Lease
from sangtin.record.placing import Place, Unplaced

# Posts in one transaction; the sketches of a batch are computed together.
BATCH = 1_000
LEASE = "place"
# How long to leave the lease to another before asking again, in seconds: each asking is a write.
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Placed:
    """How many posts of a batch were placed, and how many of them repeat another."""

    posts: int = 0
    copies: int = 0


class RecordShelf:
    """What a placer needs to know of posts already placed, read from the record."""

    def __init__(self, record: Record, *, newest: bool = False) -> None:
        self.record, self.newest = record, newest

    def texts(self, keys: Collection[int]) -> dict[int, str]:
        """The current texts of placed posts."""
        with self.record.read() as connection:
            return posts.texts(connection, keys)

    def placed(self, keys: Collection[int]) -> dict[int, dedupe.Standing]:
        """Where placed posts stand."""
        with self.record.read() as connection:
            found = placing.standing(connection, keys)
        return {key: _standing(where) for key, where in found.items()}

    def by_normal_hash(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        """The earliest post with each normal form that is no exact copy; with a window, the newest."""
        with self.record.read() as connection:
            return placing.by_normal_hash(connection, hashes, newest=self.newest)

    def sketches_after(self, mark: int) -> Iterator[tuple[int, int, bytes]]:
        """The sketches recorded after a mark, in order."""
        while page := self._sketches(mark):
            yield from page
            mark = page[-1][0]

    def heads(self, clusters: Collection[str]) -> dict[str, int]:
        """The first post of each cluster."""
        with self.record.read() as connection:
            return placing.leads(connection, clusters)

    def _sketches(self, mark: int) -> list[tuple[int, int, bytes]]:
        with self.record.read() as connection:
            return placing.sketches(connection, mark, dedupe.SCHEME, BATCH)


class Placing:
    """The placer of this process: it works while it holds the lease, and else tries to take it."""

    def __init__(self, parts: Parts) -> None:
        self.record = parts.record
        self.folder: Path = parts.settings.home / "copies"
        days = parts.settings.copies_window
        self.window = None if days is None else timedelta(days=days)
        self._lease: Lease | None = None
        self._placer: dedupe.Placer | None = None
        self._ask_at = 0.0

    def __enter__(self) -> Placing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    @property
    def holds(self) -> bool:
        """Whether this process is the one that places."""
        return self._lease is not None and not self._lease.lost

    def place_some(self) -> Placed:
        """Place the next posts; none where none waits or another process places."""
        with uncollected():
            return self._place_some()

    def _place_some(self) -> Placed:
        if not self.holds and time.monotonic() < self._ask_at:
            return Placed()
        with self.record.read() as connection:
            waiting = placing.unplaced(connection, BATCH)
            if not waiting and not placing.erased_after(connection):
                return Placed()
        placer = self._held()
        if placer is None:
            return Placed()
        self.forget_erased()
        if waiting and waiting[0].left is not None:
            return self._succeed(placer, waiting[0].left)
        some = list(takewhile(lambda each: each.left is None, waiting))
        return self._record(some, placer.place(_items(some), *self._told(some)))

    def _told(self, waiting: Sequence[Unplaced]) -> tuple[set[int], dict[int, dedupe.Standing | None]]:
        """Those that people set apart; and those that people put to another post, and where that stands."""
        with self.record.read() as connection:
            apart, put = placing.told_by_people(connection, [each.key for each in waiting])
        return apart, {key: _standing(where) if where else None for key, where in put.items()}

    def forget_erased(self) -> bool:
        """Take erased posts out of the copies' index. False where another process places: it will."""
        placer = self._held()
        if placer is None:
            return False
        with self.record.read() as connection:
            erased = placing.erased_after(connection)
        if erased:
            with self.record.write() as writing:
                self._check(writing)
                placer.remove([key for _, key in erased])
                placing.set_forgotten(writing, erased[-1][0])
        return True

    def _succeed(self, placer: dedupe.Placer, cluster: str) -> Placed:
        """A cluster whose original was erased: its earliest remaining post leads, and then those behind it.

        Who comes in a later batch finds that one as any other.
        """
        with self.record.read() as connection:
            members = placing.orphans(connection, cluster, BATCH)
        return self._record(members, placer.succeed(_items(members), cluster, *self._told(members)))

    def _record(self, waiting: Sequence[Unplaced], placements: Sequence[dedupe.Placement]) -> Placed:
        if not waiting:
            return Placed()
        places = [_place(each, where) for each, where in zip(waiting, placements, strict=True)]
        with self.record.write() as writing:
            self._check(writing)
            places = placing.place(writing, places)
            flag_bursts(writing, places)
        if self._placer is not None:
            self._placer.commit()
        return Placed(len(places), sum(place.of is not None for place in places))

    def _held(self) -> dedupe.Placer | None:
        """The placer, where this process may place now."""
        if self._lease is not None and self._lease.lost:
            self._let_go()
        if self._lease is None and time.monotonic() >= self._ask_at:
            self._lease = leases.take(self.record, LEASE)
            self._ask_at = time.monotonic() + AGAIN_S
        if self._lease is not None and self._placer is None:
            redraw(self.record, self._lease)
            copies.claim(self.record, self.folder)
            self._placer = dedupe.Placer(
                RecordShelf(self.record, newest=self.window is not None), self.folder, self.window
            )
        return self._placer

    def _check(self, writing: Writing) -> None:
        """Make sure until a transaction ends that nobody else places: its index is this one's folder."""
        if self._lease is not None:
            self._lease.check(writing)

    def _let_go(self) -> None:
        """Leave the index written, unless somebody else has it by now: then it stays as that one knows it."""
        lease, placer = self._lease, self._placer
        self._lease = self._placer = None
        if lease is None:
            return
        with contextlib.suppress(SangtinError):
            if placer is not None and not lease.lost:
                with self.record.beside() as writing:
                    lease.check(writing)
                    placer.close()
        with contextlib.suppress(SangtinError):
            lease.give_back()


def _items(waiting: Sequence[Unplaced]) -> list[dedupe.Item]:
    return [dedupe.Item(each.key, each.text, each.moment) for each in waiting]


def _standing(where: placing.Stands) -> dedupe.Standing:
    like = where.similarity, where.containment
    return dedupe.Standing(where.cluster, where.of, where.relation, where.moment, *like)


def _place(each: Unplaced, where: dedupe.Placement) -> Place:
    return Place(
        key=each.key,
        revision=each.revision,
        cluster=where.cluster,
        of=where.of,
        relation=where.relation,
        similarity=where.similarity,
        containment=where.containment,
        reason=where.reason,
        normal_hash=where.normal_hash,
        scheme=dedupe.SCHEME,
        signature=where.sketch,
        moment=each.moment,
    )
