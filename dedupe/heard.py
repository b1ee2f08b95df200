"""A word as it is typed by its sound → the syllables that it may be: `đj`, `zữ`, `kầu`, `tháq`, `xún`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from dedupe.keyed import NUMBERING
from dedupe.syllable import is_written
from sangtin.text import place_tones

_TONES = "\u0300\u0301\u0303\u0309\u0323"
# How quick typing begins a syllable, and what it may be; the longest first.
_BEGINNINGS = (
    ("ngk", ("ngh",)),
    ("dz", ("d", "đ", "gi", "v")),
    ("nk", ("nh",)),
    ("nq", ("ng",)),
    ("kk", ("kh",)),
    ("ck", ("ch",)),
    ("tk", ("th",)),
    ("f", ("ph",)),
    ("z", ("d", "gi", "v", "r")),
    ("j", ("gi", "d")),
    ("w", ("qu",)),
    ("k", ("c",)),
    ("p", ("b", "ph")),
    ("q", ("qu",)),
)
# How it ends one.
_ENDINGS = (
    ("nk", ("nh",)),
    ("ck", ("ch",)),
    ("nq", ("ng",)),
    ("g", ("ng",)),
    ("q", ("ng",)),
    ("k", ("c", "ch", "")),
    ("h", ("nh",)),
    ("j", ("i", "y")),
    ("z", ("",)),
)
# What it reduces within one; its end is kept.
_REDUCED = (
    ("iu", ("iêu",)),
    ("im", ("iêm", "êm")),
    ("in", ("iên",)),
    ("it", ("iêt",)),
    ("un", ("uôn", "uông", "ôn")),
    ("um", ("ôm",)),
    ("ung", ("uông",)),
    ("ut", ("uôt", "ôt")),
    ("uc", ("uôc",)),
    ("ui", ("uôi", "ôi")),
    ("ưi", ("ươi",)),
    ("ic", ("iêc",)),
    ("ưn", ("ươn", "ơn")),
    ("oa", ("o",)),
)
_WHOLE = ("ng", "nh", "ch", "gh", "ph", "th", "kh", "tr", "gi", "qu")


@lru_cache(maxsize=1 << 14)
def heard(token: str) -> tuple[str, ...]:
    """The syllables, marked as it was typed, that a token in lower case may stand for by its sound."""
    letters, tone = _toneless(token)
    if not letters.isalpha() or len(letters) < 2:
        return ()
    begun = [letters, letters[0] + letters[1:].replace("j", "i").replace("w", "u")]
    for typed, written in _BEGINNINGS:
        if letters.startswith(typed) and not letters.startswith(_WHOLE):
            begun += [way + word[len(typed) :] for word in begun[:2] for way in written]
    ended = list(begun)
    for word in begun:
        ended += _other_ends(word, _ENDINGS)
    made = list(ended)
    for word in ended:
        made += _other_ends(word, _REDUCED)
    return tuple({_toned(_gi(word), tone) for word in made if word != letters} - {token})


def numbering(token: str) -> str:
    """The word by which a number is read (`chìu`) that alone a token may be by its sound; else empty."""
    ways = [way for way in heard(token) if is_written(way)]
    return ways[0] if len(ways) == 1 and ways[0] in NUMBERING else ""


def _other_ends(word: str, endings: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """A word with other endings, for each of those that it has and which does not end a longer one."""
    found = []
    for typed, written in endings:
        whole = typed in ("g", "h", "k") and word.endswith(("ng", "nh", "ch", "nk", "ck"))
        if word.endswith(typed) and not whole:
            found += [word[: -len(typed)] + way for way in written]
    return found


def _gi(word: str) -> str:
    """`gi` before i is written g."""
    return word.replace("gii", "gi", 1) if word.startswith("gii") else word


def _toneless(word: str) -> tuple[str, str]:
    spread = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in spread if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in spread if c not in _TONES)), tone


def _toned(word: str, tone: str) -> str:
    """Letters with a tone on the vowel that carries it."""
    if len(tone) != 1:
        return word
    at = _carrier(word)
    return place_tones(unicodedata.normalize("NFC", word[: at + 1] + tone + word[at + 1 :]))


def _carrier(word: str) -> int:
    """Where the tone stands: on the last marked vowel, else the first of two at the end, else the second."""
    vowels = [i for i, c in enumerate(word) if c in "aăâeêioôơuưy"]
    if word.startswith(("qu", "gi")) and len(vowels) > 1:
        vowels = vowels[1:]
    marked = [i for i in vowels if word[i] in "ăâêôơư"]
    if marked:
        return marked[-1]
    if not vowels:
        return len(word) - 1
    closed = vowels[-1] < len(word) - 1
    return vowels[min(len(vowels) - 1, 1 if closed or len(vowels) > 2 else 0)]
