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
    cards = sources.all_sources(connection)
    news = {health.source.name for health in cards if health.source.type is SourceType.FEED}
    burst = [each for each in sorted(waiting) if _flagged(writing, each, spans[each], news)]
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


def _flagged(writing: Writing, cluster: str, span: tuple[datetime, datetime], news: Collection[str]) -> bool:
    first, last = span
    near = clusters.members(writing.connection, cluster, first - WINDOW, last + WINDOW)
    found = campaign([Sighting(m.moment, m.author_key, m.source) for m in near], news)
    return found is not None and found.flagged
