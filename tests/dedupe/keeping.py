"""A shelf in a SQLite file that lasts, and a process that places posts into it until it is killed.

python -m tests.dedupe.keeping FOLDER POSTS
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from dedupe import Item, Placement, Placer, Standing
from sangtin.post import Relation
from tests.dedupe.cases import bases
from tests.dedupe.edits import mixed

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
BATCH = 10

_TABLES = """
CREATE TABLE IF NOT EXISTS post (key INTEGER PRIMARY KEY, text TEXT, moment TEXT, cluster TEXT, of INTEGER,
    relation TEXT, hash BLOB, similarity REAL, containment REAL);
CREATE TABLE IF NOT EXISTS sketch (mark INTEGER PRIMARY KEY AUTOINCREMENT, post INTEGER UNIQUE, bytes BLOB);
"""


class LastingShelf:
    """Posts, placements and sketches, one transaction a batch, as the record keeps them."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.file = sqlite3.connect(path, isolation_level=None)
        self.file.execute("PRAGMA journal_mode=WAL")
        self.file.executescript(_TABLES)

    def keep(self, items: Sequence[Item], placements: Sequence[Placement]) -> None:
        """Record a batch; what was known of a post placed again goes."""
        self.file.execute("BEGIN IMMEDIATE")
        for item, p in zip(items, placements, strict=True):
            self.file.execute("DELETE FROM sketch WHERE post = ?", (item.key,))
            row = (
                item.key,
                item.text,
                item.moment.isoformat(),
                p.cluster,
                p.of,
                p.relation.value,
                p.normal_hash,
                p.similarity,
                p.containment,
            )
            self.file.execute("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            if p.sketch is not None:
                self.file.execute("INSERT INTO sketch (post, bytes) VALUES (?, ?)", (item.key, p.sketch))
        self.file.execute("COMMIT")

    def erase(self, key: int) -> None:
        """Forget a post."""
        self.file.execute("DELETE FROM sketch WHERE post = ?", (key,))
        self.file.execute("DELETE FROM post WHERE key = ?", (key,))

    def set_apart(self, key: int) -> None:
        """A person says that a post is no copy."""
        self.file.execute("UPDATE post SET of = NULL, relation = 'variant' WHERE key = ?", (key,))

    def members(self, cluster: str) -> list[Item]:
        """A cluster's posts in order of arrival."""
        rows = self._ask(
            "SELECT key, text, moment FROM post WHERE cluster IN", [cluster], " ORDER BY moment, key"
        )
        return [Item(key, text, datetime.fromisoformat(moment)) for key, text, moment in rows]

    def texts(self, keys: Collection[int]) -> dict[int, str]:
        return dict(self._ask("SELECT key, text FROM post WHERE key IN", keys))

    def placed(self, keys: Collection[int]) -> dict[int, Standing]:
        asked = "SELECT key, cluster, of, relation, moment, similarity, containment FROM post WHERE key IN"
        rows = self._ask(asked, keys)
        return {
            r[0]: Standing(r[1], r[2], Relation(r[3]), datetime.fromisoformat(r[4]), *r[5:]) for r in rows
        }

    def by_normal_hash(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        asked = "SELECT hash, key FROM post WHERE relation != 'exact' AND hash IN"
        for form, key in self._ask(asked, hashes, " ORDER BY moment, key"):
            found.setdefault(form, key)
        return found

    def sketches_after(self, mark: int) -> Iterator[tuple[int, int, bytes]]:
        yield from self.file.execute(
            "SELECT mark, post, bytes FROM sketch WHERE mark > ? ORDER BY mark", (mark,)
        )

    def heads(self, clusters: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        asked = "SELECT cluster, key FROM post WHERE cluster IN"
        for cluster, key in self._ask(asked, clusters, " ORDER BY moment, key"):
            found.setdefault(cluster, key)
        return found

    def _ask(self, query: str, values: Collection[Any], after: str = "") -> list[Any]:
        marks = ",".join("?" * len(values))
        return self.file.execute(f"{query} ({marks}){after}", list(values)).fetchall()


def item(key: int, text: str) -> Item:
    """A post whose moment follows its key."""
    return Item(key, text, BEGINNING + timedelta(seconds=key))


def place(placer: Placer, shelf: LastingShelf, items: Sequence[Item]) -> list[Placement]:
    """Place a batch and record it, as the pipeline does."""
    placements = placer.place(items)
    shelf.keep(items, placements)
    placer.commit()
    return placements


def stream(count: int) -> list[Item]:
    """Posts with exact and edited copies among them, the same every time."""
    random, texts = Random(1), list(bases().values())
    made: list[Item] = []
    for key in range(count):
        text = random.choice(texts)
        fresh = f"{text} Mã số {random.randrange(10**6)}." if random.random() < 0.5 else text
        made.append(item(key, mixed(fresh, 0.1, random) if random.random() < 0.5 else fresh))
    return made


def main() -> None:
    """Place what is not placed yet."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    shelf = LastingShelf(folder / "shelf.db")
    placer = Placer(shelf, folder / "index", flush=64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    done = shelf.file.execute("SELECT count(*) FROM post").fetchone()[0]
    posts = stream(count)
    for start in range(done, count, BATCH):
        place(placer, shelf, posts[start : start + BATCH])


if __name__ == "__main__":
    main()
