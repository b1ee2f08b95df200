"""Posts or reviews → a file that a person or a program reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from api.exporting import Format, lines, safe
from sangtin.errors import UsageError
from sangtin.pipeline.arriving import arriving
from sangtin.pipeline.parts import Parts
from sangtin.record import accounts, reviews
from sangtin.record.reviews import Labelled
from sangtin.search import Filters, Query

REVIEW_COLUMNS = ("id", "text", "label", "kind", "reviewer", "at", "cluster")


def export_posts(parts: Parts, file: Path, query: Query, filters: Filters, *, by: str) -> int:
    """Stream every hit of one moment, newest first, to CSV or JSONL. Returns how many."""
    form = _format(file)
    return _written(parts, file, lines(parts.search.export(query, filters), form), by)


def export_reviews(parts: Parts, file: Path, by: str) -> int:
    """Write what people labelled, one row a text, as `sangtin train fit` takes it. Returns how many."""
    form = _format(file)
    with parts.record.read() as connection:
        return _written(parts, file, _review_lines(reviews.labelled(connection), form), by)


def _format(file: Path) -> Format:
    try:
        return Format(file.suffix.removeprefix("."))
    except ValueError as error:
        raise UsageError(f"{file} names no format; end it with .csv or .jsonl") from error


def _written(parts: Parts, file: Path, rows: Iterable[str], by: str) -> int:
    """Write beside the file and move it there when it is whole; note who took what out. Counts rows."""
    count = 0
    with arriving(file) as beside, beside.open("w", encoding="utf-8", newline="") as writing:
        for row in rows:
            writing.write(row)
            count += 1
    count -= file.suffix == ".csv"
    with parts.record.write(durable=True) as writing_record:
        accounts.note(writing_record, by, "export", f"{count} rows")
    return count


def _review_lines(found: Iterator[Labelled], form: Format) -> Iterator[str]:
    rows = (_cells(each) for each in found)
    if form is Format.JSONL:
        for row in rows:
            named = dict(zip(REVIEW_COLUMNS, row, strict=True))
            yield json.dumps({name: cell or None for name, cell in named.items()}, ensure_ascii=False) + "\n"
        return
    for row in chain([("\ufeff" + REVIEW_COLUMNS[0], *REVIEW_COLUMNS[1:])], rows):
        out = io.StringIO()
        csv.writer(out).writerow([safe(cell) for cell in row])
        yield out.getvalue()


def _cells(each: Labelled) -> tuple[str, ...]:
    kind = each.kind.value if each.kind else ""
    at = each.at.isoformat()
    return (each.id, each.text, each.label.value, kind, each.reviewer, at, each.cluster or "")
