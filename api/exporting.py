"""What a search finds → lines of CSV or JSONL, one a post, streamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum

from sangtin.post import VIETNAM
from sangtin.search import Document, Hit

# A cell that begins so, also after white space, is run as a formula by some spreadsheet; East Asian ones take
# the wide signs for the narrow ones (https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


COLUMNS = (
    *("id", "source", "day", "moment", "bin", "kind", "cause", "flags", "cluster", "relation"),
    *("author_key", "thread", "text"),
)


class Format(StrEnum):
    """What a file of posts is written as."""

    CSV = "csv"
    JSONL = "jsonl"


def lines(hits: Iterable[Hit], form: Format) -> Iterator[str]:
    """A file's pieces, one row a hit, with the same columns as `sangtin export` writes.

    CSV begins with the columns' names and a byte order mark (spreadsheets need it to read Vietnamese), and
    no cell of it can run as a formula.
    """
    rows = (_row(hit.document) for hit in hits)
    if form is Format.JSONL:
        for row in rows:
            yield json.dumps({name: row[name] or None for name in COLUMNS}, ensure_ascii=False) + "\n"
        return
    yield "\ufeff" + _line(COLUMNS)
    for row in rows:
        yield _line(safe(row[name]) for name in COLUMNS)


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a one gets an apostrophe before it."""
    runs = cell.startswith(("\t", "\r", "\n")) or cell.lstrip().startswith(FORMULA)
    return f"'{cell}" if runs else cell


def _row(document: Document) -> dict[str, str]:
    return {
        "id": document.id,
        "source": document.source,
        "day": document.day.isoformat(),
        "moment": document.moment.astimezone(VIETNAM).isoformat(),
        "bin": document.bin.value,
        "kind": document.kind.value if document.kind else "",
        "cause": document.cause.value,
        "flags": " ".join(flag.value for flag in document.flags),
        "cluster": document.cluster or "",
        "relation": document.relation.value if document.relation else "",
        "author_key": document.author_key or "",
        "thread": document.thread or "",
        "text": document.text,
    }


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
