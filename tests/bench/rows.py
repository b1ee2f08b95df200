"""How fast files become posts, in each format, and how much memory that takes.

    SANGTIN_TEST_DATA=… python -m tests.bench.rows [ROWS=100000]

Rows are those of the development data, repeated where there are not enough. Authors are hashed under a
key as an import does it; nothing is written to a record.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from sangtin.pipeline.authors import author_key
from sangtin.pipeline.columns import Columns
from sangtin.pipeline.lines import LineFile
from sangtin.pipeline.rows import Rejected, read_rows
from sangtin.pipeline.taking import Taking
from tests.bench._files import SETS, first_rows

FIELDS = ("id", "text", "time", "likes", "author")


def write(data: Path, folder: Path, count: int) -> list[Path]:
    """The same rows as JSONL and CSV, plain and gzipped."""
    known = [line for name in SETS for line in first_rows(data, name, count, folder).open("rb")]
    lines = list(islice(cycle(known), count))
    made = [folder / "rows.jsonl", folder / "rows.csv"]
    made[0].write_bytes(b"".join(lines))
    with made[1].open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(map(json.loads, lines))
    for file in made[:2]:
        packed = file.with_name(f"{file.name}.gz")
        packed.write_bytes(gzip.compress(file.read_bytes(), 6))
        made.append(packed)
    return made


def measure(file: Path) -> None:
    """Read one file to its end and print rows, rejected rows, seconds and peak megabytes."""
    taking = Taking("bench", author_key(file.with_name("author.key")), datetime.now(UTC), Columns())
    start = time.perf_counter()
    with LineFile(file) as lines:
        wrong = [isinstance(item, Rejected) for item in read_rows(lines, taking)]
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage counts the parent's memory too
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(f"{file.name:16}{len(wrong):>10,}{sum(wrong):>10,}{len(wrong) / seconds:>12,.0f}/s{peak:>9.0f} MB")


def main() -> None:
    """Measure each format in a process of its own."""
    if len(sys.argv) > 1 and not sys.argv[1].isdecimal():
        measure(Path(sys.argv[1]))
        return
    data = os.environ.get("SANGTIN_TEST_DATA")
    if not data:
        raise SystemExit("SANGTIN_TEST_DATA names no folder of development data")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{'file':16}{'rows':>10}{'rejected':>10}{'rows':>14}{'peak':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for file in write(Path(data), Path(folder), count):
            subprocess.run([sys.executable, "-m", "tests.bench.rows", str(file)], check=True)


if __name__ == "__main__":
    main()
