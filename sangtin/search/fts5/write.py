"""Documents and deletions → rows, tokens, tags and counts of one version, in one transaction.

A post's words are indexed once and removed for good; a new label changes its tags alone. A contentless
FTS5 table lets us: a row's postings need not be written together, and `delete` removes exactly the
tokens that it is given.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import apsw

from sangtin.search.document import Document, EpochError, Gone, Position, Refusal, latest, refusal
from sangtin.search.fts5.body import ALL_DAYS, day_number, read_document, write_said, write_state
from sangtin.search.fts5.expression import TIE_BITS, tags
from sangtin.search.request import tie
from sangtin.text import spaced_forms

# Posts of one second take the next free key. Only a second with hundreds of thousands of posts looks
# further than this, and then asking for the greatest key is faster.
_NEAR = 64
_REMOVE, _ADD = "delete", None


class _FullError(Exception):
    """No key is left in a post's second."""


def position_of(connection: apsw.Connection) -> Position | None:
    """How far this version has followed the record."""
    found = connection.execute("SELECT value FROM meta WHERE name IN ('epoch', 'number') ORDER BY name")
    values = [value for (value,) in found]
    return Position(str(values[0]), int(values[1])) if values else None


def apply(
    connection: apsw.Connection, documents: Sequence[Document], gone: Sequence[Gone], position: Position
) -> tuple[tuple[Refusal, ...], bool]:
    """Hold, drop and remember as `Writing.apply` promises; also whether any words were removed."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        followed = position_of(connection)
        if followed and followed.epoch != position.epoch:
            raise EpochError("The record was restored or copied. Run `sangtin index rebuild`.")
        change = _Change(connection)
        change.run(latest(documents, gone))
        number = max(position.number, followed.number if followed else 0)
        values = [("epoch", position.epoch), ("number", number), ("displaced", change.displaced)]
        connection.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", values)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return tuple(change.refusals), change.removed


def copy_gone(source: apsw.Connection, target: apsw.Connection) -> None:
    """What is gone in one version is gone in another."""
    rows = source.execute("SELECT id, number FROM ids WHERE key IS NULL")
    with target:
        target.executemany("INSERT OR REPLACE INTO ids(id, number) VALUES(?, ?)", rows)


def _said(document: Document) -> tuple[datetime, str, str, str | None, str | None]:
    """What the row of a post's text holds of it."""
    d = document
    return d.moment, d.text, d.source, d.author_key, d.thread


class _Change:
    """One transaction's changes: rows at once; postings and counts at the end, in the order of keys."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.sql = connection.execute
        self.many = connection.executemany
        self.displaced = int(self._one("SELECT value FROM meta WHERE name = 'displaced'"))
        self.postings: list[tuple[int, int, str | None, str, str, str]] = []
        self.counts: Counter[tuple[int, int]] = Counter()
        self.codes: dict[tuple[str, str, str, str], int] = {}
        self.refusals: list[Refusal] = []
        self.removed = False

    def run(self, changes: Iterable[Document | Gone]) -> None:
        """Apply each change that is newer than what is held; then write postings and counts."""
        for change in changes:
            if (refused := refusal(change)) is not None:
                self.refusals.append(refused)
                continue
            try:
                self._one_change(change)
            except _FullError:
                reason = "more than a million posts share its second"
                self.refusals.append(Refusal(change.id, change.number, reason))
        self._write_postings()
        self._write_counts()

    def _one(self, sql: str, *values: apsw.SQLiteValue) -> int:
        found = self.sql(sql, values).fetchone()
        assert found is not None
        return int(found[0])

    def _one_change(self, change: Document | Gone) -> None:
        known = self.sql("SELECT number, key FROM ids WHERE id = ?", (change.id,)).fetchone()
        number, key = known or (-1, None)
        if change.number < number or (known and key is None and change.number == number):
            return
        if isinstance(change, Gone):
            self._drop(change, key)
        elif key is None:
            self._hold(change, self._free_key(change))
        else:
            self._replace(change, key)

    def _drop(self, gone: Gone, key: int | None) -> None:
        if key is not None:
            self._take_out(key)
        self.sql("INSERT OR REPLACE INTO ids(id, number) VALUES(?, ?)", (gone.id, gone.number))

    def _hold(self, document: Document, key: int) -> None:
        """Write a document whose words are not in the index."""
        labels = " ".join(sorted(tags(document)))
        text = self._one("INSERT INTO texts(said) VALUES(?) RETURNING text", write_said(document))
        self._write_rows(document, key, text)
        marked, folded = spaced_forms(document.text)
        self.postings.append((key, 1, _ADD, folded, marked, labels))

    def _replace(self, document: Document, key: int) -> None:
        """Bring a held document to what it is now, with as little change as that takes."""
        old, text = self._held(key)
        if old.second != document.second:
            new_key = self._free_key(document)
            self._take_out(key)
            self._hold(document, new_key)
        elif _said(old) != _said(document):
            self._take_out(key)
            self._hold(document, key)
        else:
            self._retag(document, old, (key, text))

    def _retag(self, document: Document, old: Document, rows: tuple[int, int]) -> None:
        """Same words, other fields: only the tags that differ are touched."""
        before, after, key = tags(old), tags(document), rows[0]
        self.counts[day_number(key), self._code(old)] -= 1
        self._write_rows(document, *rows)
        if before - after:
            self.postings.append((key, 0, _REMOVE, "", "", " ".join(sorted(before - after))))
        if after - before:
            self.postings.append((key, 1, _ADD, "", "", " ".join(sorted(after - before))))

    def _held(self, key: int) -> tuple[Document, int]:
        """The document of a row, and the number of its text."""
        sql = "SELECT said, state, text FROM states JOIN texts USING (text) WHERE key = ?"
        found = self.sql(sql, (key,)).fetchone()
        assert found is not None
        return read_document(*found[:2]), int(found[2])

    def _write_rows(self, document: Document, key: int, text: int) -> None:
        code = self._code(document)
        self.sql("INSERT OR REPLACE INTO docs VALUES(?, ?)", (key, code))
        self.sql("INSERT OR REPLACE INTO states VALUES(?, ?, ?)", (key, text, write_state(document)))
        held = (document.id, document.number, key, bytes.fromhex(document.digest()))
        self.sql("INSERT OR REPLACE INTO ids VALUES(?, ?, ?, ?)", held)
        self.counts[day_number(key), code] += 1

    def _take_out(self, key: int) -> None:
        """Remove a document's rows and every posting, leaving only what `ids` says."""
        old, text = self._held(key)
        marked, folded = spaced_forms(old.text)
        self.postings.append((key, 0, _REMOVE, folded, marked, " ".join(sorted(tags(old)))))
        self.sql("DELETE FROM docs WHERE key = ?", (key,))
        self.sql("DELETE FROM states WHERE key = ?", (key,))
        self.sql("DELETE FROM texts WHERE text = ?", (text,))
        self.counts[day_number(key), self._code(old)] -= 1
        self.removed = True

    def _free_key(self, document: Document) -> int:
        """The first free key at or after the document's place in its second."""
        place = document.second << TIE_BITS | tie(document.id)
        key = place
        while key < place + _NEAR and self.sql("SELECT 1 FROM docs WHERE key = ?", (key,)).fetchone():
            key += 1
        if key == place + _NEAR:
            end = (document.second + 1) << TIE_BITS
            key = self._one("SELECT max(key) + 1 FROM docs WHERE key BETWEEN ? AND ?", place, end - 1)
        if key >> TIE_BITS != document.second:
            raise _FullError
        self.displaced = max(self.displaced, key - place)
        return key

    def _code(self, document: Document) -> int:
        """The number of this combination of source, bin, kind and flags; facets count by it."""
        combination = (document.source, document.bin, document.kind or "", json.dumps(document.flags))
        if combination not in self.codes:
            self.sql("INSERT OR IGNORE INTO codes(source, bin, kind, flags) VALUES(?, ?, ?, ?)", combination)
            same = "source = ? AND bin = ? AND kind = ? AND flags = ?"
            self.codes[combination] = self._one(f"SELECT code FROM codes WHERE {same}", *combination)  # noqa: S608
        return self.codes[combination]

    def _write_postings(self) -> None:
        """FTS5 starts a new segment whenever a key is smaller than the one before, hence the order."""
        insert = "INSERT INTO words(words, rowid, folded, marked, tags) VALUES(?, ?, ?, ?, ?)"
        for key, _, command, folded, marked, labels in sorted(self.postings, key=lambda p: p[:2]):
            self.sql(insert, (command, key, folded, marked, labels))

    def _write_counts(self) -> None:
        for (_, code), posts in list(self.counts.items()):
            self.counts[ALL_DAYS, code] += posts
        changed = [(day, code, posts) for (day, code), posts in self.counts.items() if posts]
        add = "INSERT INTO rollup VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET posts = posts + excluded.posts"
        self.many(add, changed)
        self.many("DELETE FROM rollup WHERE day = ? AND code = ? AND posts = 0", [c[:2] for c in changed])
