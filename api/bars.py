"""Counts → stretches of a bar drawn to scale, in the units of an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sangtin.post import Bin, Ledger

WIDTH = 1000.0
# From the sharpest to the dullest, so that the two that matter stand together at the left.
ORDER = (Bin.NEGATIVE, Bin.POSITIVE, Bin.SPAM, Bin.DUPLICATE, Bin.PENDING)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One bin's part of a bar: where it begins and how long it is, of WIDTH."""

    bin: Bin
    posts: int
    x: float
    width: float


def stretches(ledger: Ledger, bins: Iterable[Bin] = ORDER) -> list[Stretch]:
    """The bins of a ledger side by side, to scale; those without posts are left out."""
    counts = [(bin_, int(getattr(ledger, bin_.value))) for bin_ in bins]
    total = sum(posts for _, posts in counts)
    found: list[Stretch] = []
    x = 0.0
    for bin_, posts in counts:
        width = WIDTH * posts / total if total else 0.0
        if posts:
            found.append(Stretch(bin_, posts, round(x, 3), round(width, 3)))
        x += width
    return found


def columns(days: Mapping[date, int], most_days: int = 60) -> list[tuple[float, float]]:
    """A sparkline of daily counts, each day without posts as zero: (x, height), both in [0, 100].

    Of more than `most_days` days the last are shown.
    """
    if not days:
        return []
    last = max(days)
    first = max(min(days), last - timedelta(days=most_days - 1))
    shown = [days.get(first + timedelta(days=n), 0) for n in range((last - first).days + 1)]
    top = max(shown)
    return [(100 * i / len(shown), 100 * count / top) for i, count in enumerate(shown)]
