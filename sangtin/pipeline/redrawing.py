"""Sketches that an older program drew → the same posts' sketches as this one draws them."""

from __future__ import annotations

import dedupe
from sangtin import events
from sangtin.record import Record, placing
from sangtin.record.leases import Lease

# Sketches drawn in one transaction.
BATCH = 1_000


def redraw(record: Record, lease: Lease) -> None:
    """Draw again every sketch of another scheme: the index of this one would never find its post.

    To be called under the placer's lease, before the index is opened; what was done stays done where it
    is stopped, and a record whose sketches are all of this scheme is asked one question.
    """
    with record.read() as connection:
        if placing.drawn_as(connection) == dedupe.SCHEME:
            return
    done = 0
    while some := _some(record):
        drawn = dedupe.sketched([text for _, text in some])
        marked = [(mark, each) for (mark, _), each in zip(some, drawn, strict=True)]
        with record.write() as writing:
            lease.check(writing)
            placing.redraw(writing, marked, dedupe.SCHEME)
        done += len(some)
    with record.write() as writing:
        lease.check(writing)
        placing.set_drawn_as(writing, dedupe.SCHEME)
    if done:
        events.note("sketches were drawn again", sketches=done, scheme=dedupe.SCHEME)


def _some(record: Record) -> list[tuple[int, str]]:
    with record.read() as connection:
        return placing.drawn_otherwise(connection, dedupe.SCHEME, BATCH)
