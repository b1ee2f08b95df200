"""How long each source's card lets posts be kept → older posts erased everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sangtin.pipeline.campaigns import judge_again
from sangtin.pipeline.erasing import forget_everywhere
from sangtin.pipeline.parts import Parts
from sangtin.record import Record, accounts, erasing, expiring

# Posts in one transaction, for which others wait: some 0.2 s on a laptop.
PORTION = 500


@dataclass(frozen=True, slots=True)
class Expired:
    """How many posts of each source were erased; `forgotten` unless SQLite's log may still hold some."""

    posts: dict[str, int] = field(default_factory=dict)
    forgotten: bool = True


def expire(parts: Parts, at: datetime, by: str, advance: Callable[[int], None]) -> Expired:
    """Erase every post that was first fetched longer before a moment than its source's card lets it be kept.

    Each portion is erased and noted in one transaction: killed at any moment, the next run goes on. The
    search index is left to its follower. A source whose card does not say how long is left as it is.
    """
    done: Counter[str] = Counter()
    last = 0
    while some := _next(parts.record, at, last):
        of = Counter(source for _, source in some)
        with parts.record.write(durable=True) as writing:
            erasing.erase_all(writing, [key for key, _ in some])
            judge_again(writing)
            said = ", ".join(f"{count} of {name}" for name, count in sorted(of.items()))
            accounts.note(writing, by, "expire", f"posts: {said}")
        done += of
        last = some[-1][0]
        advance(len(some))
    return Expired(dict(sorted(done.items())), forget_everywhere(parts))


def _next(record: Record, at: datetime, after: int) -> list[tuple[int, str]]:
    with record.read() as connection:
        return expiring.expired(connection, at, after, PORTION)
