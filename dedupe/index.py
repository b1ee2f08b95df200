"""Sketches ↔ the posts that share bands or anchors with one: sorted runs on disk behind a high-water mark.

A cache of the sketches that the record holds. What was written beyond the mark is dropped when the
folder is opened, so a process may die at any moment; the placer adds again what is missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.held import Held
from dedupe.runs import (
    BANDS,
    ROWS,
    Hits,
    Numbers,
    Postings,
    Run,
    blank,
    forget,
    let_go,
    meet,
    meet_beside,
    meet_young,
    merged,
    note,
    possible,
    postings,
    scrub,
    survey,
)
from dedupe.sketch import ANCHORS, PERMUTATIONS, SCHEME, Sketch

# Posts held in memory before a run is written: 128 Ki posts x 32 keys x 8 bytes = 32 MiB.
FLUSH = 1 << 17
# A run is merged with the one before it unless that is so much longer. In memory few runs matter less than
# few sorts; on disk a merge costs a microsecond a post, and a query looks into every run.
YOUNG_RATIO = 4.0
FAN = 4
RATIO = 1.5
# Below this estimate, and without this many shared anchors, a pair is not worth comparing.
# Chosen by tests/bench/copies.py, table in docs/decisions/0004-copies.md.
LEAST_LIKENESS = 0.33
LEAST_ANCHORS = 3

FORMAT = f"{SCHEME}/bands{BANDS}x{ROWS}/v2"
GONE = -1
# Times this, the highest byte of a word is the sum of its bytes (Hacker's Delight, 5-1).
BYTES = np.uint64(0x0101_0101_0101_0101)
Bytes = npt.NDArray[np.uint8]


class Found(NamedTuple):
    """A post that shares keys with the one asked for. `likeness` estimates their Jaccard similarity.

    `beside`: it is of the same batch, and `key` its number there.
    """

    key: int
    likeness: float
    anchors: int
    beside: bool = False


class Ranked(NamedTuple):
    """The likeliest slots of each asker, askers in order, the likeliest first; columns of one length."""

    who: Numbers
    slot: Numbers
    likeness: npt.NDArray[np.float64]
    anchors: Numbers


@dataclass(slots=True)
class _Shelved:
    """What of the index is on disk: so many slots, posts up to a mark of the record, and its runs."""

    format: str = FORMAT
    slots: int = 0
    mark: int = 0
    serial: int = 0
    runs: list[str] = field(default_factory=list)


class Index:
    """A persistent index of sketches in a folder. One process at a time."""

    def __init__(self, folder: Path, flush: int = FLUSH) -> None:
        self._folder = folder
        self._flush_at = flush
        folder.mkdir(parents=True, exist_ok=True)
        self._fresh = 0
        self._runs: list[Run] = []
        self._young: list[Postings] = []
        self._young_seen = blank(flush * (BANDS + ANCHORS))
        self._young_keys: Numbers = np.full(flush, GONE, dtype=np.int64)
        self._young_minima: Bytes = np.zeros((flush, PERMUTATIONS), dtype=np.uint8)
        self._shelved = self._load()
        self._trim()
        self._open()
        self._held = Held(self._keys)
        self.mark = self._shelved.mark

    @property
    def size(self) -> int:
        """How many slots are filled, those of removed posts included."""
        return self._shelved.slots + self._fresh

    @property
    def keys(self) -> frozenset[int]:
        """The posts that can be found."""
        held = np.concatenate([self._keys, self._young_keys[: self._fresh]])
        return frozenset(held[held != GONE].tolist())

    def add(self, keys: Sequence[int], sketches: Sequence[Sketch], mark: int) -> None:
        """Add posts, in place of what was known of them; `mark` is the record's mark of the last one."""
        known = self._held.among(keys)
        if known:
            self.remove(known)
        self._held.add(keys)
        for start in range(0, len(keys), self._flush_at):
            self._add(keys[start : start + self._flush_at], sketches[start : start + self._flush_at])
        self.mark = max(mark, self.mark)
        if self._fresh >= self._flush_at:
            self.flush()

    def find(self, sketches: Sequence[Sketch], limit: int, alone: bool = False) -> list[list[Found]]:
        """For each sketch of a batch, the likeliest posts before it that share a band or an anchor with it.

        Likeliest first. Posts of the index are named by their keys, earlier ones of the batch (`beside`) by
        their numbers in it. `alone`: only those of the batch.
        """
        asked = postings(sketches, 0)
        hits = [] if alone else [meet(run, asked) for run in self._runs]
        if self._young and not alone:
            young = possible(self._young_seen, asked)
            hits += [meet_young(run, young) for run in self._young]
        beside = meet_beside(asked)
        earlier = beside.slot < beside.who
        hits.append(Hits(beside.who[earlier], beside.slot[earlier] + self.size, beside.anchor[earlier]))
        lows = low_bytes(sketches)
        ranked = rank(_joined(hits), lambda who, slot: self._likeness(lows, who, slot), limit)
        found: list[list[Found]] = [[] for _ in sketches]
        keys, inside = self._keys_of(ranked.slot)
        columns = (keys, ranked.likeness, ranked.anchors, inside)
        named = zip(ranked.who.tolist(), *(column.tolist() for column in columns), strict=True)
        for who, key, like, anchors, beside in named:
            if key != GONE:
                found[who].append(Found(key, like, anchors, beside))
        return found

    def remove(self, keys: Sequence[int]) -> None:
        """Forget posts and every trace of their sketches, on disk too, before this returns."""
        shelved, young = np.isin(self._keys, keys), np.isin(self._young_keys[: self._fresh], keys)
        gone = np.concatenate([np.flatnonzero(shelved), np.flatnonzero(young) + self._shelved.slots])
        if not gone.size:
            return
        for run in self._runs:
            forget(run, gone)  # first: what a killed process did not scrub is found again
            scrub(run.postings, gone)
        for young_run in self._young:
            scrub(young_run, gone)
        self._held.drop(keys)
        self._keys[shelved], self._young_keys[: self._fresh][young] = GONE, GONE
        self._minima[shelved], self._young_minima[: self._fresh][young] = 0, 0
        files = (held for run in self._runs for held in (run.postings, run.seen))
        for held in (self._keys, self._minima, *files):
            if isinstance(held, np.memmap):
                held.flush()

    def flush(self) -> None:
        """Write what is in memory, so that the next opening need not add it again."""
        for held in (self._keys, self._minima, *(part for run in self._runs for part in run)):
            let_go(held)  # a merge needs the room
        if self._fresh:
            self._append("keys", self._young_keys[: self._fresh])
            self._append("minima", self._young_minima[: self._fresh])
            self._shelved.slots += self._fresh
            self._shelved.runs.append(self._write_run(self._young))
        elif self.mark == self._shelved.mark:
            return
        self._shelved.mark = self.mark
        old = self._merge_runs()
        self._save()
        self._open()
        for name in old:
            _remove_run(self._folder / name)

    def close(self) -> None:
        """Write what is in memory and let go of the files."""
        self.flush()
        self._runs.clear()

    def clear(self) -> None:
        """Empty the index, so that it is built again from the record."""
        self._shelved = _Shelved()
        self._save()
        self._trim()
        self._open()
        self._held = Held(self._keys)
        self.mark = 0

    def _add(self, keys: Sequence[int], sketches: Sequence[Sketch]) -> None:
        if not keys:
            return
        if self._fresh + len(keys) > len(self._young_keys):
            self.flush()
        stop = self._fresh + len(keys)
        self._young.append(postings(sketches, self.size))
        note(self._young_seen, self._young[-1])
        self._young_keys[self._fresh : stop] = keys
        self._young_minima[self._fresh : stop] = low_bytes(sketches)
        self._fresh = stop
        while len(self._young) > 1 and self._young[-1].size * YOUNG_RATIO > self._young[-2].size:
            last, before = self._young.pop(), self._young.pop()
            both = np.concatenate([before, last])
            both.sort(kind="stable")  # merges what is sorted
            self._young.append(both)

    def _likeness(self, lows: Bytes, who: Numbers, slot: Numbers) -> npt.NDArray[np.float64]:
        """Agreeing low bytes, less what agrees by chance (b-bit minwise hashing, Li and König 2010)."""
        shelved, beside = slot < self._shelved.slots, slot >= self.size
        like = np.empty(slot.size)
        for chosen, held, first in (
            (shelved, self._minima, 0),
            (~(shelved | beside), self._young_minima, self._shelved.slots),
            (beside, lows, self.size),
        ):
            places = np.flatnonzero(chosen)
            if places.size:
                other = held.take(slot[places] - first, axis=0)
                like[places] = likeness(lows.take(who[places], axis=0), other)
        return like

    def _keys_of(self, slot: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """The posts in slots, and which of them are of the batch: those are named by their numbers in it."""
        keys = slot - self.size
        beside = keys >= 0
        for chosen, held, first in (
            (slot < self._shelved.slots, self._keys, 0),
            ((slot >= self._shelved.slots) & ~beside, self._young_keys, self._shelved.slots),
        ):
            places = np.flatnonzero(chosen)
            if places.size:
                keys[places] = held.take(slot[places] - first)
        return keys, beside

    def _load(self) -> _Shelved:
        try:
            shelved = _Shelved(**json.loads((self._folder / "index.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return _Shelved()
        return shelved if shelved.format == FORMAT else _Shelved()

    def _trim(self) -> None:
        """Drop what a killed process wrote beyond the mark."""
        for name, width in (("keys", 8), ("minima", PERMUTATIONS)):
            path = self._folder / name
            path.touch()
            if path.stat().st_size < self._shelved.slots * width:
                self._shelved = _Shelved()
        for name, width in (("keys", 8), ("minima", PERMUTATIONS)):
            os.truncate(self._folder / name, self._shelved.slots * width)
        for path in self._folder.glob("run-*"):
            if path.stem not in self._shelved.runs:
                path.unlink()

    def _open(self) -> None:
        slots = self._shelved.slots
        self._keys = _mapped(self._folder / "keys", np.dtype(np.int64), (slots,))
        self._minima = _mapped(self._folder / "minima", np.dtype(np.uint8), (slots, PERMUTATIONS))
        self._runs = [_opened_run(self._folder / name) for name in self._shelved.runs]
        self._young, self._fresh = [], 0
        self._young_seen[:] = 0

    def _append(self, name: str, values: npt.NDArray[np.int64] | Bytes) -> None:
        with (self._folder / name).open("ab") as file:
            file.write(np.ascontiguousarray(values).tobytes())
            _settle(file)

    def _write_run(self, runs: Sequence[Postings]) -> str:
        self._shelved.serial += 1
        name = f"run-{self._shelved.serial}"
        total = sum(run.size for run in runs)
        with (self._folder / name).open("wb") as file:
            starts, seen = survey(_written(file, merged(runs)), total)
            _settle(file)
        for suffix, values in (("starts", starts), ("seen", seen)):
            with (self._folder / f"{name}.{suffix}").open("wb") as file:
                file.write(values.tobytes())
                _settle(file)
        return name

    def _merge_runs(self) -> list[str]:
        """Merge the youngest runs while they are of one size; the names of those to delete."""
        names, old = self._shelved.runs, list[str]()
        while len(names) >= FAN:
            runs = [_opened_run(self._folder / name).postings for name in names[-FAN:]]
            if runs[-1].size * RATIO <= runs[0].size:
                break
            old += names[-FAN:]
            names[-FAN:] = [self._write_run(runs)]
        return old

    def _save(self) -> None:
        path = self._folder / "index.json.new"
        with path.open("w") as file:
            json.dump(asdict(self._shelved), file)
            _settle(file)
        path.replace(self._folder / "index.json")
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def low_bytes(sketches: Sequence[Sketch]) -> Bytes:
    """The low byte of each minimum: enough to estimate similarity, a quarter of the room."""
    if not sketches:
        return np.empty((0, PERMUTATIONS), dtype=np.uint8)
    return np.stack([s.signature for s in sketches]).astype(np.uint8)


def likeness(mine: Bytes, other: Bytes) -> npt.NDArray[np.float64]:
    """The estimated Jaccard similarity of rows of low bytes, pair by pair."""
    eights = (mine == other).view(np.uint64).sum(axis=1)  # in each byte a count of at most eight
    agree = ((eights * BYTES) >> np.uint64(56)) / mine.shape[1]
    estimated: npt.NDArray[np.float64] = np.maximum((agree - 1 / 256) / (1 - 1 / 256), 0.0)
    return estimated


def rank(hits: Hits, estimate: Callable[[Numbers, Numbers], npt.NDArray[np.float64]], limit: int) -> Ranked:
    """Hits → for each asker its likeliest slots, at most `limit`."""
    packed = (hits.who << 32) | (hits.slot << 1) | hits.anchor
    packed.sort()
    pairs = packed >> 1
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    anchors = np.add.reduceat(packed & 1, firsts) if firsts.size else packed
    pairs = pairs.take(firsts)
    who, slot = pairs >> 31, pairs & 0x7FFF_FFFF
    like = estimate(who, slot)
    worth = np.flatnonzero((like >= LEAST_LIKENESS) | (anchors >= LEAST_ANCHORS))
    who, slot, anchors = (column.take(worth) for column in (who, slot, anchors))
    like = like.take(worth)
    order = np.lexsort((slot, -like - anchors / ANCHORS, who))
    asked = who.take(order)
    nth = np.arange(order.size) - np.searchsorted(asked, asked)
    order = order.compress(nth < limit)
    return Ranked(who.take(order), slot.take(order), like.take(order), anchors.take(order))


def _joined(hits: Sequence[Hits]) -> Hits:
    if not hits:
        return Hits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_))
    return Hits(
        np.concatenate([h.who for h in hits]),
        np.concatenate([h.slot for h in hits]),
        np.concatenate([h.anchor for h in hits]),
    )


def _mapped(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A file as an array that can be written in place; an empty file as an empty array."""
    if 0 in shape:
        return np.empty(shape, dtype=dtype)
    return np.memmap(path, dtype=dtype, mode="r+", shape=shape)


def _opened_run(path: Path) -> Run:
    starts, seen = (path.with_name(f"{path.name}.{suffix}") for suffix in ("starts", "seen"))
    return Run(
        _mapped(path, np.dtype(np.uint64), (path.stat().st_size // 8,)),
        _mapped(starts, np.dtype(np.uint32), (starts.stat().st_size // 4,)),
        _mapped(seen, np.dtype(np.uint8), (seen.stat().st_size,)),
    )


def _remove_run(path: Path) -> None:
    for name in (path.name, f"{path.name}.starts", f"{path.name}.seen"):
        path.with_name(name).unlink()


def _written(file: IO[bytes], parts: Iterable[Postings]) -> Iterator[Postings]:
    """Parts passed on as they are written."""
    for part in parts:
        file.write(part.tobytes())
        yield part


def _settle(file: IO[Any]) -> None:
    file.flush()
    os.fsync(file.fileno())
