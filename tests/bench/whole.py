"""Posts of a file → searchable outcomes, by the commands a person runs: posts per second, end to end.

    SANGTIN_TEST_DATA=FOLDER python -m tests.bench.whole [POSTS] [PROCESSES]

Real posts, comments and shop reviews of the development data, with exact and edited copies planted as the
reference city's ledger has them (beyond some 550,000 the texts are used up, and halves of two make a third).
Processor time counts a command and its children; the peak is that of the largest process.

Where torch is (`.venv-phobert/bin/python`), the obvious pipeline takes a sample of the same posts in the same
run: datasketch's MinHash and LSH a shingle at a time, PhoBERT-base's architecture in transformers on what is
no copy, and a row of SQLite and of its full-text index for each, committed every eight.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from nlp.backend import has_torch
from tests.bench._copies import planted
from tests.bench._files import posts_of_half_a_million
from tests.bench.phobert import BASE
from tests.nlp.tiny import LABELS, REAL, make_folder

SEED = 5
SAMPLE = 160  # posts of the obvious way: a minute or two


@dataclass(frozen=True)
class Run:
    """What a command took."""

    name: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def texts(data: Path) -> Iterator[str]:
    """Each post once, in a seeded order."""
    rows = sorted(set(posts_of_half_a_million(data)))
    Random(SEED).shuffle(rows)
    yield from rows


def write(file: Path, data: Path, count: int) -> None:
    """The posts as JSONL, spread over a year, by one of a hundred thousand authors."""
    dice = Random(SEED)
    with file.open("w", encoding="utf-8") as out:
        for number, text in enumerate(planted(texts(data), count)):
            row = {
                "id": f"p{number}",
                "text": text,
                "published_at": 1_750_000_000 + dice.randrange(365 * 86_400),
                "author": f"a{dice.randrange(100_000)}",
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def run(home: Path, *command: str) -> Run:
    """Run a command of `sangtin` and wait for it."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANGTIN_")}
    subprocess.run(
        [sys.executable, "-m", "sangtin", *command],
        env=clean | {"SANGTIN_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(command[0], wall, cpu, after.ru_maxrss / 1024)


def obvious(file: Path, home: Path, count: int) -> Run:
    """The first posts of the file through the obvious pipeline, in this process."""
    from datasketch import MinHashLSH

    with file.open(encoding="utf-8") as lines:
        posts = [json.loads(line)["text"] for line in islice(lines, count)]
    make_folder(home / "base", labels=tuple(LABELS), shape=BASE, vocabulary=REAL)
    reading = phobert_base(home)
    store = sqlite3.connect(home / "obvious.sqlite")
    store.executescript("create table posts (text, label); create virtual table words using fts5 (text)")
    index = MinHashLSH(threshold=0.7, num_perm=128)
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    fresh = []
    for number, text in enumerate(posts):
        sketch = sketched(text)
        if not index.query(sketch):
            index.insert(str(number), sketch)
            fresh.append(text)
    for first in range(0, len(fresh), 8):
        some = fresh[first : first + 8]
        rows = list(zip(some, reading(some), strict=True))
        store.executemany("insert into posts values (?, ?)", rows)
        store.executemany("insert into words values (?)", [(text,) for text in some])
        store.commit()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run("obvious", wall, cpu, after.ru_maxrss / 1024)


def phobert_base(home: Path) -> Callable[[list[str]], list[int]]:
    """Texts → the number of a label, as most would write it."""
    import torch
    from transformers import PhobertTokenizer, RobertaForSequenceClassification
    from underthesea import word_tokenize

    folder = home / "base"
    tokenizer = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    model = RobertaForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()

    def read(texts: list[str]) -> list[int]:
        words = [word_tokenize(text, format="text") for text in texts]
        batch = tokenizer(words, padding="max_length", truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            found: list[int] = model(**batch).logits.argmax(-1).tolist()
        return found

    return read


def sketched(text: str) -> Any:
    """A MinHash of character 5-grams."""
    from datasketch import MinHash

    plain = " ".join(text.lower().split())
    sketch = MinHash(num_perm=128)
    for start in range(max(1, len(plain) - 4)):
        sketch.update(plain[start : start + 5].encode())
    return sketch


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    processes = sys.argv[2:3] and ["--processes", sys.argv[2]]
    with tempfile.TemporaryDirectory() as folder:
        file, home = Path(folder) / "posts.jsonl", Path(folder) / "home"
        write(file, Path(os.environ["SANGTIN_TEST_DATA"]), count)
        run(home, "init")
        runs = [run(home, "import", str(file), "--source", "bench"), run(home, "sieve", *processes)]
        size = sum(each.stat().st_size for each in home.rglob("*") if each.is_file())
        beside = obvious(file, Path(folder), SAMPLE) if has_torch() and REAL.is_dir() else None
    print(f"{'':8} {'wall s':>9} {'posts/s':>9} {'CPU s':>9} {'posts/s of CPU':>15} {'peak MB':>9}")
    for one in runs:
        rate, cost = count / one.wall_s, count / one.cpu_s
        print(
            f"{one.name:8} {one.wall_s:9.1f} {rate:9,.0f} {one.cpu_s:9.1f} {cost:15,.0f} {one.peak_mb:9,.0f}"
        )
    wall, cpu = sum(one.wall_s for one in runs), sum(one.cpu_s for one in runs)
    print(f"{'all':8} {wall:9.1f} {count / wall:9,.0f} {cpu:9.1f} {count / cpu:15,.0f}")
    print(f"{count:,} posts, {size / count:,.0f} bytes each on disk")
    if beside:
        rate, cost = SAMPLE / beside.wall_s, SAMPLE / beside.cpu_s
        print(f"the obvious way on {SAMPLE} of them: {rate:.2f} posts/s, {cost:.2f} of CPU, ", end="")
        print(f"so {count / wall / rate:,.0f}× by the clock, {count / cpu / cost:,.0f}× by the processor")
    else:
        print("the obvious way was left out: it needs torch and PhoBERT's vocabulary beside the data")


if __name__ == "__main__":
    main()
