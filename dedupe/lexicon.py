"""Word lists beside this module → the tables that normal form and comparison read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from dedupe.syllable import is_syllable

_REPEATED = re.compile(r"([a-z])\1+")
_HOOK_TILDE = str.maketrans("ảẳẩẻểỉỏổởủửỷ", "ãẵẫẽễĩõỗỡũữỹ")
_VOWEL = re.compile(r"[aeiouy]")
_TELEX = str.maketrans("", "", "sfrxjw")
_BARE = re.compile(r"[\x00-\x7f]*")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Lower case without diacritics: how every list is looked up."""
    text = text.lower()
    if _BARE.fullmatch(text):
        return text
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def squeeze(word: str) -> str:
    """A folded word with runs of one letter as one."""
    return _REPEATED.sub(r"\1", word)


@lru_cache(maxsize=1 << 16)
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
def entries(name: str) -> frozenset[str]:
    """A list's phrases, folded and plain, however they are marked."""
    return frozenset(map(plain_phrase, lines(name)))


@cache
def phrases(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """A list by plain folded phrase: the ways its words are marked."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for line in lines(name):
        table.setdefault(plain_phrase(line), []).append(tuple(map(marks, line.lower().split())))
    return {phrase: tuple(ways) for phrase, ways in table.items()}


@lru_cache(maxsize=1 << 16)
def marks(word: str) -> str:
    """The marks of a word whatever letter they stand on; hook and tilde, which writers mix up, as one."""
    spread = unicodedata.normalize("NFD", word.translate(_HOOK_TILDE).replace("đ", "d\u0335"))
    return "".join(sorted(c for c in spread if unicodedata.combining(c)))


def plain_phrase(text: str) -> str:
    """Words folded, each in its plain form."""
    return " ".join(plain(word) for word in fold(text).split())


@cache
def meanings() -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    """Plain phrase → (how its words are marked, the group of phrases of one meaning it belongs to)."""
    table: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for number, line in enumerate(lines("same")):
        for phrase in line.split("|"):
            way = tuple(map(marks, phrase.lower().split()))
            table.setdefault(plain_phrase(phrase), []).append((way, number))
    return {phrase: tuple(ways) for phrase, ways in table.items()}


@cache
def chat_spellings() -> dict[str, str]:
    """Chat spelling → standard words, both folded; never a spelling that is itself a syllable."""
    return {short: long for short, long in soft_spellings().items() if not _standard(short)}


@cache
def soft_spellings() -> dict[str, str]:
    """Chat spelling → standard words, both folded, those included that are syllables of their own."""
    table: dict[str, str] = {}
    for short, long in (line.split("=") for line in lines("teencode")):
        if " " not in short and fold(short) != long:
            table.setdefault(_REPEATED.sub(r"\1", fold(short)), long)
    return table


@cache
def marked_spellings() -> dict[str, str]:
    """Chat spelling as typed → standard words, folded; only where its marks set it apart from a syllable."""
    pairs = (line.split("=") for line in lines("teencode"))
    return {s: long for s, long in pairs if fold(s) not in (s, long) and " " not in s}


class Spelt(dict[str, str]):
    """Folded word → it in standard spelling, of those asked for so far.

    Ahead of `lru_cache`, which moves each word that it finds: over many texts that is a miss of the
    processor's cache a word.
    """

    LIMIT = 1 << 16

    def __missing__(self, word: str) -> str:
        if len(self) >= self.LIMIT:
            self.clear()
        spelt = chat_spellings().get(word) or respelt(word)
        self[word] = spelt if spelt != word else unkeyed(word)
        return self[word]


@lru_cache(maxsize=1 << 16)
def respelt(word: str) -> str:
    """A folded word typed by ear (`wan`, `fai`, `dug`, `kon`) as the syllable it stands for, if any."""
    if len(word) < 2 or not word.isascii() or is_syllable(word):
        return word
    read = word
    for typed, written in (("f", "ph"), ("w", "qu"), ("dz", "d"), ("j", "gi")):
        if read.startswith(typed):
            read = written + read[len(typed) :]
    if read[0] == "k" and read[1] in "aou":
        read = "c" + read[1:]
    if read[-1] == "g" and not read.endswith("ng"):
        read = read[:-1] + "ng"
    elif read[-1] == "k" and read[-2] in "ou":
        read = read[:-1] + "c"
    elif read[-1] == "k" and read[-2] == "i":  # khak may be khách or khác
        read = read[:-1] + "ch"
    return read if is_syllable(read) else word


def unkeyed(word: str) -> str:
    """A folded word without keys of Telex (`truwowcs`), where that is a syllable; else as it is."""
    vowel = _VOWEL.search(word)
    if not vowel or is_syllable(word) or word in _frame_words():
        return word
    at = vowel.start()
    bare = word[:at] + word[at:].translate(_TELEX)
    return bare if is_syllable(bare) else word


@cache
def _frame_words() -> frozenset[str]:
    return frozenset(word for line in lines("frames") for word in squeeze(fold(line)).split())


def _standard(word: str) -> bool:
    return len(word) > 1 and is_syllable(word)


@cache
def _frames() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Frames by their first word and by their last, longest first."""
    entries = sorted({_REPEATED.sub(r"\1", fold(line)) for line in lines("frames")}, key=len, reverse=True)
    by_first: dict[str, list[str]] = {}
    by_last: dict[str, list[str]] = {}
    for entry in entries:
        by_first.setdefault(entry.split(" ", 1)[0], []).append(entry)
        by_last.setdefault(entry.rsplit(" ", 1)[-1], []).append(entry)
    return {k: tuple(v) for k, v in by_first.items()}, {k: tuple(v) for k, v in by_last.items()}


# Fewer folded characters than this are left as they are: what is left of them would be no text.
FRAMED = 20


def bare_frames(words: str) -> str:
    """Folded words without the frames around them ("copy", "chia se giup", "xem them"), if enough stays."""
    by_first, by_last = _frames()
    if words[: words.find(" ")] not in by_first and words[words.rfind(" ") + 1 :] not in by_last:
        return words
    bare = words
    while frame := next(
        (f for f in by_first.get(bare.split(" ", 1)[0], ()) if bare.startswith(f + " ")), None
    ):
        bare = bare[len(frame) + 1 :]
    while frame := next(
        (f for f in by_last.get(bare.rsplit(" ", 1)[-1], ()) if bare.endswith(" " + f)), None
    ):
        bare = bare[: -len(frame) - 1]
    return bare if len(bare) >= FRAMED else words
