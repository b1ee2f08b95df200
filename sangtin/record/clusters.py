"""Clusters → their members, and those that grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from sangtin.post import Bin
from sangtin.record.engine import Writing
from sangtin.record.portions import portions
from sangtin.record.schema import cluster, membership, post
from sangtin.record.shown import Summary, summaries
from sangtin.record.standing import stands

# What tells when somebody posted: a date of the post's own, and an author.
_TELLING = (post.c.published_at.is_not(None), post.c.author_key.is_not(None))
# Members read at once while a whole cluster is looked through.
PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Posts that say nearly the same. `burst`: many accounts posted it at once."""

    id: str
    lead: int
    posts: int
    copies: int
    first_at: datetime
    last_at: datetime
    burst: bool


@dataclass(frozen=True, slots=True)
class Grown:
    """A cluster and how many copies came to it in a time."""

    cluster: Cluster
    came: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How a cluster spread: posts a day, distinct authors (where known) and sources."""

    cluster: Cluster
    authors: int
    sources: tuple[str, ...]
    days: dict[date, int]


@dataclass(frozen=True, slots=True)
class Member:
    """What campaigns are told by: when, who and where a member was posted."""

    moment: datetime
    author_key: str
    source: str


def find(connection: Connection, cluster_id: str) -> Cluster | None:
    """One cluster; None where there is none."""
    row = connection.execute(select(cluster).where(cluster.c.id == cluster_id)).first()
    return _cluster(row) if row else None


def posts_of(connection: Connection, cluster_id: str, limit: int = 100, offset: int = 0) -> list[Summary]:
    """The posts of a cluster, earliest first."""
    query = _members(select(post.c.key)).where(membership.c.cluster == cluster_id)
    rows = connection.execute(query.order_by(membership.c.moment, post.c.id).limit(limit).offset(offset))
    return summaries(connection, [row.key for row in rows])


def quiet(connection: Connection, ids: Sequence[str], copies: int) -> set[str]:
    """Those of the clusters that have so many copies and are not marked as posted at once."""
    return _some(connection, ids, ~cluster.c.burst, cluster.c.copies >= copies)


def with_copies(connection: Connection, ids: Sequence[str], copies: int) -> set[str]:
    """Those of the clusters that have so many copies."""
    return _some(connection, ids, cluster.c.copies >= copies)


def with_source(connection: Connection, source: str, copies: int, *, burst: bool) -> list[str]:
    """The clusters with so many copies that are marked as posted at once, or not, with posts of a source."""
    theirs = _members(select(membership.c.cluster)).where(
        membership.c.cluster == cluster.c.id, post.c.source == source, *_TELLING
    )
    query = select(cluster.c.id).where(cluster.c.burst.is_(burst), cluster.c.copies >= copies)
    return list(connection.execute(query.where(theirs.exists()).order_by(cluster.c.id)).scalars())


def members(
    connection: Connection, ids: Sequence[str], since: datetime, until: datetime
) -> dict[str, list[Member]]:
    """Of clusters' dated posts with known authors within a time (both ends included): when, who, where.

    What has no date of its own stands at the time of its fetch, when all of a file's posts came at once.
    """
    found: dict[str, list[Member]] = {}
    columns = (membership.c.cluster, membership.c.moment, post.c.author_key, post.c.source)
    within = (membership.c.moment >= since, membership.c.moment <= until)
    for some in portions(ids):
        query = _members(select(*columns)).where(membership.c.cluster.in_(some), *within, *_TELLING)
        for cluster_id, moment, author_key, source in connection.execute(query):
            found.setdefault(cluster_id, []).append(Member(moment, author_key, source))
    return found


def sightings(connection: Connection, cluster_id: str) -> Iterator[Member]:
    """The same of all dated posts of one cluster with known authors, in order of time, as they are read."""
    query = _members(select(membership.c.moment, post.c.author_key, post.c.source))
    query = query.where(membership.c.cluster == cluster_id, *_TELLING).order_by(membership.c.moment)
    with connection.execute(query.execution_options(yield_per=PAGE)) as rows:
        yield from (Member(row.moment, row.author_key, row.source) for row in rows)


def sightings_by_cluster(
    connection: Connection, ids: Sequence[str]
) -> Iterator[tuple[str, Iterator[Member]]]:
    """The same of each of many clusters, for less than to ask of one after the other."""
    columns = (membership.c.cluster, membership.c.moment, post.c.author_key, post.c.source)
    for some in portions(ids):
        query = _members(select(*columns)).where(membership.c.cluster.in_(some), *_TELLING)
        query = query.order_by(membership.c.cluster, membership.c.moment)
        with connection.execute(query.execution_options(yield_per=PAGE)) as rows:
            for cluster_id, its in groupby(rows, key=itemgetter(0)):
                yield cluster_id, (Member(*row[1:]) for row in its)


def crowded(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the clusters that hold more than one post."""
    return _some(connection, ids, cluster.c.posts > 1)


def spread(connection: Connection, cluster_id: str) -> Spread | None:
    """How a cluster spread; None where there is none."""
    found = find(connection, cluster_id)
    if found is None:
        return None
    mine = membership.c.cluster == cluster_id
    authors = _members(select(func.count(post.c.author_key.distinct()))).where(mine)
    sources = _members(select(post.c.source).distinct()).where(mine).order_by(post.c.source)
    days = _members(select(post.c.day, func.count())).where(mine).group_by(post.c.day).order_by(post.c.day)
    return Spread(
        cluster=found,
        authors=int(connection.execute(authors).scalar_one()),
        sources=tuple(row[0] for row in connection.execute(sources)),
        days=dict(connection.execute(days).all()),
    )


def spreading(
    connection: Connection,
    since: datetime,
    until: datetime | None = None,
    *,
    source: str | None = None,
    limit: int = 10,
) -> list[Grown]:
    """The clusters to which most copies came from a moment until before another, most first.

    Of one source, only its copies count.
    """
    came = func.count()
    # Whoever got a copy since then has had a post since then: an index tells those from all others.
    query = _members(select(cluster, came.label("came"))).join(cluster, cluster.c.id == membership.c.cluster)
    query = query.where(
        cluster.c.last_at >= since, membership.c.moment >= since, post.c.bin == Bin.DUPLICATE.value
    )
    if until is not None:
        query = query.where(membership.c.moment < until)
    if source is not None:
        query = query.where(post.c.source == source)
    rows = connection.execute(query.group_by(cluster.c.id).order_by(came.desc(), cluster.c.id).limit(limit))
    return [Grown(_cluster(row), int(row.came)) for row in rows]


def set_burst(writing: Writing, ids: Sequence[str], *, burst: bool = True) -> list[int]:
    """Mark clusters as posted by many accounts at once, or as not; the keys of the posts this changes."""
    connection = writing.connection
    keys: list[int] = []
    for some in portions(ids):
        new = update(cluster).where(cluster.c.id.in_(some), cluster.c.burst.is_(not burst))
        fresh = [row.id for row in connection.execute(new.values(burst=burst).returning(cluster.c.id))]
        rows = connection.execute(_members(select(post.c.key)).where(membership.c.cluster.in_(fresh)))
        keys += [row.key for row in rows]
    return keys


def _some(connection: Connection, ids: Sequence[str], *such: ColumnElement[bool]) -> set[str]:
    found: set[str] = set()
    for some in portions(ids):
        rows = connection.execute(select(cluster.c.id).where(cluster.c.id.in_(some), *such))
        found |= {row.id for row in rows}
    return found


def _members(query: Select[Any]) -> Select[Any]:
    return query.select_from(post).join(membership, stands())


def _cluster(row: Row[Any]) -> Cluster:
    return Cluster(row.id, row.lead, row.posts, row.copies, row.first_at, row.last_at, row.burst)
