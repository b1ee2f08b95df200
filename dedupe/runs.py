"""Sketches → sorted postings (key over slot), and what two such runs share; pure numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from mmap import MADV_DONTNEED, mmap
from typing import Any, NamedTuple

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
# Bits for each posting, at least: one in eight keys that nobody has is looked for in vain.
SPARSE = 8
# Bits are set one by one in so many times as many of them.
FEW = 64
BIT = (1 << np.arange(8)).astype(np.uint8)
# Postings of a merge held in memory at once (16 MiB).
CHUNK = 1 << 21

# A posting is key (32 bits, the highest set for anchors) over slot (32 bits).
Postings = npt.NDArray[np.uint64]
Starts = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint8]
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
    """Sorted postings, where those of each range of keys start, and which keys occur.

    `starts`: `2**bits + 1` positions. `seen`: a bit for each stretch of keys, so that one look answers for
    nearly every key that nobody has.
    """

    postings: Postings
    starts: Starts
    seen: Bits

    @property
    def bits(self) -> int:
        """How many leading bits of a key choose its range."""
        return int(self.starts.size - 1).bit_length() - 1


def survey(parts: Iterable[Postings], total: int) -> tuple[Starts, Bits]:
    """The directory and the bits of postings that come in sorted parts."""
    bits = max(1, (total // RANGE).bit_length())
    counts = np.zeros((1 << bits) + 1, dtype=np.uint32)
    seen = blank(total)
    for part in parts:
        if part.size:
            ranges = (part >> np.uint64(64 - bits)).view(np.int64)
            lowest = int(ranges[0])
            found = np.bincount(np.subtract(ranges, lowest, out=ranges))
            counts[lowest + 1 : lowest + 1 + found.size] += found.astype(np.uint32)
            note(seen, part)
    return np.cumsum(counts, dtype=np.uint32), seen


def blank(total: int) -> Bits:
    """Bits for so many postings, none set."""
    return np.zeros(min(1 << 32, SPARSE << max(8, int(total - 1).bit_length())) // 8, dtype=np.uint8)


def note(seen: Bits, sorted_postings: Postings) -> None:
    """Set the bits of sorted postings: one by one where they are few, else a stretch of bits at once."""
    width = _width(seen)
    if sorted_postings.size * FEW < 1 << width:
        place, bit = _bits(seen, sorted_postings)
        np.bitwise_or.at(seen, place, bit)
        return
    places = (sorted_postings >> np.uint64(64 - width)).view(np.int64)
    first = int(places[0]) >> 3
    stretch = np.zeros(((int(places[-1]) >> 3) - first + 1) * 8, dtype=bool)
    stretch[np.subtract(places, first * 8, out=places)] = True
    packed = np.packbits(stretch, bitorder="little")
    seen[first : first + packed.size] |= packed


def possible(seen: Bits, asked: Postings) -> Postings:
    """Those asked for whose keys may occur."""
    place, bit = _bits(seen, asked)
    there: Postings = asked[(seen.take(place) & bit) != 0]
    return there


def _bits(seen: Bits, found: Postings) -> tuple[Numbers, Bits]:
    places = found >> np.uint64(64 - _width(seen))
    return (places >> np.uint64(3)).view(np.int64), BIT.take((places & np.uint64(7)).view(np.int64))


def _width(seen: Bits) -> int:
    return seen.size.bit_length() - 1 + 3


def meet(run: Run, asked: Postings) -> Hits:
    """Which postings of a run share a key with those asked for (both sorted)."""
    asked = possible(run.seen, asked)
    ranges = (asked >> np.uint64(64 - run.bits)).view(np.int64)
    starts = run.starts.take(ranges).astype(np.int64)
    stops = run.starts.take(ranges + 1).astype(np.int64)
    crowded = np.flatnonzero(stops - starts > COMMON)
    if crowded.size:
        starts[crowded], stops[crowded] = _bounds(run.postings, asked[crowded])
    return _hits(run.postings, asked, starts, stops)


def meet_young(young: Postings, asked: Postings) -> Hits:
    """The same for few postings in memory, without directory or bits."""
    return _hits(young, asked, *_bounds(young, asked))


def meet_beside(asked: Postings) -> Hits:
    """Which of the postings asked for share a key with each other, and themselves."""
    keys = asked >> SHIFT
    firsts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    sizes = np.diff(firsts, append=asked.size)
    starts = np.repeat(firsts, sizes)
    shared = np.repeat(sizes > 1, sizes)
    stops = np.repeat(firsts + sizes, sizes)
    return _hits(asked, asked[shared], starts[shared], stops[shared])


def _bounds(found: Postings, asked: Postings) -> tuple[Numbers, Numbers]:
    keys = asked & ~LOW
    starts = np.searchsorted(found, keys)
    stops = starts.copy()
    there = np.flatnonzero(starts < found.size)
    there = there[(found.take(starts[there]) & ~LOW) == keys[there]]  # few keys are: only they have an end
    stops[there] = np.searchsorted(found, keys[there] | LOW, side="right")
    return starts, stops


def _hits(found: Postings, asked: Postings, starts: Numbers, stops: Numbers) -> Hits:
    keys = asked & ~LOW
    anchor = (keys >> np.uint64(63)).astype(bool)
    counts = stops - starts
    counts[anchor & (counts > COMMON)] = 0
    owner, positions = _expand(starts, stops, counts)
    met = found.take(positions)
    same = np.flatnonzero((met & ~LOW) == keys.take(owner))
    owner = owner.take(same)
    who, slot = asked.take(owner) & LOW, met.take(same) & LOW
    return Hits(who.view(np.int64), slot.view(np.int64), anchor.take(owner))


def _expand(starts: Numbers, stops: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """The positions of ranges, of crowded ones both ends only, and which range each belongs to."""
    taken = np.minimum(counts, CROWD)
    owner = np.repeat(np.arange(taken.size), taken)
    nth = np.arange(int(taken.sum())) - np.repeat(np.cumsum(taken) - taken, taken)
    places = starts.take(owner) + nth
    crowded = np.flatnonzero(counts > CROWD)
    if crowded.size:
        late = np.isin(owner, crowded) & (nth >= CROWD // 2)
        places[late] = stops[owner[late]] - 1 - (nth[late] - CROWD // 2)
    return owner, places


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


def forget(run: Run, gone: Numbers) -> None:
    """Clear the bits of the postings of slots, before they are scrubbed, unless another posting sets them."""
    parts = (run.postings[start : start + CHUNK] for start in range(0, run.postings.size, CHUNK))
    lost = np.concatenate(
        [np.empty(0, np.uint64), *(part[np.isin(part & LOW, gone.astype(np.uint64))] for part in parts)]
    )
    below = np.uint64((1 << (64 - _width(run.seen))) - 1)
    first, last = lost & ~below, lost | below
    there, mine = (
        np.searchsorted(held, last, side="right") - np.searchsorted(held, first)
        for held in (run.postings, lost)
    )
    place, bit = _bits(run.seen, lost[there == mine])
    np.bitwise_and.at(run.seen, place, ~bit)


def merged(runs: Sequence[Postings]) -> Iterator[Postings]:
    """The postings of several runs in order and without repeats, in chunks."""
    total = sum(run.size for run in runs)
    pieces = max(1, -(-total // CHUNK))
    edges = [int(i * (1 << 64) // pieces) for i in range(1, pieces)]
    cuts = [[0, *np.searchsorted(run, np.array(edges, dtype=np.uint64)), run.size] for run in runs]
    for piece in range(pieces):
        parts = [run[cut[piece] : cut[piece + 1]] for run, cut in zip(runs, cuts, strict=True)]
        piece_of_all = np.concatenate(parts)
        for run in runs:
            let_go(run)
        piece_of_all.sort(kind="stable")  # merges what is sorted
        again = piece_of_all[1:] == piece_of_all[:-1]
        yield piece_of_all[np.append(True, ~again)] if again.any() else piece_of_all


def let_go(held: npt.NDArray[Any]) -> None:
    """Give the pages of a mapped file back to the system; they are read again when they are asked for."""
    if isinstance(held.base, mmap):
        held.base.madvise(MADV_DONTNEED)
