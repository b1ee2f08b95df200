"""Texts for tests: real ones where the development data is, and generated ones of any kind."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from tests.nlp.tiny import DATA

# What normalisers, segmenters and tokenizers trip over, beside plain words.
HARD = [
    "ko", "đc", "http://", "https://a.vn/b?c=(d)", "www.", "@mail", "@user", "@nguyen.van", "#tag",
    "\u200b", "\u200d", "\ufe0f", "\U0001f602", "\u2764\ufe0f", "\U0001f44d\U0001f3fd",
    "\U0001f926\u200d\u2640\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\n", "\t",
    "\ud800", "\x00", "\x1c", "\x85", "\u0301", "\u0300", "\ud55c", "ᄀ", "ᅡ", "مرحبا", "שלום", "\u202e",
    "T_T", "^_^", ":D", ":))", "=((", "<3", "<s>", "</s>", "<mask>", "@@", "</w>", "\ufb01", "ẞ", "İ",
    "oà", "òa", "0909 123 456", "1.250.000đ", "((((", "[[[", "\u2211",
    "\U0001d413\U0001d422\U0001d427", "\uff46\uff55\uff4c\uff4c", "\ufffd", "\uffff", "_", "__",
    "a@b.c@d.e", "www.W\u030a", "@1\u030c",  # each leaves something that begins an address again
    "a_b", "\ufeff", "٣٤", "½", "\u2163", "\U000e0041", "\u093f", "ก็",
]  # fmt: skip
LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳ ABCĐ .,!?-0123456789"
)


def generated(many: int, seed: int = 7) -> Iterator[str]:
    """`many` texts: any Unicode, empty, emoji alone, right to left, invisible, broken halves of a character,
    one letter without end, and every thousandth a megabyte."""
    draw = random.Random(seed)
    for number in range(many):
        if number % 1000 == 999:
            yield _long(draw)
            continue
        kind = draw.randrange(6)
        length = draw.choice([0, 1, 2, 5, 20, 60, 200])
        if kind == 0:
            yield "".join(chr(draw.randrange(0x110000)) for _ in range(length))
        elif kind == 1:
            yield "".join(draw.choice("😀😂❤🙏🔥👍🏽\u200d\ufe0f🇻🇳") for _ in range(length))
        elif kind == 2:
            yield draw.choice(HARD) * length
        elif kind == 3:
            yield draw.choice(LETTERS) * length
        else:
            yield "".join(
                draw.choice(HARD) if draw.random() < 0.3 else draw.choice(LETTERS) for _ in range(length)
            )


def _long(draw: random.Random) -> str:
    return (
        draw.choice([*HARD, "a", "đ ", "(", "((", "a.vn/(", "http://a/(", "một hai ba ", "😂", "@a "])
        * 200_000
    )


def real(many: int) -> list[str]:
    """The first posts of each of several sets, `many` in all."""
    if DATA is None:
        raise AssertionError("ask for real texts only where SANGTIN_TEST_DATA is set")
    files = [
        "policy/posts.jsonl.gz", "sms-smishing/all.jsonl", "vispamreviews/train.jsonl.gz", "vihsd/dev.jsonl",
        "raw-text/facebook-comments.jsonl.gz", "raw-text/forum-posts.jsonl.gz",
        "raw-text/shop-reviews.jsonl.gz", "raw-text/news-mixed.jsonl.gz", "raw-text/travel-reviews.jsonl.gz",
    ]  # fmt: skip
    found: list[str] = []
    for place, file in enumerate(files):
        left = (many - len(found)) // (len(files) - place)
        found += [text for text, _ in zip(_texts(Path(DATA) / file), range(left), strict=False)]
    return found


def _texts(file: Path) -> Iterator[str]:
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if isinstance(text, str):
                yield text
