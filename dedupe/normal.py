"""Texts → their normal forms for copies: the letters that are shingled, and a hash of the marked words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.amounts import amounts, likely
from dedupe.keyed import AMOUNT, letters_of
from dedupe.lexicon import Spelt, bare_frames, chat_spellings
from dedupe.lookalike import latin, lookalikes
from dedupe.syllable import syllables
from sangtin.text import place_tones

# Part of the sketch scheme: change a rule here, change the version there.
_BREAK = "\x1e"
_TABLE_SIZE = 0x3000
# The end of the Hangul syllables; behind it lie surrogates, private use and emoji.
_LAST_LETTER = 0xD7B0
# Texts this short match only exactly, so that what old and new spelling tell apart is made one for them.
_SHORT = 60
_SPACE, _JOINER, _DROP, _FOREIGN = 32, 45, 0, 1
# The end of Latin Extended-B (Unicode): behind it the letters of other scripts begin.
_LATIN_END = 0x250

DIGITS_AS_LETTERS = dict(zip("013457", "oieast", strict=True))
_LEET = str.maketrans(DIGITS_AS_LETTERS | dict(zip("@$!|", "asii", strict=True)))
# Initials with which o is a word (`c0`, `v0`); f0 and u0 are codes.
_BEFORE_O = frozenset("bchlmntvx")
_JOINERS = ".*_'’`·-–~^•¸,"

_LINK = re.compile(r"(?:https?:?//|www\.)\S+|<url>\S*", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_SITE = re.compile(
    r"(?<![\w.])(?:[\w-]+\.)+(?:com|vn|net|org|info|ly|me|top|xyz|club|vip|site|link|online|app|gl|at)\b(?:/\S*)?",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?<![\w&])#\w[\w-]*|(?<!\w)@\w[\w.]*")
_MENTION = re.compile(r"(?<!\w)@\w[\w.]*")
_SIGNS = re.compile(r"(?<=\w)[@$!|](?=\w)")
# Quick to find, and without them the patterns above find nothing.
_ENDING = re.compile(r"\.(?:com|vn|net|org|info|ly|me|top|xyz|club|vip|site|link|online|app|gl|at)\b", re.I)
_MAILED = re.compile(r"[\w.+-]@[\w-]")
_BEFORE_WORD = re.compile(r"[@$!|]\w")
# Between two texts of a folded batch, which holds letters, digits and spaces else.
_TEXTS = "|"
# A word is spelt out where so many letters stand alone in a row.
_SPELT = 4
_WORDS = Spelt()


class Form(NamedTuple):
    """A text's normal forms: `letters` (ASCII, no spaces), `hash` (16 bytes) of marked words and amounts."""

    letters: bytes
    hash: bytes


def forms(texts: Sequence[str]) -> list[Form]:
    """The normal forms of a batch of texts, in their order."""
    if not texts:
        return []
    bare = [without_addresses(_clean(text), keep_tags=True) for text in texts]
    words = _spell(_fold(_tagless(bare), texts))
    letters = _TEXTS.join(map(bare_frames, words)).replace(" ", "").encode("ascii").split(b"|")
    codes = _codes(bare)
    hashes = map(_hash, _marked(codes), texts, _said(bare, codes))
    return list(map(Form, letters, hashes))


def folded_words(text: str) -> str:
    """One text's words as the shingles see them, still apart: lower case, no diacritics, no noise."""
    return _spell(_fold([without_addresses(_clean(text))], [text]))[0]


def _tagless(texts: Sequence[str]) -> list[str]:
    return [_TAG.sub(" ", text) if "#" in text else text for text in texts]


@lru_cache(maxsize=1 << 14)
def unleet(word: str) -> str:
    """A word with digits for letters (`kh0ng`, `d1esel`) in letters; at its ends a syllable or o."""
    letters = sum(c.isalpha() for c in word)
    if len(word) == 2 and word[0] in _BEFORE_O and word[1] == "0":
        return f"{word[0]}o"
    if letters < 2 or letters == len(word) or len(word) - letters > letters or AMOUNT.fullmatch(word):
        return word
    read = word.translate(_LEET)
    if (
        letters > 2
        and word[0].isalpha()
        and (word[-1].isalpha() or (word[:-1].isalpha() and word[-1] == "0"))
    ):
        return read
    return read if read in syllables() or read in chat_spellings() else word


@lru_cache(maxsize=1 << 14)
def _in_letters(word: str) -> str:
    """A word with digits in it as the shingles see it: in letters where it may be a word at all."""
    read = unleet(word)
    return read if read.isalpha() else letters_of(word) or read


def _clean(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.lower().replace(_BREAK, " ")


def without_addresses(text: str, keep_tags: bool = False) -> str:
    """Without links, e-mail addresses and @mentions; without #tags too, unless they are kept as words."""
    if "//" in text or "www." in text or "<" in text:
        text = _LINK.sub(" ", text)
    if "@" in text and _MAILED.search(text):
        text = _MAIL.sub(" ", text)
    if "." in text and _ENDING.search(text):
        text = _SITE.sub(" ", text)
    if "#" in text or "@" in text:
        text = (_MENTION if keep_tags else _TAG).sub(" ", text)
    if ("!" in text or "@" in text or "$" in text or "|" in text) and _BEFORE_WORD.search(text):
        text = _SIGNS.sub(lambda m: m[0].translate(_LEET), text)
    return text


@cache
def _table() -> npt.NDArray[np.uint8]:
    """Code point → folded byte; 0 drops it, 1 is a lookalike of another script."""
    table = np.full(_LAST_LETTER + 1, _SPACE, dtype=np.uint8)
    for code in range(_TABLE_SIZE):
        table[code] = _folded(chr(code))
    for code in map(ord, lookalikes()):
        if _LATIN_END <= code < _LAST_LETTER:
            table[code] = _FOREIGN
    return table


def _folded(char: str) -> int:
    if char == _BREAK:
        return ord(_TEXTS)
    if char in _JOINERS:
        return _JOINER
    base = unicodedata.normalize("NFD", char)[0]
    base = lookalikes().get(base, base).replace("đ", "d")
    if base.isascii() and base.isalnum():
        return ord(base.lower())
    gone = unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf"} or 0xFE00 <= ord(char) <= 0xFE0F
    return _DROP if gone else _SPACE


def _fold(texts: Sequence[str], originals: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Folded texts, `_TEXTS` between them, words between single spaces; runs of one letter are one letter."""
    folded = _table().take(_codes(texts), mode="clip")
    if (folded == _FOREIGN).any():
        folded = _in_latin(folded, texts, originals)
    folded = folded[folded != _DROP]
    folded = _join(folded)
    again = np.zeros(folded.size, dtype=bool)
    again[1:] = (folded[1:] == folded[:-1]) & (_is_letter(folded[1:]) | (folded[1:] == _SPACE))
    return _spelt_out(folded[~again])


def _in_latin(
    folded: npt.NDArray[np.uint8], texts: Sequence[str], originals: Sequence[str]
) -> npt.NDArray[np.uint8]:
    """The same where texts hold lookalikes: these are read anew, capitals as they are drawn."""
    shown = list(texts)
    ends = np.flatnonzero(folded == ord(_TEXTS))
    for number in np.unique(np.searchsorted(ends, np.flatnonzero(folded == _FOREIGN))).tolist():
        drawn = latin(unicodedata.normalize("NFKC", originals[number]))
        shown[number] = _tagless([without_addresses(_clean(drawn), keep_tags=True)])[0]
    folded = _table().take(_codes(shown), mode="clip")
    return np.where(folded == _FOREIGN, np.uint8(_SPACE), folded)


def _is_letter(folded: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return (folded >= ord("a")) & (folded <= ord("z"))


def _spelt_out(folded: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Spaces between letters that stand alone in a row vanish (`n g u y`)."""
    letter = _is_letter(folded)
    word = letter | ((folded >= ord("0")) & (folded <= ord("9")))
    lone = letter.copy()
    lone[1:] &= ~word[:-1]
    lone[:-1] &= ~word[1:]
    places = np.flatnonzero(lone)
    if places.size < _SPELT:
        return folded
    linked = (np.diff(places) == 2) & (folded[places[:-1] + 1] == _SPACE)
    run = np.concatenate([[0], np.cumsum(~linked)])
    long = np.bincount(run)[run] >= _SPELT
    kept = np.ones(folded.size, dtype=bool)
    kept[places[:-1][linked & long[:-1]] + 1] = False
    return folded[kept]


def _join(folded: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Dots and dashes inside a word vanish (`k.iếm`, `30.000`), others become spaces."""
    joiner = folded == _JOINER
    if not joiner.any():
        return folded
    solid = folded > _JOINER
    inside = np.zeros(folded.size, dtype=bool)
    inside[1:-1] = joiner[1:-1] & solid[:-2] & solid[2:]
    return np.where(joiner, np.uint8(_SPACE), folded)[~inside]


def _spell(folded: npt.NDArray[np.uint8]) -> list[str]:
    """The words of each text between single spaces, digits read as letters and chat spellings written out."""
    shown = _unleeted(folded).replace(_TEXTS, f" {_TEXTS} ")
    words = " ".join(map(_WORDS.__getitem__, shown.split()))
    return [text.strip() for text in words.split(_TEXTS)]


def _unleeted(folded: npt.NDArray[np.uint8]) -> str:
    """Digits that stand for letters, read as these."""
    shown = folded.tobytes().decode("ascii")
    letter, digit = _is_letter(folded), (folded >= ord("0")) & (folded <= ord("9"))
    mixed = np.flatnonzero((letter[1:] & digit[:-1]) | (digit[1:] & letter[:-1]))
    parts: list[str] = []
    done = 0
    for at in mixed.tolist():
        if at < done:
            continue
        start = max(shown.rfind(" ", done, at), shown.rfind(_TEXTS, done, at)) + 1 or done
        ends = [end for end in (shown.find(" ", at), shown.find(_TEXTS, at)) if end >= 0]
        stop = min(ends, default=len(shown))
        parts += [shown[done:start], _in_letters(shown[start:stop])]
        done = stop
    return "".join([*parts, shown[done:]])


@cache
def _marked_table() -> npt.NDArray[np.uint32]:
    """Code point → itself where it is a letter, a digit or a question mark; 0 drops it; a space else."""
    table = np.full(_TABLE_SIZE, _SPACE, dtype=np.uint32)
    for code in range(_TABLE_SIZE):
        char = chr(code)
        if char.isalnum() or char == "?":
            table[code] = code
        elif unicodedata.category(char) in {"Mn", "Cf"}:
            table[code] = _DROP
    table[ord(_BREAK)] = ord("\n")
    return table


def _codes(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The code points of texts, `_BREAK` between them."""
    return np.frombuffer(_BREAK.join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)


def _said(texts: Sequence[str], codes: npt.NDArray[np.uint32]) -> list[str]:
    """What amounts each text says; few say any."""
    said = [""] * len(texts)
    breaks = np.flatnonzero(codes == ord(_BREAK))
    for number in np.unique(np.searchsorted(breaks, likely(codes))).tolist():
        said[number] = amounts(texts[number])
    return said


def _marked(codes: npt.NDArray[np.uint32]) -> list[str]:
    """Texts in words with their marks, between spaces; the letters of no other script are told apart."""
    kept = _marked_table()[np.minimum(codes, _TABLE_SIZE - 1)]
    far = (codes >= _TABLE_SIZE) & (codes < _LAST_LETTER)
    kept[far] = codes[far]
    kept = kept[kept != _DROP]
    again = np.zeros(kept.size, dtype=bool)
    again[1:] = (kept[1:] == _SPACE) & (kept[:-1] == _SPACE)
    shown: str = kept[~again].tobytes().decode("utf-32-le")
    return shown.split("\n")


def _hash(marked: str, original: str, said: str) -> bytes:
    """Of the marked words and the amounts said; of the text as written where it has no words."""
    words = marked.strip()
    if len(words) < _SHORT:
        words = place_tones(words)
        if not words.strip(" ?"):
            words = "\0" + unicodedata.normalize("NFC", original).strip()
    if said:
        words = f"{words}\0{said}"
    return blake2b(words.encode("utf-8", "replace"), digest_size=16).digest()
