"""Pending posts → outcomes: place, read, index, until nothing is left, whoever holds it."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sangtin import events, follower
from sangtin.errors import BusyError, EngineError
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.placing import Placing
from sangtin.pipeline.reading import InUse, load_in_use, read_some
from sangtin.record import models, placing, reading
from sangtin.record.leases import Lease, taken

# How often to look again while another process holds the rest, and for new posts when watching, in seconds.
AGAIN_S = 0.2
WATCH_S = 2.0
# Batches between two looks of the index at the record: posts show up in search within seconds.
FOLLOW_EVERY = 8


@dataclass(slots=True)
class Sieved:
    """What one sieve did. `settled` counts answers by reader; "unsure" are those left to people."""

    placed: int = 0
    duplicates: int = 0
    read: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    behind: follower.Behind = field(default_factory=follower.Behind)


Advance = Callable[[int], None]


def waiting(parts: Parts, in_use: InUse) -> int:
    """How many steps are left: posts to place (and then to read) and posts to read."""
    with parts.record.read() as connection:
        return 2 * placing.count_unplaced(connection) + reading.count_unread(connection, in_use.key)


def sieve(
    parts: Parts, in_use: InUse, advance: Advance, *, watch: bool = False, goes_on: Callable[[], bool]
) -> Sieved:
    """Place and read until nothing waits (with `watch`: as long as `goes_on`), then catch up the index.

    Safe beside other sieves: one places, all read, each post once. Killed at any moment it loses nothing.
    A search that does not answer holds nobody up; a record that does not ends the sieve, unless it watches:
    then it is tried again for as long as it takes.
    """
    done = Sieved()
    wait = 0.0
    while True:
        before = done.placed + done.read
        try:
            _sieve(parts, in_use, done, advance, (watch, goes_on))
        except (EngineError, BusyError) as error:
            if not watch:
                raise
            wait = follower.next_wait(wait if before == done.placed + done.read else 0.0)
            events.warn("the record can not be worked on; it is tried again", reason=error.message)
            time.sleep(wait)
        else:
            return done


def _sieve(
    parts: Parts, in_use: InUse, done: Sieved, advance: Advance, until: tuple[bool, Callable[[], bool]]
) -> None:
    watch, goes_on = until
    following = follower.Watching(parts.record, parts.search)
    with _reader(parts) as lease, Placing(parts) as placer:
        rounds = 0
        while goes_on():
            moved = _round(parts, in_use, (placer, lease), done, advance)
            rounds += 1
            if moved and rounds % FOLLOW_EVERY == 0:
                following.follow()
            if moved:
                continue
            in_use = _still_in_use(parts, in_use)
            if not waiting(parts, in_use):
                if not watch:
                    break
                following.follow()
            time.sleep(WATCH_S if watch else AGAIN_S)
    if not watch:
        done.behind = follower.follow_after(parts.record, parts.search)


def _round(parts: Parts, in_use: InUse, held: tuple[Placing, Lease], done: Sieved, advance: Advance) -> int:
    placer, lease = held
    placed = placer.place_some()
    done.placed += placed.posts
    done.duplicates += placed.copies
    read = read_some(parts.record, in_use, lease, done.settled)
    done.read += read
    advance(placed.posts + placed.copies + read)
    return placed.posts + read


def _still_in_use(parts: Parts, in_use: InUse) -> InUse:
    """The model in use now: a person may have chosen another while this one was reading."""
    with parts.record.read() as connection:
        key = models.current_model(connection)
    return in_use if key == in_use.key else load_in_use(parts.record, parts.settings)


@contextlib.contextmanager
def _reader(parts: Parts) -> Iterator[Lease]:
    with taken(parts.record, f"read:{secrets.token_hex(4)}") as lease:
        if lease is None:
            raise AssertionError("a lease with a random name is held by another")
        yield lease
