"""Posts of a file → searchable outcomes, by the commands a person runs: posts per second, end to end.

    SANGTIN_TEST_DATA=FOLDER python -m tests.bench.whole [POSTS] [PROCESSES]

Real posts and comments of the development data, with exact and edited copies planted as the reference city's
ledger has them. Processor time counts a command and its children; the peak is that of the largest process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench._copies import planted
from tests.bench._files import posts_and_comments

SEED = 5


@dataclass(frozen=True)
class Run:
    """What a command took."""

    name: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def texts(data: Path) -> Iterator[str]:
    """Each post once, in a seeded order."""
    rows = sorted(set(posts_and_comments(data)))
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
    print(f"{'':8} {'wall s':>9} {'posts/s':>9} {'CPU s':>9} {'posts/s of CPU':>15} {'peak MB':>9}")
    for one in runs:
        rate, cost = count / one.wall_s, count / one.cpu_s
        print(
            f"{one.name:8} {one.wall_s:9.1f} {rate:9,.0f} {one.cpu_s:9.1f} {cost:15,.0f} {one.peak_mb:9,.0f}"
        )
    wall, cpu = sum(one.wall_s for one in runs), sum(one.cpu_s for one in runs)
    print(f"{'all':8} {wall:9.1f} {count / wall:9,.0f} {cpu:9.1f} {count / cpu:15,.0f}")
    print(f"{count:,} posts, {size / count:,.0f} bytes each on disk")


if __name__ == "__main__":
    main()
