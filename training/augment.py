"""A text → the same text as others would type it: without marks, in teencode, with slips, with emoji.

Each change is drawn from the text itself, so the same text is always changed in the same way.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from functools import lru_cache

from sangtin.text import nfc, spell_out, strip_marks

SLIPS = 0.04  # of the letters: about one a line, as in the unmarked and hasty posts of the development data
SHORTENED = 0.6  # of the words that have a short spelling
EMOJI = (
    "😂",
    "🤣",
    "😅",
    "😭",
    "🥲",
    "😊",
    "🙂",
    "👍",
    "🙏",
    "❤️",
    "🔥",
    "😱",
    "🤔",
    "👏",
    "…",
    "=))",
    ":))",
    ":v",
)

# Chat spellings that people use in place of common words; the reverse of what spell_out undoes, and more.
SHORT = {
    "không": ("ko", "k", "hok", "hong", "kg"),
    "được": ("dc", "đc", "đk"),
    "rồi": ("r", "rùi"),
    "với": ("vs", "zới"),
    "vậy": ("v", "zậy"),
    "gì": ("j", "gj"),
    "biết": ("bít", "bik"),
    "người": ("ng", "ngừi"),
    "những": ("nhg",),
    "nhiều": ("nhìu", "nh"),
    "cũng": ("cx", "cg"),
    "mình": ("mk", "mik"),
    "bạn": ("b", "bn"),
    "em": ("e",),
    "anh": ("a",),
    "chị": ("c",),
    "tôi": ("t",),
    "mày": ("m",),
    "luôn": ("lun",),
    "thôi": ("thui",),
    "trong": ("trg",),
    "trước": ("trc",),
    "quá": ("wá", "qá"),
    "yêu": ("iu",),
    "muốn": ("mún",),
    "thích": ("thik",),
    "cảm ơn": ("tks", "cám ơn", "cảm ưn"),
    "bây giờ": ("bh", "bjo"),
    "bao giờ": ("bg",),
    "như": ("nhu",),
    "đi": ("đy",),
}


def unmarked(text: str) -> str:
    """Typed without diacritics: `đường ngập` → `duong ngap`."""
    return strip_marks(text)


def teencode(text: str) -> str:
    """In chat spellings: `không biết gì` → `ko bít j`. Words that are short already stay."""
    draw = _drawn(text, "teencode")

    def shorten(found: re.Match[str]) -> str:
        return draw.choice(SHORT[found[0].lower()]) if draw.random() < SHORTENED else found[0]

    return _words().sub(shorten, nfc(text).lower())


def slipped(text: str) -> str:
    """With a slip of the finger here and there: letters swapped, doubled or dropped."""
    draw = _drawn(text, "slip")
    letters = list(nfc(text))
    at = 0
    while at < len(letters) - 1:
        if letters[at].isalpha() and letters[at + 1].isalpha() and draw.random() < SLIPS:
            way = draw.randrange(3)
            if way == 0:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            letters[at] = letters[at] * 2 if way == 1 else "" if way == 2 else letters[at]
            at += 1
        at += 1
    return "".join(letters)


def with_emoji(text: str) -> str:
    """Ending in an emoji or two that say nothing certain."""
    draw = _drawn(text, "emoji")
    return f"{text} {draw.choice(EMOJI) * draw.randrange(1, 4)}"


def plain(text: str) -> str:
    """Chat spellings written out, the reverse of `teencode` as far as it goes."""
    return spell_out(text)


def variants(text: str) -> list[str]:
    """The changed texts that differ from the text and from each other, always in the same order."""
    ways: tuple[Callable[[str], str], ...] = (unmarked, teencode, slipped, with_emoji, plain)
    found = dict.fromkeys(way(text) for way in ways)
    found.pop(text, None)
    return list(found)


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w#@])(?:{'|'.join(SHORT)})(?!\w)")


def _drawn(text: str, way: str) -> random.Random:
    """Chance that only the text and the way decide."""
    seed = hashlib.sha256(f"{way}:{text}".encode("utf-8", "surrogatepass")).digest()
    return random.Random(seed)  # noqa: S311  # no secret: it must repeat
