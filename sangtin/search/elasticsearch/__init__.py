"""An Elasticsearch → an index that people search: behind an alias, written in bulk."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from itertools import islice

from sangtin.errors import UsageError
from sangtin.post import Bin, Flag, Kind
from sangtin.search.document import (
    Digest,
    Document,
    Gone,
    NewerError,
    Position,
    Refusal,
    StaleError,
    latest,
    refusal,
)
from sangtin.search.elasticsearch.mapping import (
    document,
    gone_item,
    item,
    name_of,
    position_item,
)
from sangtin.search.elasticsearch.question import AGGREGATIONS, GONE, NEWEST, ORDERS, question
from sangtin.search.elasticsearch.server import SCREEN_S, Json, Server
from sangtin.search.elasticsearch.stream import STREAMED, stream
from sangtin.search.elasticsearch.version import Versions
from sangtin.search.highlight import highlight
from sangtin.search.query import Query
from sangtin.search.request import (
    ANY,
    DEEPEST_RANK,
    LARGEST_PAGE,
    Cursor,
    Facets,
    Filters,
    Hit,
    Page,
    Sort,
    page_of,
    tie,
)


class Cluster:
    """The index under a prefix; see `sangtin.search.Search` for what its methods promise."""

    def __init__(self, server: Server, prefix: str, shards: int) -> None:
        self._server = server
        self._versions = Versions(server, prefix, shards)

    def position(self) -> Position | None:
        """How far the record has been followed."""
        current = self._versions.current()
        return self._versions.position(current) if current else None

    def apply(
        self, documents: Sequence[Document], gone: Sequence[Gone], position: Position
    ) -> tuple[Refusal, ...]:
        """Hold and drop, then remember; what is repeated after a failure between the two changes nothing."""
        current = self._versions.ensure()
        self._versions.follow(current, position)
        refusals = _write(self._server, current, documents, gone)
        self._server.bulk(current, [position_item(position)])
        self._server.ask("POST", f"/{current}/_refresh")
        self._versions.sweep()
        return refusals

    def find(
        self,
        query: Query,
        filters: Filters = ANY,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: Cursor | None = None,
    ) -> Page:
        """One page of hits."""
        if not 1 <= limit <= LARGEST_PAGE:
            raise UsageError(f"A page holds 1 to {LARGEST_PAGE:,} hits, not {limit}.")
        ranked = sort is Sort.RELEVANCE
        rank = after.rank if after else 0
        size = min(limit + 1, DEEPEST_RANK - rank) if ranked else limit + 1
        if size < 1:
            return Page(())
        body: Json = {"query": question(query, filters, ranked=ranked), "sort": ORDERS[sort], "size": size}
        if ranked:
            body["from"] = rank
        elif after:
            body["search_after"] = [after.second, tie(after.id), after.id]
        hits = self._search({**body, "track_total_hits": False}).get("hits", {}).get("hits", [])
        found = [_hit(query, hit["_source"]) for hit in hits]
        return page_of(found, limit, rank)

    def total(self, query: Query, filters: Filters = ANY) -> int:
        """The exact number of hits."""
        return _total(self._search({"query": question(query, filters), "size": 0, "track_total_hits": True}))

    def facets(self, query: Query, filters: Filters = ANY) -> Facets:
        """Exact counts of the hits by value."""
        asked = {"query": question(query, filters), "size": 0, "track_total_hits": True}
        answer = self._search({**asked, "aggs": AGGREGATIONS})
        counts = {
            name: {
                str(bucket.get("key_as_string", bucket["key"])): int(bucket["doc_count"])
                for bucket in found["buckets"]
            }
            for name, found in answer.get("aggregations", {}).items()
        }
        return Facets(
            total=_total(answer),
            bins={Bin(value): posts for value, posts in counts.get("bins", {}).items()},
            kinds={Kind(value): posts for value, posts in counts.get("kinds", {}).items()},
            flags={Flag(value): posts for value, posts in counts.get("flags", {}).items()},
            sources=counts.get("sources", {}),
            days={date.fromisoformat(value): posts for value, posts in counts.get("days", {}).items()},
        )

    def export(self, query: Query, filters: Filters = ANY) -> Iterator[Hit]:
        """All hits of this moment, newest first."""
        for source in stream(
            self._server, self._versions.alias, {"query": question(query, filters), "sort": NEWEST}
        ):
            yield _hit(query, source)

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents held under these ids."""
        found: dict[str, Document] = {}
        names = (name_of(id) for id in ids if refusal(Gone(id, 0)) is None)
        while some := list(islice(names, STREAMED)):
            answer = self._server.ask("POST", f"/{self._versions.alias}/_mget", {"ids": some})
            for held in answer.get("docs", []):
                if held.get("found") and not held["_source"]["gone"]:
                    found[held["_source"]["id"]] = document(held["_source"])
        return found

    def digests(self) -> Iterator[Digest]:
        """Every document's digest in the order of ids."""
        shown = ["id", "number", "digest"]
        asked: Json = {"query": question(Query(), ANY), "sort": [{"id": "asc"}], "_source": shown}
        for source in stream(self._server, self._versions.alias, asked):
            yield Digest(source["id"], int(source["number"]), source["digest"])

    @contextmanager
    def build(self, epoch: str) -> Generator[_Build]:
        """A new index beside the current one."""
        build = _Build(self._versions, self._versions.begin())
        try:
            build.remember_gone(epoch)
            yield build
        finally:
            self._versions.drop(build.name)

    def name(self) -> str:
        """The cluster, whatever it is called in a URL, and the alias."""
        return f"{self._server.cluster()}/{self._versions.alias}"

    def close(self) -> None:
        """Close connections."""
        self._server.close()

    def _search(self, body: Json) -> Json:
        """The answer to one search, from every shard or not at all; an empty one where there is no index."""
        self._versions.meet()
        path = f"/{self._versions.alias}/_search"
        return self._server.ask("POST", path, body, within=SCREEN_S, allow_partial_search_results="false")


class _Build:
    """An index that no search reads yet."""

    def __init__(self, versions: Versions, name: str) -> None:
        self.name = name
        self._versions = versions
        self._server = versions.server
        settings = {"index": {"refresh_interval": "-1"}}
        self._server.ask("PUT", f"/{name}/_settings", settings)

    def remember_gone(self, epoch: str) -> None:
        """Carry over what is gone from an index that followed the same epoch, if it can be read."""
        with suppress(StaleError, NewerError):
            current = self._versions.current()
            followed = self._versions.position(current) if current else None
            if current and followed and followed.epoch == epoch:
                gone = stream(self._server, current, {"query": GONE, "sort": ["_doc"]})
                while some := [Gone(source["id"], source["number"]) for source in islice(gone, STREAMED)]:
                    self._server.bulk(self.name, map(gone_item, some))

    def position(self) -> Position | None:
        """How far the record has been followed in this index."""
        return self._versions.position(self.name)

    def apply(
        self, documents: Sequence[Document], gone: Sequence[Gone], position: Position
    ) -> tuple[Refusal, ...]:
        """Hold, drop and remember, in this index."""
        self._versions.follow(self.name, position)
        refusals = _write(self._server, self.name, documents, gone)
        self._server.bulk(self.name, [position_item(position)])
        return refusals

    def switch(self) -> None:
        """Show everything that was written, then move the alias."""
        self._server.ask("PUT", f"/{self.name}/_settings", {"index": {"refresh_interval": None}})
        self._server.ask("POST", f"/{self.name}/_refresh")
        self._versions.switch(self.name)


def open_cluster(url: str, prefix: str, entry: tuple[str, str], shards: int) -> Cluster:
    """The index under a prefix at a URL; nothing is asked yet. `entry`: API key, file of certificates."""
    return Cluster(Server(url, *entry), prefix, shards)


def _write(
    server: Server, name: str, documents: Sequence[Document], gone: Sequence[Gone]
) -> tuple[Refusal, ...]:
    """Hold documents and removals; returns what no one, or not this server, can hold."""
    changes = latest(documents, gone)
    refusals = [refused for change in changes if (refused := refusal(change)) is not None]
    impossible = {refused.id for refused in refusals}
    possible = {name_of(change.id): change for change in changes if change.id not in impossible}
    items = (item(c) if isinstance(c, Document) else gone_item(c) for c in possible.values())
    for refused_name, reason in server.bulk(name, items).items():
        change = possible[refused_name]
        refusals.append(Refusal(change.id, change.number, reason))
    return tuple(refusals)


def _hit(query: Query, source: Json) -> Hit:
    found = document(source)
    return Hit(found, highlight(query, found.text))


def _total(answer: Json) -> int:
    return int(answer.get("hits", {}).get("total", {}).get("value", 0))
