"""How fast a ledger of millions of posts is counted: by period and source, and its trend by day.

    python -m tests.bench.ledger [URL]

The roll-up is filled as two years of twenty sources leave it; the ledger never looks at a post. The URL is
that of an empty record; without one, a file.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sangtin.post import Bin, Kind
from sangtin.record import Record, init_record, ledger
from sangtin.record.ledger import Scope
from sangtin.record.schema import monthly, rollup

DAYS, SOURCES, ROUNDS = 730, 20, 100
START = date(2025, 1, 1)
# Posts in a cell of the roll-up on average: with them the whole is the 4.7 million that a city counted.
POSTS = 40


def fill(record: Record) -> int:
    """A roll-up with every cell there can be; how many posts it counts."""
    dice = random.Random(1)
    bins = [(b, None) for b in Bin if b is not Bin.SPAM] + [(Bin.SPAM, kind) for kind in Kind]
    rows: list[dict[str, Any]] = [
        {
            "day": START + timedelta(days=day),
            "source": f"source-{source}",
            "bin": bin_.value,
            "kind": kind.value if kind else "",
            "posts": dice.randrange(1, 2 * POSTS),
        }
        for day in range(DAYS)
        for source in range(SOURCES)
        for bin_, kind in bins
    ]
    months: Counter[tuple[date, str, str, str]] = Counter()
    for row in rows:
        day, source, bin_, kind = row["day"], row["source"], row["bin"], row["kind"]
        months[day.replace(day=1), source, bin_, kind] += row["posts"]
    names = ("month", "source", "bin", "kind", "posts")
    whole = [dict(zip(names, (*cell, posts), strict=True)) for cell, posts in months.items()]
    with record.write() as writing:
        writing.connection.execute(rollup.insert(), rows)
        writing.connection.execute(monthly.insert(), whole)
    return sum(int(str(row["posts"])) for row in rows)


def quantiles(name: str, ask: Callable[[], object]) -> None:
    """Ask often and print milliseconds."""
    ask()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1_000)
    taken.sort()
    p50, p95, p99 = (taken[min(int(ROUNDS * q), ROUNDS - 1)] for q in (0.50, 0.95, 0.99))
    print(f"{name:36} {p50:9.2f} {p95:9.2f} {p99:9.2f}", flush=True)


def measure(url: str) -> None:
    """Fill the empty record at a URL, then count in several ways."""
    with contextlib.closing(init_record(url)) as record:
        print(f"ledger of {fill(record):,} posts on {record.engine.dialect.name}")
        month = Scope(date(2026, 3, 1), date(2026, 3, 31))
        odd = Scope(date(2025, 1, 17), date(2026, 12, 16))
        with record.read() as connection:
            print(f"{'milliseconds':36} {'p50':>9} {'p95':>9} {'p99':>9}")
            quantiles("ledger, everything", lambda: ledger.ledger(connection))
            quantiles("ledger, 700 days", lambda: ledger.ledger(connection, odd))
            quantiles("ledger, a month", lambda: ledger.ledger(connection, month))
            one = Scope(month.from_day, month.to_day, "source-3")
            quantiles("ledger, a month of one source", lambda: ledger.ledger(connection, one))
            quantiles("trend, a month", lambda: ledger.trend(connection, month))
            quantiles("trend, two years", lambda: ledger.trend(connection))
            quantiles("by source, everything", lambda: ledger.by_source(connection))


def main() -> None:
    """At the URL that is given, or in a file."""
    with tempfile.TemporaryDirectory() as folder:
        measure(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/record.db")


if __name__ == "__main__":
    main()
