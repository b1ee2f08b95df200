"""Rows and unlabelled texts → what a transformer learns from, in numbers that need no other package.

FOLDER/texts.npz: all texts to pretrain on, and which of them are posts that the student hears of.
FOLDER/rows.npz: the labelled rows, their changed copies, and the folds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.pieces import Pieces
from nlp.prepare import prepare
from sangtin.errors import MissingError
from sangtin.text import strip_marks
from training import gathering
from training.augment import variants
from training.fit import examples
from training.gathering import Sourced
from training.linear import balanced

BALANCE = 0.25
TEXTS_AT_ONCE = 2_048
UNMARKED_EVERY = 10  # of texts that are no news, one is also read without its marks
LEAST, LEAST_REST = 3, 12  # sub-words of a text, and of a later part of a long one
LONGEST_POST = 80  # sub-words of a post that the student hears of
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A file of unlabelled texts: how many are read, how many the student hears of (None: all)."""

    file: str
    most: int | None = None
    posts: int | None = None


# Talk whole, news in part: a quarter of the sub-words are news.
UNLABELLED = (
    *(Unlabelled(f"raw-text/{one}-comments.jsonl.gz") for one in ("facebook", "youtube", "tiktok", "news")),
    Unlabelled("raw-text/forum-posts.jsonl.gz"),
    Unlabelled("raw-text/film-reviews.jsonl.gz"),
    Unlabelled("raw-text/shop-reviews.jsonl.gz", posts=40_000),
    Unlabelled("raw-text/food-reviews.jsonl.gz", 25_000, 6_000),
    Unlabelled("raw-text/travel-reviews.jsonl.gz", posts=8_000),
    Unlabelled("raw-text/news-mixed.jsonl.gz", posts=0),
    Unlabelled("raw-text/news-vnexpress.jsonl.gz", posts=0),
    Unlabelled("raw-text/news-crawl-2020.jsonl.gz", 9_000, 0),
    Unlabelled("raw-text/baomoi-2017.jsonl.gz", 9_000, 0),
    Unlabelled("fb-page-comments-2024/all.jsonl.gz"),
    Unlabelled("fb-event-comments-2025/all.jsonl.gz"),
    Unlabelled("safesense-raw/all.jsonl.gz"),
    Unlabelled("reintel/train.jsonl.gz"),
    Unlabelled("reintel/private_test_unlabelled.jsonl"),
    Unlabelled("reintel/public_test_unlabelled.jsonl"),
    *(Unlabelled(f"{one}/train.jsonl.gz") for one in ("vispamreviews", "uit-victsd", "vihsd", "uit-vsfc")),
    Unlabelled("vilexnorm/train.jsonl"),
    Unlabelled("sms-smishing/all.jsonl"),
    Unlabelled("uit-visfd/train.jsonl.gz"),
    Unlabelled("aivivn-2019/train.jsonl.gz"),
    Unlabelled("aivivn-2019/test_unlabelled.jsonl.gz"),
)


def write_texts(folder: Path, data: Path, pieces: Pieces) -> list[str]:
    """Number all unlabelled texts and write them; the posts that the student hears of, prepared."""
    made = _Made(pieces)
    for one in UNLABELLED:
        texts = [prepare(text) for text in gathering.texts_of(data / one.file, one.most)]
        made.add(texts, one)
    if not made.texts:
        raise MissingError(f"{data} holds no unlabelled text to learn from. Complete the data.")
    np.savez_compressed(
        folder / "texts.npz",
        flat=np.concatenate(made.texts),
        lengths=np.array([len(one) for one in made.texts], np.uint8),
        posts=np.array(made.posts, np.int32),
        parts=np.array(made.parts, np.int32),
        vocabulary=pieces.size,
        positions=pieces.room + 2,
    )
    return made.forms


class _Made:
    """Numbered texts, each once; which are posts, and the part of each post's source."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.texts: list[Any] = []
        self.posts: list[int] = []
        self.parts: list[int] = []
        self.forms: list[str] = []
        self.seen: set[bytes] = set()

    def add(self, texts: Sequence[str], of: Unlabelled) -> None:
        """Take the texts of one file: long ones in parts, some without marks too."""
        news = of.posts == 0
        source = of.file.removesuffix(".gz").removesuffix(".jsonl")
        source = source if source.startswith("raw-text/") else source.partition("/")[0]
        room = of.posts if of.posts is not None else len(texts)
        part = gathering.part_of(source)
        for number, ids in enumerate(self.pieces.whole(texts)):
            if self._parts(ids) and not news and len(ids) <= LONGEST_POST and room > 0:
                self.posts.append(len(self.texts) - 1)
                self.parts.append(part)
                self.forms.append(texts[number])
                room -= 1
            if not news and number % UNMARKED_EVERY == 0:
                self._parts(next(iter(self.pieces.whole([strip_marks(texts[number])]))))

    def _parts(self, ids: Ints) -> bool:
        """Take a text in parts that fit; whether any of it is new."""
        found = False
        for first in range(0, len(ids), self.pieces.room):
            part = ids[first : first + self.pieces.room]
            key = part.astype(np.uint16).tobytes()
            if len(part) < (LEAST_REST if first else LEAST) or key in self.seen:
                continue
            self.seen.add(key)
            self.texts.append(self.pieces.framed(part).astype(np.uint16))
            found = True
        return found


def write_rows(folder: Path, rows: Sequence[Sourced], classes: Any, pieces: Pieces) -> None:
    """Number the labelled rows with all their changed copies, and write them with their folds."""
    plain = [one.row for one in rows]
    shown = examples(plain, classes)
    copies = [variants(one.text) for one in plain]
    own, _cut = pieces.numbers([prepare(one.text) for one in plain])
    changed, _cut = pieces.numbers([prepare(one) for some in copies for one in some])
    np.savez_compressed(
        folder / "rows.npz",
        **_flat("texts", "lengths", own),
        **_flat("copies", "copy_lengths", changed),
        copy_counts=np.array([len(some) for some in copies], np.int32),
        shares=shown.shares,
        counts=balanced(shown, BALANCE)[:, 0] * np.float32(len(rows)),
        parts=np.array([one.part for one in rows], np.int32),
        keys=text_keys(rows),
    )


def text_keys(rows: Sequence[Sourced]) -> npt.NDArray[np.uint64]:
    """A number for the text of each row, by which it is known again (the first 8 bytes of its SHA-256)."""
    digests = (hashlib.sha256(one.row.text.encode("utf-8", "surrogatepass")).digest()[:8] for one in rows)
    return np.frombuffer(b"".join(digests), np.dtype("<u8")).astype(np.uint64)


def _flat(name: str, lengths: str, texts: Iterable[Ints]) -> dict[str, Any]:
    held = [one.astype(np.uint16) for one in texts]
    return {name: np.concatenate(held), lengths: np.array([len(one) for one in held], np.uint8)}
