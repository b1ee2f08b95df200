"""Development data → a stream of a million posts with planted copies, seeded."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.dedupe.edits import mixed

# Public posts and comments of all lengths; the raw crawls make up the number.
FILES = (
    "reintel/train.jsonl.gz",
    "fb-page-comments-2024/all.jsonl.gz",
    "fb-event-comments-2025/all.jsonl.gz",
    "safesense-raw/all.jsonl.gz",
    "raw-text/forum-posts.jsonl.gz",
    "raw-text/shop-reviews.jsonl.gz",
    "raw-text/food-reviews.jsonl.gz",
    "raw-text/travel-reviews.jsonl.gz",
    "raw-text/news-mixed.jsonl.gz",
    "raw-text/tiktok-comments.jsonl.gz",
    "raw-text/youtube-comments.jsonl.gz",
    "raw-text/facebook-comments.jsonl.gz",
    "raw-text/law.jsonl.gz",
    "raw-text/news-comments.jsonl.gz",
    "raw-text/film-reviews.jsonl.gz",
    "vihsd/train.jsonl.gz",
    "aivivn-2019/train.jsonl.gz",
    "aivivn-2019/test_unlabelled.jsonl.gz",
    "vispamreviews/train.jsonl.gz",
    "uit-vsfc/train.jsonl.gz",
    "uit-victsd/train.jsonl.gz",
    "safesense-hate/train.jsonl.gz",
)
# Articles, of which paragraphs as long as posts make up the million.
ARTICLES = "raw-text/baomoi-2017.jsonl.gz"
PARAGRAPH = range(60, 700)
# As the reference city's ledger has it: 14 % of what was verified were copies, most of them exact.
EXACT, EDITED = 0.10, 0.04
SEED = 4


def folder() -> Path:
    """Where the development data lies."""
    return Path(os.environ["SANGTIN_TEST_DATA"])


def texts() -> Iterator[str]:
    """Every text of the files, interleaved in a seeded order, each once."""
    rows: list[str] = []
    for name in FILES:
        with gzip.open(folder() / name, "rt", encoding="utf-8") as file:
            rows += [json.loads(line)["text"] for line in file]
    with gzip.open(folder() / ARTICLES, "rt", encoding="utf-8") as file:
        for line in file:
            rows += [part for part in json.loads(line)["text"].split("\n") if len(part) in PARAGRAPH]
    rows = sorted(set(rows))
    Random(SEED).shuffle(rows)
    yield from rows


def posts(count: int) -> Iterator[str]:
    """`count` posts of the files' texts, with copies planted."""
    yield from planted(texts(), count)


def planted(fresh: Iterator[str], count: int) -> Iterator[str]:
    """`count` posts: fresh texts, exact and edited copies of earlier ones, and new posts of old sentences."""
    random = Random(SEED)
    known: list[str] = []
    for _ in range(count):
        chance = random.random()
        if known and chance < EXACT:
            yield random.choice(known)
        elif known and chance < EXACT + EDITED:
            yield mixed(random.choice(known), random.choice((0.1, 0.3)), random)
        else:
            text = next(fresh, None) or _recombined(known, random)
            known.append(text)
            yield text


def _recombined(known: list[str], random: Random) -> str:
    """When the texts are used up: halves of two of them, which no earlier post is."""
    first, second = random.choice(known).split(), random.choice(known).split()
    return " ".join([*first[len(first) // 2 :], str(random.randrange(10**9)), *second[: len(second) // 2]])


def write(path: Path, count: int) -> None:
    """The posts as JSONL with id and text."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(posts(count)):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")


__all__ = ["folder", "planted", "posts", "texts", "write"]
