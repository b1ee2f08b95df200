"""Posts or reviews → a file that a person or a program reads."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from sangtin.errors import UsageError
from sangtin.pipeline.parts import Parts
from sangtin.post import VIETNAM
from sangtin.record import accounts, reviews
from sangtin.search import Document, Filters, Query

COLUMNS = (
    "id",
    "source",
    "day",
    "moment",
    "bin",
    "kind",
    "cause",
    "flags",
    "cluster",
    "relation",
    "author_key",
    "thread",
    "text",
)
REVIEW_COLUMNS = ("id", "text", "label", "kind", "reviewer", "at", "cluster")
# What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_posts(parts: Parts, file: Path, query: Query, filters: Filters, by: str) -> int:
    """Stream every hit of one moment, newest first, to CSV or JSONL. Returns how many."""
    rows = (_row(hit.document) for hit in parts.search.export(query, filters))
    return _written(parts, file, COLUMNS, rows, by)


def export_reviews(parts: Parts, file: Path, by: str) -> int:
    """Write what people labelled, one row a text, as `sangtin train fit` takes it. Returns how many."""
    with parts.record.read() as connection:
        return _written(parts, file, REVIEW_COLUMNS, _reviews(reviews.labelled(connection)), by)


def _written(
    parts: Parts, file: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]], by: str
) -> int:
    """Write beside the file and move it there when it is whole; note who took what out."""
    if file.suffix not in (".csv", ".jsonl"):
        raise UsageError(f"{file} names no format; end it with .csv or .jsonl")
    arriving = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with arriving.open("w", encoding="utf-8", newline="") as writing:
            write = _csv if file.suffix == ".csv" else _jsonl
            count = write(writing, columns, rows)
        arriving.replace(file)
    finally:
        arriving.unlink(missing_ok=True)
    with parts.record.write(durable=True) as writing_record:
        accounts.note(writing_record, by, "export", f"{count} rows")
    return count


def _csv(writing: TextIO, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> int:
    """With a byte order mark, without which spreadsheets misread Vietnamese."""
    writing.write("\ufeff")
    writer = csv.DictWriter(writing, columns)
    writer.writeheader()
    return _count(writer.writerow({name: safe(value) for name, value in row.items()}) for row in rows)


def _jsonl(writing: TextIO, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> int:
    lines = (json.dumps({name: row[name] or None for name in columns}, ensure_ascii=False) for row in rows)
    return _count(writing.write(line + "\n") for line in lines)


def _count(written: Iterable[int]) -> int:
    return sum(1 for _ in written)


def safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a value gets an apostrophe before it."""
    return "'" + value if value.startswith(FORMULA) else value


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


def _reviews(found: Iterable[reviews.Labelled]) -> Iterator[dict[str, str]]:
    for each in found:
        yield {
            "id": each.id,
            "text": each.text,
            "label": each.label.value,
            "kind": each.kind.value if each.kind else "",
            "reviewer": each.reviewer,
            "at": each.at.isoformat(),
            "cluster": each.cluster or "",
        }
