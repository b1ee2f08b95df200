"""Pending posts → outcomes: place, read, index, until nothing is left, whoever holds it."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dedupe.pausing import seldom
from sangtin import events, follower
from sangtin.errors import BusyError, EngineError
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.placing import Placed, Placing
from sangtin.pipeline.reading import InUse, load_in_use, read_some
from sangtin.record import models, placing, reading
from sangtin.record.leases import Lease, held_for, taken

# How often to look again while another process holds the rest, and for new posts when watching, in seconds.
AGAIN_S = 0.2
WATCH_S = 2.0
# How often the index looks at the record while there is work, in seconds: a post that was placed and read
# since is handed to it once.
FOLLOW_EVERY_S = 10.0
# How many placed posts may wait for their reading before whoever places reads too, for the same reason.
AHEAD = 2_000
# How long to follow before looking for work again, in seconds.
FOLLOW_S = 4.0
# The work for which each process that reads holds a lease of its own.
READ = "read"
# How often progress is counted, in seconds: a count of what waits takes some 20 ms a million.
COUNT_S = 1.0


@dataclass(slots=True)
class Sieved:
    """What one sieve did. `settled` counts answers by reader; "unsure" are those left to people.

    Of the read ones `cut` were too long for a reader to take in whole, and `foreign` are in another language.
    """

    placed: int = 0
    duplicates: int = 0
    read: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    foreign: int = 0
    behind: follower.Behind = field(default_factory=follower.Behind)


Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Work:
    """How long to go on, and beside whom.

    `watch`: when nothing waits, wait for more. `beside`: others read meanwhile and hand to the index what is
    done, so whoever places does so only when all are placed, or where they lag. `shown`: somebody looks at
    this one's progress.
    """

    goes_on: Callable[[], bool]
    watch: bool = False
    beside: bool = False
    shown: bool = True


class Progress:
    """How far the record is, whoever works on it: what waits now beside what waited first."""

    def __init__(self, parts: Parts, in_use: InUse, advance: Advance) -> None:
        self._parts, self._model, self._advance = parts, in_use, advance
        self._left = waiting(parts, in_use)
        self._next = time.monotonic() + COUNT_S

    def show(self, *, now: bool = False) -> None:
        """Count again, at most every COUNT_S; more that came in meanwhile turns nothing back."""
        if not now and time.monotonic() < self._next:
            return
        left = waiting(self._parts, self._model)
        self._advance(max(self._left - left, 0))
        self._left = left
        self._next = time.monotonic() + COUNT_S


def waiting(parts: Parts, in_use: InUse) -> int:
    """How many steps are left: posts to place (and then to read) and posts to read."""
    with parts.record.read() as connection:
        return 2 * placing.count_unplaced(connection) + reading.count_unread(connection, in_use.key)


def sieve(parts: Parts, in_use: InUse, advance: Advance, work: Work) -> Sieved:
    """Place and read until nothing waits (when watching: as long as it goes on), then catch up the index.

    Safe beside other sieves: one places, all read, each post once. Killed at any moment it loses nothing.
    A search that does not answer holds nobody up; a record that does not ends the sieve, unless it watches:
    then it is tried again for as long as it takes.
    """
    done, progress = Sieved(), Progress(parts, in_use, advance) if work.shown else None
    wait = 0.0
    while True:
        before = done.placed + done.read
        try:
            _sieve(parts, in_use, (done, progress), work)
        except (EngineError, BusyError) as error:
            if not work.watch:
                raise
            wait = follower.next_wait(wait if before == done.placed + done.read else 0.0)
            events.warn("the record can't be worked on; it is tried again", reason=error.message)
            time.sleep(wait)
        else:
            return done


def _sieve(parts: Parts, in_use: InUse, told: tuple[Sieved, Progress | None], work: Work) -> None:
    done, progress = told
    following = follower.Watching(parts.record, parts.search)
    with _reader(parts) as lease, Placing(parts) as placer, seldom() as collect:
        next_follow = time.monotonic() + FOLLOW_EVERY_S
        while work.goes_on():
            moved = _round(parts, in_use, (placer, lease), done, beside=work.beside)
            if progress:
                progress.show()
            collect()
            if moved and time.monotonic() >= next_follow:
                if not _others_follow(parts, placer, work):
                    following.follow(FOLLOW_S)
                next_follow = time.monotonic() + FOLLOW_EVERY_S
            if moved:
                continue
            in_use = _still_in_use(parts, in_use)
            if not work.watch and not waiting(parts, in_use):
                break
            if following.follow(FOLLOW_S):
                continue
            time.sleep(WATCH_S if work.watch else AGAIN_S)
    if progress:
        progress.show(now=True)
    if not work.watch:
        done.behind = follower.follow_after(parts.record, parts.search)


def _round(parts: Parts, in_use: InUse, held: tuple[Placing, Lease], done: Sieved, *, beside: bool) -> int:
    placer, lease = held
    placed = Placed() if beside and _far_ahead(parts) else placer.place_some()
    done.placed += placed.posts
    done.duplicates += placed.copies
    if beside and placed.posts:
        return placed.posts
    before = Counter(in_use.model.counted)
    read = read_some(parts.record, in_use, lease, done.settled)
    done.read += read
    done.cut += in_use.model.counted["cut"] - before["cut"]
    done.foreign += in_use.model.counted["foreign"] - before["foreign"]
    return placed.posts + read


def _others_follow(parts: Parts, placer: Placing, work: Work) -> bool:
    """Whether the index can be left to others: whoever places is busy, and somebody else reads and lives."""
    if not (work.beside and placer.holds):
        return False
    with parts.record.read() as connection:
        return held_for(connection).get(READ, 0) > 1


def _far_ahead(parts: Parts) -> bool:
    """Whether reading lags so far behind placing that whoever places should read."""
    with parts.record.read() as connection:
        return reading.unread_beyond(connection, AHEAD)


def _still_in_use(parts: Parts, in_use: InUse) -> InUse:
    """The model in use now: a person may have chosen another while this one was reading."""
    with parts.record.read() as connection:
        key = models.current_model(connection)
    return in_use if key == in_use.key else load_in_use(parts.record, parts.settings)


@contextlib.contextmanager
def _reader(parts: Parts) -> Iterator[Lease]:
    with taken(parts.record, f"{READ}:{secrets.token_hex(4)}") as lease:
        if lease is None:
            raise AssertionError("a lease with a random name is held by another")
        yield lease
