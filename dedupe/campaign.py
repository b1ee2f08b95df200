"""A cluster's members → how they spread, and whether many accounts posted the text at once."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Accounts that post by hand rarely meet within a minute; networks of them do: coordinated link sharing
# was found within 25 s (Giglietto et al. 2020, https://doi.org/10.1080/1369118X.2020.1739732).
WINDOW = timedelta(seconds=60)
# Fewer accounts in one window may be friends who pass a post on.
ACCOUNTS = 5


@dataclass(frozen=True, slots=True)
class Sighting:
    """When, by whom (a keyed hash; None where unknown) and where a member of a cluster was posted."""

    moment: datetime
    author_key: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """How a cluster spread. `burst`: the most accounts that posted within one window, news sources apart."""

    posts: int
    authors: int
    sources: int
    first: datetime
    last: datetime
    burst: int
    flagged: bool

    @property
    def reason(self) -> str:
        """What an analyst is told; empty where nothing is flagged."""
        return f"{self.burst} accounts within {int(WINDOW.total_seconds())} s" if self.flagged else ""


def campaign(
    sightings: Iterable[Sighting],
    news: Collection[str] = (),
    window: timedelta = WINDOW,
    accounts: int = ACCOUNTS,
) -> Campaign | None:
    """How a cluster spread; None for an empty one.

    News sources publish wire copy at the same minute as a matter of course, so their posts do not count
    towards a burst. Neither do posts whose author is not known: many may be by one.
    """
    seen = sorted(sightings, key=lambda s: (s.moment, s.source, s.author_key or ""))
    if not seen:
        return None
    most = burst([s for s in seen if s.author_key is not None and s.source not in news], window)
    return Campaign(
        posts=len(seen),
        authors=len({s.author_key for s in seen if s.author_key is not None}),
        sources=len({s.source for s in seen}),
        first=seen[0].moment,
        last=seen[-1].moment,
        burst=most,
        flagged=most >= accounts,
    )


def burst(seen: Iterable[Sighting], window: timedelta = WINDOW, enough: int | None = None) -> int:
    """The most distinct accounts among sightings, in order of time, that lie within one window.

    With `enough`, what comes after so many is not looked at. Only one window is held in memory.
    """
    within: Counter[str | None] = Counter()
    near: deque[Sighting] = deque()
    most = 0
    for sighting in seen:
        near.append(sighting)
        within[sighting.author_key] += 1
        while sighting.moment - near[0].moment > window:
            gone = near.popleft().author_key
            within[gone] -= 1
            if not within[gone]:
                del within[gone]
        most = max(most, len(within))
        if enough is not None and most >= enough:
            break
    return most
