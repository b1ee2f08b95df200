"""Word lists beside this module → the tables that normal form and comparison read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from dedupe.syllable import is_syllable

# The longest phrase of the lists has six words ("chưa có thông tin chính thức").
LONGEST_PHRASE = 6
_REPEATED = re.compile(r"([a-z])\1+")
_BARE = re.compile(r"[\x00-\x7f]*")


def fold(text: str) -> str:
    """Lower case without diacritics: how every list is looked up."""
    text = text.lower()
    if _BARE.fullmatch(text):
        return text
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def plain(word: str) -> str:
    """A folded word with runs of one letter as one and final y after a consonant as i."""
    word = _REPEATED.sub(r"\1", word)
    if len(word) > 1 and word[-1] == "y" and word[-2] not in "aeou":
        return word[:-1] + "i"
    return word


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a list, comments and blank lines left out."""
    text = (files("dedupe") / "words" / f"{name}.txt").read_text(encoding="utf-8")
    found = (line.split("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in found if line)


@cache
def phrases(name: str) -> frozenset[str]:
    """A list as plain folded phrases."""
    return frozenset(plain_phrase(line) for line in lines(name))


@cache
def marked_phrases(name: str) -> frozenset[str]:
    """A list as it is written, lower case."""
    return frozenset(line.lower() for line in lines(name))


def plain_phrase(text: str) -> str:
    """Words folded, each in its plain form."""
    return " ".join(plain(word) for word in fold(text).split())


@cache
def meanings() -> dict[str, frozenset[int]]:
    """Phrase → the groups of phrases with its meaning, to which it belongs."""
    table: dict[str, set[int]] = {}
    for number, line in enumerate(lines("same")):
        for phrase in line.split("|"):
            table.setdefault(plain_phrase(phrase), set()).add(number)
    return {phrase: frozenset(groups) for phrase, groups in table.items()}


@cache
def chat_spellings() -> dict[str, str]:
    """Chat spelling → standard words, both folded; never a spelling that is itself a syllable."""
    pairs = (line.split("=") for line in lines("teencode"))
    table = {_REPEATED.sub(r"\1", fold(short)): long for short, long in pairs}
    return {s: long for s, long in table.items() if " " not in s and s != long and not _standard(s)}


@cache
def marked_spellings() -> dict[str, str]:
    """Chat spelling as typed → standard words, folded; only where its marks set it apart from a syllable."""
    pairs = (line.split("=") for line in lines("teencode"))
    return {s: long for s, long in pairs if fold(s) not in (s, long) and " " not in s}


def _standard(word: str) -> bool:
    return len(word) > 1 and is_syllable(word)


@cache
def _frames() -> tuple[re.Pattern[str], re.Pattern[str]]:
    entries = sorted((_REPEATED.sub(r"\1", fold(line)) for line in lines("frames")), key=len, reverse=True)
    either = "|".join(map(re.escape, entries))
    return re.compile(rf"^(?:(?:{either})\s+)+"), re.compile(rf"(?:\s+(?:{either}))+$")


def bare_frames(words: str) -> str:
    """Folded words without the frames around them ("copy", "chia se giup", "xem them"), if any words stay."""
    before, after = _frames()
    bare = before.sub("", words)
    tail = max(0, len(bare) - 60)
    bare = bare[:tail] + after.sub("", bare[tail:])
    return bare if len(bare) >= 20 else words


def within(words: Sequence[str], *names: str) -> Iterator[tuple[int, int]]:
    """Where phrases of the named lists stand in plain words: (start, stop), longest first at each place."""
    tables = [phrases(name) for name in names]
    at = 0
    while at < len(words):
        for width in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + width])
            if any(phrase in table for table in tables):
                yield at, at + width
                at += width - 1
                break
        at += 1
