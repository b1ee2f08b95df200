"""The current version of an index → connections that threads share, each used by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import apsw

from sangtin.search.fts5.version import Versions, check, connect, engine_errors

# Threads of a server come and go; each connection may hold a page cache of 64 MiB.
_MOST_IDLE = 8


class Readers:
    """Connections for reading."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._idle: list[tuple[Path, apsw.Connection]] = []
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Generator[apsw.Connection | None]:
        """A connection inside one read transaction of the current version; None where there is none."""
        with engine_errors(self._versions.link):
            taken = self._take()
            if taken is None:
                yield None
                return
            try:
                taken[1].execute("BEGIN")
                yield taken[1]
            finally:
                self._put_back(taken)

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            while self._idle:
                self._idle.pop()[1].close()

    def _take(self) -> tuple[Path, apsw.Connection] | None:
        """An idle connection to the current version, or a new one."""
        while (current := self._versions.current()) is not None:
            with self._lock:
                taken = self._idle.pop() if self._idle else None
            if taken and taken[0] == current:
                return taken
            if taken:
                taken[1].close()
            elif (opened := self._open(current)) is not None:
                return current, opened
        return None

    def _open(self, version: Path) -> apsw.Connection | None:
        """A new connection; None where the version was replaced and removed meanwhile."""
        try:
            connection = connect(version)
            check(connection)
        except apsw.Error:
            if self._versions.current() != version:
                return None
            raise
        if self._versions.current() == version:
            return connection
        connection.close()
        return None

    def _put_back(self, taken: tuple[Path, apsw.Connection]) -> None:
        version, connection = taken
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._lock:
            keep = len(self._idle) < _MOST_IDLE and self._versions.current() == version
            if keep:
                self._idle.append(taken)
        if not keep:
            connection.close()


class Writer:
    """The connection for writing: one, used by one thread at a time."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._open: tuple[Path, apsw.Connection] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> Generator[apsw.Connection]:
        """A connection to the current version, which is made where there is none."""
        with engine_errors(self._versions.link), self._lock:
            current = self._versions.ensure()
            if self._open is None or self._open[0] != current:
                self._close()
                connection = connect(current)
                check(connection)
                self._open = current, connection
            yield self._open[1]

    def close(self) -> None:
        """Close it; it opens again when needed."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
