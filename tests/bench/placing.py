"""Real posts placed in a record: posts per second of processor time, and where it goes.

    SANGTIN_TEST_DATA=FOLDER python -m tests.bench.placing [POSTS]

Processor time, so that what else runs on the machine does not count; the import before it is not timed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dedupe
from dedupe.place import _Batch
from sangtin.pipeline import home, placing
from sangtin.pipeline.parts import opened
from sangtin.record import placing as recording
from sangtin.settings import Settings
from tests.bench.sieve import stage_import

# What is timed by itself; the rest is named "other".
STAGES: tuple[tuple[str, Any, str], ...] = (
    ("read what waits", recording, "unplaced"),
    ("ask the record", _Batch, "_fetch"),
    ("draw and find", _Batch, "_propose"),
    ("compare", _Batch, "_settle"),
    ("record", recording, "place"),
    ("flag", placing, "flag_bursts"),
    ("index", dedupe.Placer, "commit"),
)


def main() -> None:
    """Import, place, and print what a post costs by stage."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), record="", search="")
        home.init(settings)
        stage_import(settings, posts)
        spent: dict[str, float] = {}
        for name, owner, function in STAGES:
            setattr(owner, function, _timed(getattr(owner, function), spent, name))
        done, copies, seconds = _place_all(settings)
    print(f"{done:,} posts, {copies:,} copies: {done / seconds:,.0f} posts/s of processor time")
    spent["other"] = seconds - sum(spent.values())
    for name, each in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"{name:18}{each / done * 1e6:8.1f} µs a post")


def _place_all(settings: Settings) -> tuple[int, int, float]:
    done = copies = 0
    with opened(settings) as parts, placing.Placing(parts) as placer:
        began = time.process_time()
        while (some := placer.place_some()).posts:
            done, copies = done + some.posts, copies + some.copies
        return done, copies, time.process_time() - began


def _timed(function: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - began

    return timed


if __name__ == "__main__":
    main()
