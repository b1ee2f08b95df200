"""A path → the version of the index that is current: `search.db` is a link to `search.db.3`.

A rebuild writes `search.db.4` and then moves the link; who still reads version 3 goes on reading it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import apsw

from sangtin.errors import BusyError, EngineError
from sangtin.search.document import StaleError
from sangtin.text import TOKENISER

# What an index must have been written with to be read: the tables below, and tokens.
LAYOUT = f"fts5-1 {TOKENISER} unicode-{unicodedata.unidata_version}"
# Page cache a connection; a term in 11 % of a million posts reads 20 MB of postings.
_CACHE_KIB = 65_536
# How long a writer waits for another; a batch of the follower takes less than a second.
PATIENCE_MS = 30_000
_CHECKPOINT_PAGES = 8_192

# Texts are only appended and deleted, in the order in which they came: rows that are never moved between
# pages leave no stale copies behind, which `secure_delete` would not clear (of 400 erased posts among
# 40,000, 2 could be read in the file when texts were kept in the order of time).
_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE ids(id TEXT PRIMARY KEY, number INTEGER NOT NULL, key INTEGER, digest BLOB) WITHOUT ROWID;
CREATE TABLE docs(key INTEGER PRIMARY KEY, code INTEGER NOT NULL);
CREATE TABLE states(key INTEGER PRIMARY KEY, text INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE texts(text INTEGER PRIMARY KEY, said TEXT NOT NULL);
CREATE TABLE codes(code INTEGER PRIMARY KEY, source TEXT NOT NULL, bin TEXT NOT NULL, kind TEXT NOT NULL,
  flags TEXT NOT NULL, UNIQUE(source, bin, kind, flags));
CREATE TABLE rollup(day INTEGER, code INTEGER, posts INTEGER NOT NULL, PRIMARY KEY(day, code)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(folded, marked, tags, content='', columnsize=0,
  tokenize="ascii tokenchars '=_'");
INSERT INTO words(words, rank) VALUES('secure-delete', 1);
INSERT INTO words(words, rank) VALUES('rank', 'bm25(1.0, 1.0, 0.0)');
"""


class Versions:
    """The files of one index: the link, the version it leads to, and the next one while it is built."""

    def __init__(self, link: Path) -> None:
        self.link = link

    def current(self) -> Path | None:
        """The version that searches read now; None before the first."""
        try:
            return self.link.parent / self.link.readlink()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EngineError(
                f"{self.link} is not an index that Sàng Tin made. Move it away or set SANGTIN_SEARCH."
            ) from error

    def ensure(self) -> Path:
        """The current version, made empty where there is none."""
        if (found := self.current()) is not None:
            return found
        with self.alone():
            if (found := self.current()) is None:
                found = self.begin()
                self.switch(found)
        return found

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold what only one process may do at a time: begin and switch versions. BusyError if held."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(f"{self.link}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise BusyError(
                "Another process is building the search index. Try again when it is done."
            ) from error
        finally:
            os.close(descriptor)

    def begin(self) -> Path:
        """A new, empty version with its tables; versions that a dead process left behind are removed."""
        found = self.current()
        self.remove_all_but(found)
        number = int(found.suffix[1:]) + 1 if found else 1
        version = self.link.with_name(f"{self.link.name}.{number}")
        version.touch(0o600)
        connection = connect(version)
        with connection:
            connection.execute(_TABLES)
            connection.execute("INSERT INTO meta VALUES('layout', ?), ('displaced', 0)", (LAYOUT,))
        connection.close()
        return version

    def switch(self, version: Path) -> None:
        """Make this version, which no one is writing, the one that every search reads from now on."""
        ready = self.link.with_name(f"{self.link.name}.next")
        ready.unlink(missing_ok=True)
        ready.symlink_to(version.name)
        ready.replace(self.link)
        folder = os.open(self.link.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self.remove_all_but(version)

    def remove_all_but(self, kept: Path | None) -> None:
        """Remove other versions' files; a reader that has one open goes on reading it."""
        for file in self.link.parent.glob(f"{self.link.name}.*"):
            number = file.name.removeprefix(f"{self.link.name}.").partition("-")[0]
            if number.isdecimal() and (kept is None or number != kept.suffix[1:]):
                file.unlink(missing_ok=True)


def connect(version: Path) -> apsw.Connection:
    """A connection to a version that exists, with our settings; apsw.CantOpenError where it does not."""
    connection = apsw.Connection(str(version), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(PATIENCE_MS)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",
        f"cache_size = -{_CACHE_KIB}",
        f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def check(connection: apsw.Connection) -> None:
    """StaleError where another version of the program wrote this index."""
    found = connection.execute("SELECT value FROM meta WHERE name = 'layout'").fetchall()
    if found != [(LAYOUT,)]:
        raise StaleError("The search index was written by another version. Run `sangtin index rebuild`.")


@contextlib.contextmanager
def engine_errors(link: Path) -> Iterator[None]:
    """SQLite's errors as ours, with what to do next."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.SchemaChangeError) as error:
        raise StaleError(f"The search index {link} is damaged. Run `sangtin index rebuild`.") from error
    except apsw.FullError as error:
        raise EngineError(
            f"The disk that holds {link} is full. Free some space; nothing was lost."
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise BusyError(f"Another process is writing {link}. Try again in a moment.") from error
    except (apsw.CantOpenError, apsw.IOError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise EngineError(f"The search index {link} cannot be opened or written. See who owns it.") from error
