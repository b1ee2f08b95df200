"""Long work by several processes of this machine: one places, others read; one brings in, one indexes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator

from sangtin import events
from sangtin.pipeline.children import children
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.reading import InUse
from sangtin.pipeline.sieve import Advance, Sieved, Work, sieve, waiting

# A process takes a second or two to start: fewer steps than this are done sooner by one, at some 2,000 a
# second.
WORTH_A_PROCESS = 20_000
# A file of fewer bytes is in the record (some 10,000 posts a second) before a follower has started.
WORTH_A_FOLLOWER = 4_000_000
# More than this many wait for each other's transactions on one SQLite record.
MOST = 4


def crew_size(parts: Parts, in_use: InUse) -> int:
    """How many processes are worth starting for what waits now: together they compute on at most all cores.

    A transformer was calibrated to use several by itself: more processes of it only wait for each other.
    """
    most = min(MOST, _cores() // in_use.model.cores)
    return max(1, min(most, waiting(parts, in_use) // WORTH_A_PROCESS))


@contextlib.contextmanager
def followed(parts: Parts, size: int) -> Iterator[None]:
    """Let a process beside this one follow with the index while `size` bytes are brought in, if that is long.

    It may be anywhere when the block ends: whoever opened it catches up what is left.
    """
    long = size >= WORTH_A_FOLLOWER and _cores() > 1
    with children(parts.settings, [("index", "follow", "--watch")] if long else []):
        yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def sieve_together(
    parts: Parts, in_use: InUse, advance: Advance, processes: int, *, goes_on: Callable[[], bool]
) -> Sieved:
    """Sieve until nothing waits, with `processes` in all; what they did together.

    A child that dies costs its share of the counts and nothing else: the others do its work.
    """
    commands = [("sieve", "--beside", "--json")] * (processes - 1)
    with children(parts.settings, commands, subprocess.PIPE) as running:
        done = sieve(parts, in_use, advance, Work(goes_on, beside=bool(running)))
        for figures in map(_figures, running):
            _add(done, figures)
    return done


def _figures(child: subprocess.Popen[bytes]) -> dict[str, object]:
    """What a child says it did when it ends; nothing where it failed."""
    printed, _ = child.communicate()
    if child.returncode:
        events.warn(
            "a process of the sieve failed; the others do its work", pid=child.pid, code=child.returncode
        )
        return {}
    found = json.loads(printed)
    return found if isinstance(found, dict) else {}


def _add(done: Sieved, figures: dict[str, object]) -> None:
    done.placed += _count(figures, "placed")
    done.duplicates += _count(figures, "duplicates")
    done.read += _count(figures, "read")
    done.cut += _count(figures, "cut")
    done.foreign += _count(figures, "foreign")
    settled = figures.get("settled")
    done.settled += Counter(settled if isinstance(settled, dict) else {})
    done.settled += Counter(unsure=_count(figures, "unsure"))


def _count(figures: dict[str, object], name: str) -> int:
    found = figures.get(name)
    return found if isinstance(found, int) else 0
