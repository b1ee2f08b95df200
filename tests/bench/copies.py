"""Development data → how fast and how small the copies' index is, beside the obvious way, in one run.

python -m tests.bench.copies [posts] [posts of the obvious way]
"""

from __future__ import annotations

import json
import pickle
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import Process
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from dedupe.index import Index
from dedupe.normal import Form, forms
from dedupe.sketch import ANCHORS, PERMUTATIONS, SHINGLE, Sketch, draw
from tests.bench._copies import write

BATCH = 1_000
LIMIT = 6
# The last batches are met by an index of few posts, too: a machine is not as quick at the end as it was at
# the beginning, so that only what is measured at one time compares.
FEW, LAST = 10, 40


class Clock:
    """Processor seconds by stage, so that what else runs on the machine does not count."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def run(self, stage: str) -> Iterator[None]:
        """Add the processor time of what is done within to the stage."""
        begin = time.process_time()
        yield
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - begin


def obvious(corpus: Path, count: int) -> tuple[dict[str, float], int]:
    """What one writes first, with the library's defaults: seconds by stage, and bytes pickled."""
    clock, index = Clock(), MinHashLSH(threshold=0.55)
    for number, text in enumerate(islice(_lines(corpus), count)):
        with clock.run("normalise"):
            plain = " ".join(unicodedata.normalize("NFC", text).lower().split())
        with clock.run("sketch"):
            sketch = _updated(plain)
        with clock.run("query and insert"):
            index.query(sketch)
            index.insert(number, sketch)
    with clock.run("save"):
        size = len(pickle.dumps(index))
    return clock.spent, size


def _updated(plain: str) -> MinHash:
    sketch = MinHash()
    for start in range(max(1, len(plain) - SHINGLE + 1)):
        sketch.update(plain[start : start + SHINGLE].encode())
    return sketch


class Paired:
    """The last batches beside an index of few posts: seconds of what both share, of many and of few."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._first = folder, list[list[Sketch]]()
        self._few, self._held, self._measured = Index(folder / "few"), 0, False
        self.shared = self.many = self.few = 0.0

    def keep(self, sketches: list[Sketch]) -> None:
        """Hold one of the first batches."""
        if len(self._first) < FEW:
            self._first.append(sketches)

    def meet(self, sketches: list[Sketch], shared: float, many: float) -> None:
        """Time a batch among few; those of the first batch after the few were put together do not count."""
        if self._held in (0, 2 * FEW):
            self._few.clear()
            for number, batch in enumerate(self._first):
                _query_and_insert(self._few, batch, number * BATCH)
            self._held, self._measured = FEW, False
        begin = time.process_time()
        _query_and_insert(self._few, sketches, self._held * BATCH)
        spent = time.process_time() - begin
        if self._measured:
            self.shared, self.many, self.few = self.shared + shared, self.many + many, self.few + spent
        self._held, self._measured = self._held + 1, True

    @property
    def ratio(self) -> float:
        """What a post costs among all, to what it costs among few."""
        return (self.shared + self.many) / (self.shared + self.few)


def ours(corpus: Path, folder: Path, count: int) -> tuple[dict[str, float], list[tuple[int, float]], Paired]:
    """The persistent index: seconds by stage, microseconds a post over the run, the last batches paired."""
    clock, index, pace = Clock(), Index(folder), list[tuple[int, float]]()
    done, seen, stream = 0, set[bytes](), _lines(corpus)
    paired = Paired(folder.parent)
    while batch := list(islice(stream, BATCH)):
        before = sum(clock.spent.values())
        with clock.run("normalise"):
            made = forms(batch)
        with clock.run("exact copies"):
            new = _new(made, seen)
        with clock.run("sketch"):
            sketches = [sketch for sketch in draw(new) if sketch is not None]
        ready = sum(clock.spent.values())
        with clock.run("query and insert"):
            _query_and_insert(index, sketches, done)
        done += len(batch)
        paired.keep(sketches)
        if done > count - LAST * BATCH:
            paired.meet(sketches, ready - before, sum(clock.spent.values()) - ready)
        pace.append((done, (sum(clock.spent.values()) - before) / len(batch) * 1e6))
    with clock.run("save"):
        index.close()
    return clock.spent, pace, paired


def _new(made: list[Form], seen: set[bytes]) -> list[bytes]:
    """The letters of forms not met before; the record keeps the hashes in an index of its own."""
    fresh = []
    for form in made:
        if form.hash not in seen:
            seen.add(form.hash)
            fresh.append(form.letters)
    return fresh


def _query_and_insert(index: Index, sketches: list[Sketch], first: int) -> None:
    index.find(sketches, LIMIT)
    index.add(list(range(first, first + len(sketches))), sketches, first + len(sketches))


def main() -> None:
    """Print both ways, stage by stage, and the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sample = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory() as name:
        corpus, folder = Path(name) / "posts.jsonl", Path(name) / "index"
        writer = Process(target=write, args=(corpus, count))
        writer.start()
        writer.join()
        draw([b"warm up"])
        before = _memory()
        spent, pace, paired = ours(corpus, folder, count)
        grown = _memory() - before
        disk = sum(path.stat().st_size for path in folder.iterdir())
        opened = time.perf_counter()
        Index(folder)
        reopened = time.perf_counter() - opened
        plain, pickled = obvious(corpus, sample)
    print(f"{'stage':18}{'obvious':>12}{'ours':>12}{'ratio':>8}   posts per second of one core")
    for stage in spent:
        ratio = (plain.get(stage, 0.0) / sample) / (spent[stage] / count)
        theirs = sample / plain[stage] if stage in plain else 0.0
        print(f"{stage:18}{theirs:>12,.0f}{count / spent[stage]:>12,.0f}{ratio:>8.1f}")
    whole, theirs = sum(spent.values()) / count, sum(plain.values()) / sample
    print(f"{'end to end':18}{1 / theirs:>12,.0f}{1 / whole:>12,.0f}{theirs / whole:>8.1f}")
    stored = 4 * (PERMUTATIONS + ANCHORS)
    print(
        f"bytes a post: pickled {pickled / sample:,.0f}; index {disk / count:,.0f}, in the record ≤ {stored}"
    )
    print(f"memory: {grown / count:,.0f} bytes a post beyond the start; reopened in {reopened:.2f} s")
    for mark in (10_000, 100_000, count):
        near = [cost for done, cost in pace if 0.8 * mark <= done <= mark]
        print(f"cost a post around {mark:>9,}: {sum(near) / max(1, len(near)):6.1f} µs")
    if paired.few:  # more than one batch
        print(
            f"the last {LAST * BATCH:,} posts among all, to the same among {FEW * BATCH:,}:"
            f" {paired.ratio:.2f} (to find and add {paired.many / paired.few:.1f})"
        )


def _lines(corpus: Path) -> Iterator[str]:
    with corpus.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def _memory() -> int:
    """Memory of this process's own, in bytes; pages of mapped files are the system's to take back."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
