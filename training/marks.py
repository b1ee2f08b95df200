"""Unlabelled texts → how often words and pairs of words are met with their marks (nlp/marks.npz).

    python -m training.marks DATA

Counts every clause of the development data's talk, reviews and news that is typed with marks. What is written
is a table of frequent words, and of which follow which how often.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from nlp.marks import TABLE
from sangtin.text import place_tones
from training import gathering

# Talk and reviews whole, news in part: each file with how many of its texts are counted (None: all).
FILES: tuple[tuple[str, int | None], ...] = (
    *((f"raw-text/{name}-comments.jsonl.gz", None) for name in ("facebook", "youtube", "tiktok", "news")),
    ("raw-text/forum-posts.jsonl.gz", None),
    ("raw-text/shop-reviews.jsonl.gz", None),
    ("raw-text/food-reviews.jsonl.gz", 20_000),
    ("raw-text/travel-reviews.jsonl.gz", None),
    ("raw-text/film-reviews.jsonl.gz", None),
    ("raw-text/news-mixed.jsonl.gz", None),
    ("raw-text/baomoi-2017.jsonl.gz", 8_000),
    ("raw-text/news-crawl-2020.jsonl.gz", 6_000),
)
# Rarer words and pairs are left out: a word met less often is a slip as often as a word.
LEAST_WORD, LEAST_PAIR = 20, 20
# A clause is typed with marks where so many of its words have some.
MARKED_WORDS = 0.4
LEAST_WORDS = 3
MOST_WORDS = 1 << 16  # a pair is two numbers of 16 bits

_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE = re.compile(r"[.!?…\n,;:()\"]+")


def count(texts: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often words, and pairs of neighbours, stand in marked clauses."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for clause in _CLAUSE.split(place_tones(text).lower()):
            found = _WORD.findall(clause)
            marked = sum(not word.isascii() for word in found)
            if len(found) >= LEAST_WORDS and marked >= MARKED_WORDS * len(found):
                words.update(found)
                pairs.update(pairwise(found))
    return words, pairs


def write(file: Path, words: Counter[str], pairs: Counter[tuple[str, str]]) -> None:
    """Keep the frequent words and pairs, in an order that depends on nothing else."""
    kept = sorted(word for word, times in words.items() if times >= LEAST_WORD)[:MOST_WORDS]
    number = {word: i for i, word in enumerate(kept)}
    met = sorted(
        (number[one] << 16 | number[other], times)
        for (one, other), times in pairs.items()
        if times >= LEAST_PAIR and one in number and other in number
    )
    np.savez_compressed(
        file,
        words=np.frombuffer("\n".join(kept).encode(), np.uint8),
        counts=np.array([words[word] for word in kept], np.uint32),
        pairs=np.array([pair for pair, _ in met], np.uint32),
        times=np.array([times for _, times in met], np.uint32),
    )


def _texts(data: Path) -> Iterator[str]:
    for name, most in FILES:
        yield from gathering.texts_of(data / name, most)


if __name__ == "__main__":
    write(TABLE, *count(_texts(Path(sys.argv[1]))))
