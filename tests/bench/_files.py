"""The development data → files of a wished size to import."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

# The sets that are most like what a crawl brings; all their rows are some 130,000.
SETS = (
    "fb-page-comments-2024",
    "fb-event-comments-2025",
    "safesense-raw",
    "vispamreviews",
    "sms-smishing",
    "reintel",
)


def first_rows(data: Path, name: str, count: int, folder: Path) -> Path:
    """The first rows of a set, over all its files, as one JSONL file."""
    part = folder / f"{name}.jsonl"
    with part.open("wb") as writing:
        for file in sorted((data / name).glob("*.jsonl*")):
            opened = gzip.open if file.suffix == ".gz" else open
            with opened(file, "rb") as reading:
                for line in islice(reading, max(count, 0)):
                    writing.write(line)
                    count -= 1
    return part
