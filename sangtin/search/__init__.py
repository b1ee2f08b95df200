"""Documents → an index that people search: one contract, several engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sangtin.errors import UsageError
from sangtin.events import without_secrets
from sangtin.search.document import Digest, Document, EpochError, Gone, Position, Refusal, StaleError
from sangtin.search.highlight import highlight
from sangtin.search.query import Query, parse
from sangtin.search.request import ANY, Cursor, Facets, Filters, Hit, Page, Sort

__all__ = [
    "ANY",
    "Build",
    "Cursor",
    "Digest",
    "Document",
    "EpochError",
    "Facets",
    "Filters",
    "Gone",
    "Hit",
    "Page",
    "Position",
    "Query",
    "Refusal",
    "Search",
    "Sort",
    "StaleError",
    "highlight",
    "open_search",
    "parse",
]


class Writing(Protocol):
    """What takes documents: a live index, or a new version that is being built beside it."""

    def position(self) -> Position | None:
        """How far the record has been followed; None before the first `apply`."""

    def apply(
        self, documents: Sequence[Document], gone: Sequence[Gone], position: Position
    ) -> tuple[Refusal, ...]:
        """Hold these documents, drop those that are gone, and remember the position.

        May be repeated, in part or with older changes: of two changes of one post the greater number
        holds, and what is gone stays gone. What the engine refuses for its own sake is returned;
        anything else fails as a whole, and the position stays. Raises EpochError where the index
        follows another epoch of the record.
        """


class Build(Writing, Protocol):
    """A new version of an index; the present one keeps answering until `switch`."""

    def switch(self) -> None:
        """From now on every search, in every process, sees this version; the one before is dropped."""


class Search(Writing, Protocol):
    """An index of posts. May be shared by threads; readers never wait for the writer.

    What is found depends on query and filters alone, alike on every engine. Methods raise EngineError
    where the engine does not answer, StaleError where the index must be built again first.
    """

    def find(
        self,
        query: Query,
        filters: Filters = ANY,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: Cursor | None = None,
    ) -> Page:
        """The page of at most `limit` (1 to 1,000) hits after a cursor, or the first page.

        By time: second of `moment`, then `request.tie`, both descending for newest; then id. By
        relevance: posts with the marks as typed come first; ends at rank 10,000.
        """

    def total(self, query: Query, filters: Filters = ANY) -> int:
        """The exact number of hits."""

    def facets(self, query: Query, filters: Filters = ANY) -> Facets:
        """Exact counts of the hits by label, kind, flag, source and day."""

    def export(self, query: Query, filters: Filters = ANY) -> Iterator[Hit]:
        """All hits of this moment, newest first, streamed; later changes do not show."""

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents held under these ids; ids that are not held are absent."""

    def digests(self) -> Iterator[Digest]:
        """Every document's digest in the order of ids (by code point), as of one moment."""

    def build(self, epoch: str) -> AbstractContextManager[Build]:
        """A new, empty version for this epoch; leaving without `switch` drops it.

        What is gone is remembered in the new version where the epoch is the same. Builds that a dead
        process left behind are dropped.
        """

    def name(self) -> str:
        """What tells this index from every other, however and from wherever it is reached."""

    def close(self) -> None:
        """Give back files and connections."""


def open_search(
    url: str, *, prefix: str = "sangtin", api_key: str = "", certificates: str = "", shards: int = 1
) -> Search:
    """The index at a URL: `sqlite:///path` is a file, `http(s)://…` an Elasticsearch.

    Names of what an Elasticsearch holds start with `prefix`; its name and password stand in the URL, or
    `api_key` is given; `certificates` is a file with the authorities that are trusted. An index that is
    made there has so many shards.

    Nothing is created before the first `apply` or `build`; an index that is not there is empty.
    """
    if url.startswith("sqlite:///"):
        from sangtin.search.fts5 import open_file

        return open_file(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("http://", "https://")):
        from sangtin.search.elasticsearch import open_cluster

        return open_cluster(url, prefix, (api_key, certificates), shards)
    shown = without_secrets(url)
    raise UsageError(f"SANGTIN_SEARCH={shown} is no search index. Use sqlite:///PATH or http(s)://HOST:PORT.")
