"""Word lists beside this module → the tables that normal form and comparison read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from dedupe.syllable import is_syllable


def fold(text: str) -> str:
    """Lower case without diacritics: how every list is looked up."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a list, comments and blank lines left out."""
    text = (files("dedupe") / "words" / f"{name}.txt").read_text(encoding="utf-8")
    found = (line.split("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in found if line)


@cache
def chat_spellings() -> dict[str, str]:
    """Chat spelling → standard words, both folded; never a spelling that is itself a syllable."""
    pairs = (line.split("=") for line in lines("teencode"))
    table = {_squeeze(fold(short)): long for short, long in pairs}
    return {s: long for s, long in table.items() if " " not in s and s != long and not _standard(s)}


def _standard(word: str) -> bool:
    return len(word) > 1 and is_syllable(word)


def _squeeze(word: str) -> str:
    return re.sub(r"([a-z])\1+", r"\1", word)


@cache
def _frames() -> tuple[re.Pattern[str], re.Pattern[str]]:
    entries = sorted((_squeeze(fold(line)) for line in lines("frames")), key=len, reverse=True)
    either = "|".join(map(re.escape, entries))
    return re.compile(rf"^(?:(?:{either})\s+)+"), re.compile(rf"(?:\s+(?:{either}))+$")


def bare_frames(words: str) -> str:
    """Folded words without the frames around them ("copy", "chia se giup", "xem them"), if any words stay."""
    before, after = _frames()
    bare = before.sub("", words)
    tail = max(0, len(bare) - 60)
    bare = bare[:tail] + after.sub("", bare[tail:])
    return bare if len(bare) >= 20 else words
