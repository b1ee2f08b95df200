"""A file → an index that people search: SQLite's FTS5, one writer, any number of readers."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import apsw

from sangtin.errors import UsageError
from sangtin.search.document import Digest, Document, Gone, Position, Refusal
from sangtin.search.fts5 import count as counting
from sangtin.search.fts5 import read, write
from sangtin.search.fts5.connection import Readers, Writer
from sangtin.search.fts5.expression import match
from sangtin.search.fts5.version import PATIENCE_MS, Versions, connect, engine_errors
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
)


class File:
    """The index at a path; see `sangtin.search.Search` for what its methods promise."""

    def __init__(self, path: Path) -> None:
        self._versions = Versions(path)
        self._readers = Readers(self._versions)
        self._writer = Writer(self._versions)
        self._logged = False  # whether the log may still hold what was removed

    def position(self) -> Position | None:
        """How far the record has been followed."""
        with self._readers.reading() as connection:
            return write.position_of(connection) if connection else None

    def apply(
        self, documents: Sequence[Document], gone: Sequence[Gone], position: Position
    ) -> tuple[Refusal, ...]:
        """Hold, drop and remember in one transaction.

        What was dropped leaves the file's pages at once, and its log when no reader needs it any more.
        """
        with self._writer.writing() as connection:
            refusals, removed = write.apply(connection, documents, gone, position)
            if removed or self._logged:
                self._logged = not _forget_log(connection)
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
        rank = after.rank if after else 0
        with self._readers.reading() as connection:
            if connection is None:
                return Page(())
            wanted = match(query, filters)
            if sort is Sort.RELEVANCE:
                count = min(limit + 1, DEEPEST_RANK - rank)
                found = read.by_relevance(connection, wanted, rank, count) if count > 0 else []
            else:
                hits = read.by_time(connection, wanted, newest=sort is Sort.NEWEST, after=after)
                with contextlib.closing(hits):
                    found = list(islice(hits, limit + 1))
        return page_of([_hit(query, document) for document in found], limit, rank)

    def total(self, query: Query, filters: Filters = ANY) -> int:
        """The exact number of hits."""
        with self._readers.reading() as connection:
            return counting.total(connection, query, filters) if connection else 0

    def facets(self, query: Query, filters: Filters = ANY) -> Facets:
        """Exact counts of the hits by value."""
        with self._readers.reading() as connection:
            return counting.facets(connection, query, filters) if connection else Facets()

    def export(self, query: Query, filters: Filters = ANY) -> Iterator[Hit]:
        """All hits of this moment, newest first."""
        with self._readers.reading() as connection:
            if connection:
                with contextlib.closing(read.by_time(connection, match(query, filters))) as found:
                    yield from (_hit(query, document) for document in found)

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents held under these ids."""
        with self._readers.reading() as connection:
            return {document.id: document for document in read.held(connection, ids)} if connection else {}

    def digests(self) -> Iterator[Digest]:
        """Every document's digest in the order of ids."""
        with self._readers.reading() as connection:
            if connection:
                yield from read.digests(connection)

    @contextmanager
    def build(self, epoch: str) -> Generator[_Build]:
        """A new version beside the current one."""
        with self._versions.alone(), engine_errors(self._versions.link):
            current = self._versions.current()
            build = _Build(self._versions, self._versions.begin())
            try:
                if current:
                    build.remember_gone(current, epoch)
                yield build
            finally:
                build.close()
                self._versions.remove_all_but(self._versions.current())

    def name(self) -> str:
        """This machine and the file's path."""
        link = self._versions.link
        return f"{socket.gethostname()}:{link.parent.resolve() / link.name}"

    def close(self) -> None:
        """Close every connection."""
        self._readers.close()
        self._writer.close()


class _Build:
    """A version that no search reads yet."""

    def __init__(self, versions: Versions, version: Path) -> None:
        self._versions = versions
        self._version = version
        self._connection = connect(version)
        self._connection.execute("PRAGMA synchronous = OFF")  # a build that dies is begun anew

    def remember_gone(self, current: Path, epoch: str) -> None:
        """Carry over what is gone from a version that followed the same epoch, if it can be read."""
        with contextlib.suppress(apsw.Error):
            held = connect(current)
            with contextlib.closing(held):
                position = write.position_of(held)
                if position and position.epoch == epoch:
                    write.copy_gone(held, self._connection)

    def position(self) -> Position | None:
        """How far the record has been followed in this version."""
        return write.position_of(self._connection)

    def apply(
        self, documents: Sequence[Document], gone: Sequence[Gone], position: Position
    ) -> tuple[Refusal, ...]:
        """Hold, drop and remember, in this version."""
        return write.apply(self._connection, documents, gone, position)[0]

    def switch(self) -> None:
        """Bring it to the disk, then let every search read it."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.close()
        descriptor = os.open(self._version, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        self._versions.switch(self._version)

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()


def open_file(path: Path) -> File:
    """The index at a path; nothing is read or made yet."""
    return File(path)


def _hit(query: Query, document: Document) -> Hit:
    return Hit(document, highlight(query, document.text))


def _forget_log(connection: apsw.Connection) -> bool:
    """Empty the write-ahead log, which holds pages as they were; False where a reader still needs them."""
    connection.set_busy_timeout(0)
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
    except (apsw.BusyError, apsw.LockedError):
        return False
    finally:
        connection.set_busy_timeout(PATIENCE_MS)
    return not busy
