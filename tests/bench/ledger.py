"""How fast a ledger of millions of posts is counted: by period and source, and its trend by day.

    python -m tests.bench.ledger [URL]

The roll-up is filled as two years of twenty sources leave it; the ledger never looks at a post. The URL is
that of an empty record; without one, a file.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta

from sangtin.post import Bin, Kind
from sangtin.record import Record, init_record, ledger
from sangtin.record.ledger import Scope
from sangtin.record.schema import rollup

DAYS, SOURCES, ROUNDS = 730, 20, 100
START = date(2025, 1, 1)
# Posts in a cell of the roll-up on average: with them the whole is the 4.7 million that a city counted.
POSTS = 40


def fill(record: Record) -> int:
    """A roll-up with every cell there can be; how many posts it counts."""
    dice = random.Random(1)
    bins = [(b, None) for b in Bin if b is not Bin.SPAM] + [(Bin.SPAM, kind) for kind in Kind]
    rows = [
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
    with record.write() as writing:
        writing.connection.execute(rollup.insert(), rows)
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


def main() -> None:
    """Fill, then count in several ways."""
    with tempfile.TemporaryDirectory() as folder:
        record = init_record(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/record.db")
        print(f"{fill(record):,} posts on {record.engine.dialect.name}")
        month = Scope(date(2026, 3, 1), date(2026, 3, 31))
        with record.read() as connection:
            print(f"{'milliseconds':36} {'p50':>9} {'p95':>9} {'p99':>9}")
            quantiles("ledger, everything", lambda: ledger.ledger(connection))
            quantiles("ledger, a month", lambda: ledger.ledger(connection, month))
            one = Scope(month.from_day, month.to_day, "source-3")
            quantiles("ledger, a month of one source", lambda: ledger.ledger(connection, one))
            quantiles("trend, a month", lambda: ledger.trend(connection, month))
            quantiles("trend, two years", lambda: ledger.trend(connection))
            quantiles("by source, everything", lambda: ledger.by_source(connection))
        record.close()


if __name__ == "__main__":
    main()
