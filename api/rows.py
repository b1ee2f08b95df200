"""Hits in order → one row for each cluster, where its first hit stands, on whichever page that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from api.asked import Asked
from api.passage import Segment, excerpt
from sangtin.post import Bin, Prediction
from sangtin.record import clusters, shown
from sangtin.record.settling import evidence
from sangtin.record.shown import Summary
from sangtin.search import Cursor, Filters, Hit, Query, Search

ROWS = 50
# A flood of copies fills many hits and few rows; after so many hits a page ends with the rows that it has.
MOST_HITS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """A found cluster: one hit, how many more of its posts were found and where, when the latest came."""

    summary: Summary
    text: list[Segment]
    more: int
    url: str
    latest: datetime | None
    prediction: Prediction | None


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one cluster on a page, in order. `lone`: the cluster has no other post."""

    lone: bool
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and of which index."""

    search: Search
    query: Query
    asked: Asked

    def within(self, cluster: str) -> Filters:
        """The filters, and one cluster alone."""
        return replace(self.asked.filters, clusters=(cluster,))


def fold(
    connection: Connection, question: Question, after: Cursor | None
) -> tuple[list[Group], Cursor | None]:
    """The next clusters in the order of their first hits, without those of earlier pages; and what follows.

    A post that is not placed yet is a group of its own, and so is each one where a cluster was asked for.
    """
    groups: dict[str, Group] = {}
    earlier: set[str] = set()
    rank = after.rank if after else 0
    for n, (hit, lone, last) in enumerate(_hits(connection, question, after), 1):
        name = hit.document.cluster if hit.document.cluster and not lone else f"post {hit.document.id}"
        if name not in groups and name not in earlier:
            if after and not lone and not _is_first(question, hit):
                earlier.add(name)
            else:
                groups[name] = Group(lone)
        if name in groups:
            groups[name].hits.append(hit)
        if not last and (len(groups) == ROWS or n == MOST_HITS):
            return list(groups.values()), Cursor(hit.document.moment, hit.document.id, rank + n)
    return list(groups.values()), None


def rows(connection: Connection, question: Question, groups: Iterable[Group]) -> list[Row]:
    """What the screen shows of each group; one whose posts were erased meanwhile is left out."""
    speaking = [(group, _speakers(group)) for group in groups]
    ids = [hit.document.id for _, hits in speaking for hit in hits]
    known = {s.id: s for s in shown.summaries_by_id(connection, ids)}
    read = evidence(connection, [s.key for s in known.values()])
    found: list[Row] = []
    for group, hits in speaking:
        live = [hit for hit in hits if hit.document.id in known]
        if live:
            hit = max(live, key=lambda hit: known[hit.document.id].copies)
            summary = known[hit.document.id]
            found.append(_row(question, group, hit, summary))
    return [replace(row, prediction=read[row.summary.key].prediction) for row in found]


def _hits(
    connection: Connection, question: Question, after: Cursor | None
) -> Iterator[tuple[Hit, bool, bool]]:
    """Each hit after a cursor, whether it is to be shown alone, and whether it is the last of all."""
    asked, more = question.asked, True
    while more:
        page = question.search.find(question.query, asked.filters, sort=asked.sort, limit=ROWS, after=after)
        after, more = page.next, page.next is not None
        names = {hit.document.cluster for hit in page.hits if hit.document.cluster}
        crowded = set() if asked.filters.clusters else clusters.crowded(connection, sorted(names))
        for n, hit in enumerate(page.hits, 1):
            yield hit, hit.document.cluster not in crowded, not more and n == len(page.hits)


def _is_first(question: Question, hit: Hit) -> bool:
    """Whether no hit of its cluster comes before it."""
    within = question.within(hit.document.cluster or "")
    first = question.search.find(question.query, within, sort=question.asked.sort, limit=1)
    return not first.hits or first.hits[0].document.id == hit.document.id


def _speakers(group: Group) -> list[Hit]:
    """The hits that may stand for a cluster: those that repeat no other; where all do, the first."""
    return [hit for hit in group.hits if hit.document.bin is not Bin.DUPLICATE] or group.hits[:1]


def _row(question: Question, group: Group, hit: Hit, summary: Summary) -> Row:
    cluster = hit.document.cluster or ""
    total = 1 if group.lone else question.search.total(question.query, question.within(cluster))
    latest = max(each.document.moment for each in group.hits)
    return Row(
        summary=summary,
        text=excerpt(hit.document.text, hit.highlights),
        more=max(0, total - 1),
        url=question.asked.filtered(clusters=(cluster,)).url(),
        latest=latest if latest > summary.moment else None,
        prediction=None,
    )
