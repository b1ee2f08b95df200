"""Real posts through every stage, one stage after the other: posts per second and peak memory of each.

    SANGTIN_TEST_DATA=FOLDER python -m tests.bench.sieve [POSTS]

Each stage runs in a process of its own on the record that the one before left: peak memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from sangtin import follower
from sangtin.pipeline import home
from sangtin.pipeline.importing import import_file
from sangtin.pipeline.parts import opened
from sangtin.pipeline.placing import Placing
from sangtin.pipeline.reading import load_in_use, read_some
from sangtin.record import leases, ledger
from sangtin.settings import Settings
from tests.bench._files import SETS, first_rows


def stage_import(settings: Settings, posts: int) -> int:
    """Files → record."""
    read = 0
    with opened(settings) as parts, tempfile.TemporaryDirectory() as folder:
        for name in SETS:
            if read >= posts:
                break
            part = first_rows(Path(os.environ["SANGTIN_TEST_DATA"]), name, posts - read, Path(folder))
            read += import_file(parts, part, name).read
    return read


def stage_place(settings: Settings, _posts: int) -> int:
    """Record → memberships."""
    placed = 0
    with opened(settings) as parts, Placing(parts) as placer:
        while some := placer.place_some().posts:
            placed += some
    return placed


def stage_read(settings: Settings, _posts: int) -> int:
    """Placed posts → predictions."""
    read = 0
    with opened(settings) as parts, leases.taken(parts.record, "read:bench") as lease:
        in_use = load_in_use(parts.record, settings)
        assert lease
        while some := read_some(parts.record, in_use, lease, Counter()):
            read += some
    return read


def stage_follow(settings: Settings, _posts: int) -> int:
    """Record → search index."""
    with opened(settings) as parts:
        follower.follow(parts.record, parts.search)
        return follower.size(parts.record)


Stage = Callable[[Settings, int], int]
STAGES: tuple[Stage, ...] = (stage_import, stage_place, stage_read, stage_follow)


def measure(stage: Stage, settings: Settings, posts: int) -> tuple[int, float, float]:
    """Run a stage in a process of its own: posts, seconds, peak megabytes."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (stage, settings, posts))


def _measured(stage: Stage, settings: Settings, posts: int) -> tuple[int, float, float]:
    began = time.perf_counter()
    done = stage(settings, posts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done, time.perf_counter() - began, peak


def main() -> None:
    """Measure every stage and print a table."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), record="", search="")
        home.init(settings)
        rows = [(stage.__name__[6:], *measure(stage, settings, posts)) for stage in STAGES]
        with opened(settings) as parts, parts.record.read() as connection:
            total = ledger.ledger(connection)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    print(f"{'stage':8} {'posts':>9} {'seconds':>9} {'posts/s':>9} {'peak MB':>9}")
    for name, done, seconds, peak in rows:
        print(f"{name:8} {done:9,} {seconds:9.1f} {done / seconds:9,.0f} {peak:9,.0f}")
    seconds = sum(row[2] for row in rows)
    print(f"{'all':8} {rows[0][1]:9,} {seconds:9.1f} {rows[0][1] / seconds:9,.0f}")
    print(f"bytes a post on disk: {size / max(total.identified, 1):,.0f}")
    print(json.dumps({"identified": total.identified, "verified": total.verified, "pending": total.pending}))


if __name__ == "__main__":
    main()
