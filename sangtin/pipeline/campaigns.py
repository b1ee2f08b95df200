"""Placements → clusters that many accounts posted at once, flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, time

from sqlalchemy import Connection

from dedupe.campaign import ACCOUNTS, WINDOW, Campaign, Sighting, burst
from sangtin.post import VIETNAM, Source
from sangtin.record import Writing, clusters, following, shown, sources
from sangtin.record.placing import Place


def flag_bursts(writing: Writing, places: Sequence[Place]) -> None:
    """Flag the clusters that just got copies and were posted by many accounts within a minute.

    What news sources post does not count: that many of them carry one agency's text is how news works.
    Clusters that lost posts, or whose posts were given other times, are judged again.
    """
    judge_again(writing)
    connection = writing.connection
    spans = _spans(places)
    waiting = clusters.quiet(connection, sorted(spans), ACCOUNTS - 1)
    if not waiting:
        return
    news = _news(connection)
    since = min(spans[each][0] for each in waiting) - WINDOW
    until = max(spans[each][1] for each in waiting) + WINDOW
    members = clusters.members(connection, sorted(waiting), since, until)
    flagged = [each for each, some in sorted(members.items()) if _at_once(sorted(some, key=_moment), news)]
    _show(writing, clusters.set_burst(writing, flagged))


def judge_again(writing: Writing) -> None:
    """Raise or lower the flags of the clusters that were counted anew in this transaction."""
    connection = writing.connection
    names = sorted(writing.recounted)
    writing.recounted.clear()
    if not names:
        return
    few = set(names) - clusters.with_copies(connection, names, ACCOUNTS - 1)
    some = sorted(set(names) - few)
    news = _news(connection) if some else set()
    raised = [each for each in some if _at_once(clusters.sightings(connection, each), news)]
    _show(writing, clusters.set_burst(writing, raised))
    _show(writing, clusters.set_burst(writing, sorted(set(names) - set(raised)), burst=False))


def judge_source(writing: Writing, card: Source) -> int:
    """Judge the clusters again in which a source has posts that its card just made news, or no news.

    What it posts counts no more, which can only lower a flag; or counts from now on, which can only raise
    one. Returns how many posts gained or lost the flag.
    """
    connection = writing.connection
    some = clusters.with_source(connection, card.name, ACCOUNTS - 1, burst=card.is_news)
    news = _news(connection)
    at_once = {
        each for each, members in clusters.sightings_by_cluster(connection, some) if _at_once(members, news)
    }
    moved = [each for each in some if (each in at_once) is not card.is_news]
    keys = clusters.set_burst(writing, moved, burst=not card.is_news)
    _show(writing, keys)
    return len(keys)


def campaign_of(connection: Connection, cluster_id: str) -> Campaign | None:
    """How a cluster spread; None where there is none."""
    spread = clusters.spread(connection, cluster_id)
    if spread is None:
        return None
    most = accounts_at_once(connection, cluster_id)
    return Campaign(
        posts=spread.cluster.posts,
        authors=spread.authors,
        sources=len(spread.sources),
        first=spread.cluster.first_at,
        last=spread.cluster.last_at,
        burst=most,
        flagged=spread.cluster.burst,
    )


def accounts_at_once(connection: Connection, cluster_id: str) -> int:
    """The most accounts that posted a cluster's text within one window, news sources apart."""
    return burst(_seen(clusters.sightings(connection, cluster_id), _news(connection)))


def _show(writing: Writing, keys: Sequence[int]) -> None:
    following.again(writing, list(shown.ids_of(writing.connection, keys).values()))


def _news(connection: Connection) -> set[str]:
    return {s.source.name for s in sources.all_sources(connection) if s.source.is_news}


def _spans(places: Sequence[Place]) -> dict[str, tuple[datetime, datetime]]:
    """Cluster → the times between which it just got copies."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for place in places:
        if place.of is not None:
            first, last = spans.get(place.cluster, (place.moment, place.moment))
            spans[place.cluster] = (min(first, place.moment), max(last, place.moment))
    return spans


def _at_once(members: Iterable[clusters.Member], news: Collection[str]) -> bool:
    """Whether enough accounts posted within one window, of members in order of time."""
    return burst(_seen(members, news), enough=ACCOUNTS) >= ACCOUNTS


def _seen(members: Iterable[clusters.Member], news: Collection[str]) -> Iterator[Sighting]:
    return (Sighting(m.moment, m.author_key, m.source) for m in members if _tells(m, news))


def _tells(member: clusters.Member, news: Collection[str]) -> bool:
    """Not what news sources carry; nor what is dated by its day alone, which midnight stands for."""
    return member.source not in news and member.moment.astimezone(VIETNAM).time() != time()


def _moment(member: clusters.Member) -> datetime:
    return member.moment
