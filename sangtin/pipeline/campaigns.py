"""Placements → clusters that many accounts posted at once, flagged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from dedupe.campaign import ACCOUNTS, WINDOW, Sighting, campaign
from sangtin.post import SourceType
from sangtin.record import Writing, clusters, following, shown, sources
from sangtin.record.placing import Place


def flag_bursts(writing: Writing, places: Sequence[Place]) -> None:
    """Flag the clusters that just got copies and were posted by many accounts within a minute.

    Feeds are news sources: that many of them carry one agency's text is how news works.
    """
    connection = writing.connection
    spans = _spans(places)
    waiting = clusters.quiet(connection, sorted(spans), ACCOUNTS - 1)
    if not waiting:
        return
    news = {s.source.name for s in sources.all_sources(connection) if s.source.type is SourceType.FEED}
    since = min(spans[each][0] for each in waiting) - WINDOW
    until = max(spans[each][1] for each in waiting) + WINDOW
    members = clusters.members(connection, sorted(waiting), since, until)
    burst = [each for each, some in sorted(members.items()) if _flagged(some, news)]
    flagged = clusters.set_burst(writing, burst)
    following.again(writing, list(shown.ids_of(connection, flagged).values()))


def _spans(places: Sequence[Place]) -> dict[str, tuple[datetime, datetime]]:
    """Cluster → the times between which it just got copies."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for place in places:
        if place.of is not None:
            first, last = spans.get(place.cluster, (place.moment, place.moment))
            spans[place.cluster] = (min(first, place.moment), max(last, place.moment))
    return spans


def _flagged(members: Sequence[clusters.Member], news: Collection[str]) -> bool:
    if len({m.author_key for m in members}) < ACCOUNTS:
        return False
    found = campaign([Sighting(m.moment, m.author_key, m.source) for m in members], news)
    return found is not None and found.flagged
