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
from collections.abc import Callable, Iterator
from itertools import islice
from multiprocessing import Process
from pathlib import Path
from typing import TypeVar

from datasketch import MinHash, MinHashLSH

from dedupe.index import Index, among
from dedupe.normal import Form, forms
from dedupe.sketch import ANCHORS, PERMUTATIONS, SHINGLE, Sketch, draw
from tests.bench._copies import write

BATCH = 1_000
LIMIT = 6


T = TypeVar("T")


class Clock:
    """Processor seconds by stage, so that what else runs on the machine does not count."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def run(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work and add its processor time to the stage."""
        begin = time.process_time()
        done = work()
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - begin
        return done


def obvious(corpus: Path, count: int) -> tuple[dict[str, float], int]:
    """What one writes first: update per shingle, MinHashLSH in memory, pickled; the library's defaults. (seconds by stage, bytes)."""
    clock, index = Clock(), MinHashLSH(threshold=0.55)
    for number, text in enumerate(islice(_lines(corpus), count)):
        plain = clock.run(
            "normalise", lambda t=text: " ".join(unicodedata.normalize("NFC", t).lower().split())
        )
        sketch = clock.run("sketch", lambda p=plain: _updated(p))
        clock.run("query and insert", lambda s=sketch, n=number: (index.query(s), index.insert(n, s)))
    size = len(clock.run("save", lambda: pickle.dumps(index)))
    return clock.spent, size


def _updated(plain: str) -> MinHash:
    sketch = MinHash()
    for start in range(max(1, len(plain) - SHINGLE + 1)):
        sketch.update(plain[start : start + SHINGLE].encode())
    return sketch


def ours(corpus: Path, folder: Path) -> tuple[dict[str, float], list[tuple[int, float]]]:
    """The persistent index: seconds by stage, and microseconds a post over the run."""
    clock, index, stream, pace = Clock(), Index(folder), _lines(corpus), []
    done, seen = 0, set[bytes]()
    while batch := list(islice(stream, BATCH)):
        before = sum(clock.spent.values())
        made = clock.run("normalise", lambda b=batch: forms(b))
        new = clock.run("exact copies", lambda m=made: _new(m, seen))
        drawn = clock.run("sketch", lambda n=new: draw(n))
        sketches = [sketch for sketch in drawn if sketch is not None]
        clock.run("query and insert", lambda s=sketches, n=done: _query_and_insert(index, s, n))
        done += len(batch)
        pace.append((done, (sum(clock.spent.values()) - before) / len(batch) * 1e6))
    clock.run("save", index.close)
    return clock.spent, pace


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
    among(sketches, LIMIT)
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
        spent, pace = ours(corpus, folder)
        grown = _memory() - before
        disk = sum(path.stat().st_size for path in folder.iterdir())
        begin = time.perf_counter()
        Index(folder)
        reopened = time.perf_counter() - begin
        plain, pickled = obvious(corpus, sample)
    print(f"{'stage':18}{'obvious':>12}{'ours':>12}{'ratio':>8}   posts per second of one core")
    for stage in spent:
        ratio = (plain.get(stage, 0.0) / sample) / (spent[stage] / count)
        print(
            f"{stage:18}{sample / plain[stage] if stage in plain else 0:>12,.0f}{count / spent[stage]:>12,.0f}{ratio:>8.1f}"
        )
    whole, theirs = sum(spent.values()) / count, sum(plain.values()) / sample
    print(f"{'end to end':18}{1 / theirs:>12,.0f}{1 / whole:>12,.0f}{theirs / whole:>8.1f}")
    print(
        f"bytes a post: pickled {pickled / sample:,.0f}; index {disk / count:,.0f}, sketch in the record ≤ {4 * (PERMUTATIONS + ANCHORS)}"
    )
    print(f"memory: {grown / count:,.0f} bytes a post beyond the start; reopened in {reopened:.2f} s")
    for mark in (10_000, 100_000, count):
        near = [cost for done, cost in pace if 0.8 * mark <= done <= mark]
        print(f"cost a post around {mark:>9,}: {sum(near) / max(1, len(near)):6.1f} µs")


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
