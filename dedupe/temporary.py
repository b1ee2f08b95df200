"""A shelf in a temporary file, for texts that are placed once and kept by nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from dedupe.shelf import Item, Placement, Standing
from sangtin.post import Relation

# SQLite's page cache, in KiB; the file on disk holds the rest.
CACHE = 65_536
# Values asked for in one statement; SQLite before 3.32 allows 999 (https://sqlite.org/limits.html).
ASKED = 900

_TABLES = """
CREATE TABLE post (
    key INTEGER PRIMARY KEY, text TEXT, cluster TEXT, of INTEGER, relation TEXT, moment TEXT, name TEXT,
    similarity REAL, containment REAL
);
CREATE TABLE form (hash BLOB PRIMARY KEY, key INTEGER) WITHOUT ROWID;
CREATE TABLE head (cluster TEXT PRIMARY KEY, key INTEGER) WITHOUT ROWID;
"""


class TemporaryShelf:
    """Remembers placements in a file of a folder that goes when the work is done."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "shelf.db", isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            f"cache_size=-{CACHE}",
            "locking_mode=EXCLUSIVE",
        ):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.executescript(_TABLES)
        self._mark = 0
        self._fresh: list[tuple[int, int, bytes]] = []

    def keep(self, items: Sequence[Item], placements: Sequence[Placement], names: Sequence[str]) -> None:
        """Take in a batch and its placements, all or nothing."""
        rows = [_row(*each) for each in zip(items, placements, names, strict=True)]
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO post VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        kept = [(p.normal_hash, p.key) for p in placements if p.relation is not Relation.EXACT]
        self._file.executemany("INSERT OR IGNORE INTO form VALUES (?, ?)", kept)
        heads = [(p.cluster, p.key) for p in placements if p.relation is Relation.ORIGINAL]
        self._file.executemany("INSERT OR IGNORE INTO head VALUES (?, ?)", heads)
        self._file.execute("COMMIT")
        self._fresh = []
        for placement in placements:
            if placement.sketch is not None:
                self._mark += 1
                self._fresh.append((self._mark, placement.key, placement.sketch))

    def texts(self, keys: Collection[int]) -> dict[int, str]:
        """The texts of placed posts."""
        return dict(self._ask("SELECT key, text FROM post WHERE text IS NOT NULL AND key IN", keys))

    def placed(self, keys: Collection[int]) -> dict[int, Standing]:
        """Where placed posts stand."""
        asked = "SELECT key, cluster, of, relation, moment, similarity, containment FROM post WHERE key IN"
        rows = self._ask(asked, keys)
        return {r[0]: _standing(*r[1:]) for r in rows}

    def by_normal_hash(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        """The earliest post with each normal form that is no exact copy."""
        return dict(self._ask("SELECT hash, key FROM form WHERE hash IN", hashes))

    def sketches_after(self, mark: int) -> Iterator[tuple[int, int, bytes]]:
        """The sketches of the last batch; the index has the others."""
        return (one for one in self._fresh if one[0] > mark)

    def heads(self, clusters: Collection[str]) -> dict[str, int]:
        """The first post of each cluster."""
        return dict(self._ask("SELECT cluster, key FROM head WHERE cluster IN", clusters))

    def names(self, keys: Collection[int]) -> dict[int, str]:
        """What posts were called where they came from."""
        return dict(self._ask("SELECT key, name FROM post WHERE key IN", keys))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _ask(self, query: str, values: Collection[object]) -> Iterable[Any]:
        wanted = list(values)
        for start in range(0, len(wanted), ASKED):
            part = wanted[start : start + ASKED]
            marks = ",".join("?" * len(part))
            yield from self._file.execute(f"{query} ({marks})", part)


def _standing(cluster: str, of: int | None, relation: str, moment: str, *like: float) -> Standing:
    return Standing(cluster, of, Relation(relation), datetime.fromisoformat(moment), *like)


def _row(item: Item, placement: Placement, name: str) -> tuple[object, ...]:
    """A post as it is kept: an exact copy's text is never compared; SQLite holds no lone surrogates."""
    text = None if placement.relation is Relation.EXACT else item.text.encode("utf-8", "replace").decode()
    moment = item.moment.isoformat()
    stands = placement.cluster, placement.of, placement.relation.value, moment, name
    return item.key, text, *stands, placement.similarity, placement.containment
