"""The development data → files of a wished size to import."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
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

# Beside them, what people say in other public places.
TALK = ("tiktok-comments", "youtube-comments", "facebook-comments", "forum-posts", "news-comments")

# Where those end: shop reviews, and comments that the sets above have not.
MORE = ("raw-text/shop-reviews.jsonl.gz", "vihsd", "uit-victsd", "safesense-hate")


def posts_of_half_a_million(data: Path) -> Iterator[str]:
    """The texts of all that people posted, so many that half a million posts need no invented one."""
    yield from posts_and_comments(data)
    for name in MORE:
        place = data / name
        for file in [place] if place.is_file() else sorted(place.glob("*.jsonl*")):
            yield from _texts(file)


def posts_and_comments(data: Path) -> Iterator[str]:
    """The texts of the sets and of the raw comments, file after file."""
    files = [file for name in SETS for file in sorted((data / name).glob("*.jsonl*"))]
    for file in [*files, *(data / "raw-text" / f"{name}.jsonl.gz" for name in TALK)]:
        yield from _texts(file)


def _texts(file: Path) -> Iterator[str]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rb") as reading:
        for line in reading:
            yield json.loads(line)["text"]


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
