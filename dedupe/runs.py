"""Sketches → sorted postings (key over slot), and what two such runs share; pure numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.sketch import PERMUTATIONS, Array32, Sketch

# Chosen by tests/bench/copies.py, table in docs/decisions/0004-copies.md.
ROWS = 4
BANDS = PERMUTATIONS // ROWS
# A long shingle that this many posts share is a common phrase and proposes nothing.
COMMON = 64
# Of posts that share one band, the earliest and the latest are proposed, half each.
CROWD = 64
# Postings in one range of keys on average: a range is scanned, not searched.
RANGE = 4
# Postings of a merge held in memory at once (32 MiB a run).
CHUNK = 1 << 22

# A posting is key (32 bits, the highest set for anchors) over slot (32 bits).
Postings = npt.NDArray[np.uint64]
Starts = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
SHIFT = np.uint64(32)
LOW = np.uint64(0xFFFF_FFFF)
ANCHOR_BIT = np.uint32(0x8000_0000)
NOBODY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


class Hits(NamedTuple):
    """Pairs that share a key: who asked, which slot answered, and whether the key is an anchor."""

    who: Numbers
    slot: Numbers
    anchor: npt.NDArray[np.bool_]


def postings(sketches: Sequence[Sketch], first: int) -> Postings:
    """The sorted postings of sketches whose slots count from `first`."""
    if not sketches:
        return np.empty(0, dtype=np.uint64)
    slots = np.arange(first, first + len(sketches), dtype=np.uint64)
    bands = _bands(np.stack([s.signature for s in sketches])).astype(np.uint64) << SHIFT
    sizes = np.array([s.anchors.size for s in sketches])
    anchors = (np.concatenate([s.anchors for s in sketches]) | ANCHOR_BIT).astype(np.uint64) << SHIFT
    made = np.concatenate([(bands | slots[:, None]).ravel(), anchors | np.repeat(slots, sizes)])
    made.sort()
    return made


def _bands(signatures: Array32) -> Array32:
    """One key a band: its rows and its number, mixed into 31 bits."""
    rows = signatures.reshape(len(signatures), BANDS, ROWS).astype(np.uint64)
    key = np.arange(BANDS, dtype=np.uint64) + np.uint64(1)
    for row in range(ROWS):
        key = (key ^ rows[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return (key >> SHIFT).astype(np.uint32) & ~ANCHOR_BIT


class Run(NamedTuple):
    """Sorted postings, and where those of each range of keys start (`2**bits + 1` positions)."""

    postings: Postings
    starts: Starts

    @property
    def bits(self) -> int:
        """How many leading bits of a key choose its range."""
        return int(self.starts.size - 1).bit_length() - 1


def indexed(sorted_postings: Postings) -> Run:
    """Postings with the start of each range of keys, `RANGE` postings a range on average."""
    return Run(sorted_postings, starts_of([sorted_postings], sorted_postings.size))


def starts_of(parts: Iterable[Postings], total: int) -> Starts:
    """Where each range of keys starts in postings that come in sorted parts."""
    bits = max(1, (total // RANGE).bit_length())
    counts = np.zeros((1 << bits) + 1, dtype=np.uint32)
    for part in parts:
        ranges, found = np.unique(part >> np.uint64(64 - bits), return_counts=True, sorted=True)
        counts[ranges.astype(np.int64) + 1] += found.astype(np.uint32)
    return np.cumsum(counts, dtype=np.uint32)


def meet(run: Run, asked: Postings) -> Hits:
    """Which postings of a run share a key with those asked for (both sorted)."""
    keys = asked & ~LOW
    ranges = (asked >> np.uint64(64 - run.bits)).astype(np.int64)
    starts = run.starts[ranges].astype(np.int64)
    stops = run.starts[ranges + 1].astype(np.int64)
    crowded = np.flatnonzero(stops - starts > COMMON)
    if crowded.size:
        starts[crowded] = np.searchsorted(run.postings, keys[crowded])
        stops[crowded] = np.searchsorted(run.postings, keys[crowded] | LOW, side="right")
    anchor = (keys >> np.uint64(63)).astype(bool)
    counts = stops - starts
    counts[anchor & (counts > COMMON)] = 0
    owner, positions = _expand(starts, stops, counts)
    met = run.postings[positions]
    same = (met & ~LOW) == keys[owner]
    owner = owner[same]
    return Hits((asked[owner] & LOW).astype(np.int64), (met[same] & LOW).astype(np.int64), anchor[owner])


def _expand(starts: Numbers, stops: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """The positions of ranges, of crowded ones both ends only, and which range each belongs to."""
    taken = np.minimum(counts, CROWD)
    owner = np.repeat(np.arange(taken.size), taken)
    nth = np.arange(int(taken.sum())) - np.repeat(np.cumsum(taken) - taken, taken)
    late = (counts[owner] > CROWD) & (nth >= CROWD // 2)
    return owner, np.where(late, stops[owner] - 1 - (nth - CROWD // 2), starts[owner] + nth)


def scrub(run: Postings, gone: Numbers) -> None:
    """Overwrite in place the postings of slots by their neighbours': order stays, no trace of them does."""
    for start in range(0, run.size, CHUNK):
        part = run[start : start + CHUNK]
        hit = np.isin(part & LOW, gone.astype(np.uint64))
        if not hit.any():
            continue
        stays = np.flatnonzero(~hit)
        if not stays.size:
            before = run[start - 1] if start else (run[start + CHUNK] if start + CHUNK < run.size else NOBODY)
            part[:] = before
            continue
        places = np.flatnonzero(hit)
        nearest = np.maximum(np.searchsorted(stays, places) - 1, 0)
        part[places] = part[stays[nearest]]


def merged(runs: Sequence[Postings]) -> Iterator[Postings]:
    """The postings of several runs in order and without repeats, in chunks."""
    total = sum(run.size for run in runs)
    pieces = max(1, -(-total // CHUNK))
    edges = [int(i * (1 << 64) // pieces) for i in range(1, pieces)]
    cuts = [[0, *np.searchsorted(run, np.array(edges, dtype=np.uint64)), run.size] for run in runs]
    for piece in range(pieces):
        parts = [run[cut[piece] : cut[piece + 1]] for run, cut in zip(runs, cuts, strict=True)]
        piece_of_all = np.concatenate(parts)
        piece_of_all.sort()
        yield piece_of_all[np.diff(piece_of_all, prepend=NOBODY) != 0]
