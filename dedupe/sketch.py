"""Letters of many texts → their datasketch MinHash signatures and anchors, in one numpy pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Array32 = npt.NDArray[np.uint32]

# Chosen by tests/bench/copies.py, table in docs/decisions/0004-copies.md.
SHINGLE = 5
PERMUTATIONS = 64
SEED = 1
ANCHOR = 16
ANCHORS = 16

# Stored beside the data. Sketches of another scheme are never compared; they are drawn again.
SCHEME = f"affine32/char{SHINGLE}/{PERMUTATIONS}x{SEED}/anchor{ANCHOR}x{ANCHORS}/v4"

# 2^64 divided by the golden ratio: multiplicative hashing (Knuth, TAOCP 6.4).
GOLDEN = 0x9E3779B97F4A7C15
# No packed anchor: no batch has so many texts.
NOTHING = 0xFFFF_FFFF_FFFF_FFFF
# Shingles per block, so that a block of all permutations (64 x 4 bytes x 4096 = 1 MiB) stays in cache.
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's signature (`PERMUTATIONS` minima) and anchors (at most `ANCHORS` smallest long shingles)."""

    signature: Array32
    anchors: Array32

    def to_bytes(self) -> bytes:
        """What the record stores; little-endian, the signature first."""
        return self.signature.astype("<u4").tobytes() + self.anchors.astype("<u4").tobytes()

    @staticmethod
    def from_bytes(stored: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote."""
        values = np.frombuffer(stored, dtype="<u4").astype(np.uint32)
        return Sketch(values[:PERMUTATIONS], values[PERMUTATIONS:])


def shingle_hash(shingle: bytes) -> int:
    """The 32-bit hash of one shingle of `SHINGLE` bytes, as datasketch's `hashfunc` takes it."""
    return (int.from_bytes(shingle, "big") * GOLDEN & 0xFFFF_FFFF_FFFF_FFFF) >> 32


def shingles(letters: bytes) -> set[bytes]:
    """The character shingles of a text's letters."""
    return {letters[i : i + SHINGLE] for i in range(len(letters) - SHINGLE + 1)}


def draw(texts: Sequence[bytes]) -> list[Sketch | None]:
    """The sketch of each text's letters (ASCII); None for one shorter than a shingle."""
    lengths = np.array([len(t) for t in texts], dtype=np.int64)
    kept = np.flatnonzero(lengths >= SHINGLE)
    drawn: list[Sketch | None] = [None] * len(texts)
    if not kept.size:
        return drawn
    codes = np.frombuffer(b"".join(texts[i] for i in kept.tolist()), dtype=np.uint8).astype(np.uint64)
    ends = np.cumsum(lengths[kept])
    signatures = _signatures(codes, ends)
    anchors = _anchors(codes, ends)
    for at, index in enumerate(kept.tolist()):
        drawn[index] = Sketch(signatures[at], anchors[at])
    return drawn


@cache
def permutations() -> tuple[Array32, Array32]:
    """datasketch's multipliers and offsets for our scheme and seed."""
    from datasketch import MinHash

    first, second = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32").permutations
    return first.astype(np.uint32), second.astype(np.uint32)


def _mix(values: Array32) -> Array32:
    """MurmurHash3's 32-bit finaliser, as datasketch mixes before it permutes."""
    values = values ^ (values >> np.uint32(16))
    values = values * np.uint32(0x85EBCA6B)
    values = values ^ (values >> np.uint32(13))
    values = values * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def _windows(ends: npt.NDArray[np.int64], width: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where windows of a width start that lie within one text, and how many each text has."""
    lengths = np.diff(ends, prepend=0)
    counts = np.maximum(lengths - width + 1, 0)
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    starts = np.arange(int(counts.sum())) + np.repeat(ends - lengths - firsts, counts)
    return starts, counts


def _signatures(codes: npt.NDArray[np.uint64], ends: npt.NDArray[np.int64]) -> Array32:
    starts, counts = _windows(ends, SHINGLE)
    value = codes[: codes.size - SHINGLE + 1].copy()
    for offset in range(1, SHINGLE):
        value = (value << np.uint64(8)) | codes[offset : codes.size - SHINGLE + 1 + offset]
    hashed = _mix(((value * np.uint64(GOLDEN)) >> np.uint64(32)).astype(np.uint32))[starts]
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return _minima(hashed, firsts)


def _minima(hashed: Array32, firsts: npt.NDArray[np.int64]) -> Array32:
    """The smallest permuted value of each text, in blocks of whole texts or parts of one."""
    multiply, add = permutations()
    result = np.full((firsts.size, PERMUTATIONS), 0xFFFF_FFFF, dtype=np.uint32)
    bounds = np.append(firsts, hashed.size)
    for start in range(0, hashed.size, BLOCK):
        stop = min(start + BLOCK, hashed.size)
        first = int(np.searchsorted(bounds, start, side="right")) - 1
        last = int(np.searchsorted(bounds, stop, side="left"))
        cuts = np.maximum(bounds[first:last], start) - start
        block = hashed[start:stop] * multiply[:, None]
        block += add[:, None]
        lows = np.minimum.reduceat(block, cuts, axis=1).T
        np.minimum(result[first:last], lows, out=result[first:last])
    return result


def _anchors(codes: npt.NDArray[np.uint64], ends: npt.NDArray[np.int64]) -> list[Array32]:
    """The smallest distinct hashes of each text's shingles of `ANCHOR` letters."""
    if codes.size < ANCHOR:
        return [np.empty(0, dtype=np.uint32)] * ends.size
    starts, counts = _windows(ends, ANCHOR)
    span = codes.size - ANCHOR + 1
    value = np.zeros(span, dtype=np.uint64)
    for offset in range(ANCHOR):
        value = (value + codes[offset : span + offset]) * np.uint64(GOLDEN)
        value ^= value >> np.uint64(29)
    texts = np.repeat(np.arange(ends.size, dtype=np.uint64), counts)
    packed = (texts << np.uint64(32)) | (value[starts] >> np.uint64(32))
    packed.sort()
    packed = packed[np.diff(packed, prepend=np.uint64(NOTHING)) != 0]
    owners = (packed >> np.uint64(32)).astype(np.int64)
    bounds = np.searchsorted(owners, np.arange(ends.size + 1))
    hashes = packed.astype(np.uint32)
    return [hashes[a : min(a + ANCHORS, b)] for a, b in pairwise(bounds.tolist())]
