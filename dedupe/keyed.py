"""A token with digits and signs for letters, or with keys of an input method → the words it may stand for.

`n9àn` and `mộ+` (ngàn, một), `truwowcs` and `tru7o7ng2` (trước, trường). Amounts and codes stand for none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import product
from math import prod

from dedupe.lexicon import fold, plain
from dedupe.syllable import is_syllable, written
from sangtin.text import place_tones

# What a digit or a sign is written for.
_READ = {
    "0": "o",
    "1": "il",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "gb",
    "7": "t",
    "8": "b",
    "9": "gqđ",
}
_READ |= {"@": "a", "$": "s", "!": "il", "+": "t", "|": "li", "(": "c"}
# A syllable has seven letters at most; its readings are tried one by one.
_LONGEST, _MOST = 7, 64
# A number and what it counts, as one token.
AMOUNT = re.compile(
    r"\d+(?:k|tr|triệu|trieu|tỷ|tỉ|ty|h|g|giờ|gio|p|ph|phút|s|t|đ|vnđ|vnd|m|km|cm|mm|kg|ha|l|ml|lít|am|pm)\d*"
)
_CODE = re.compile(r"\d[a-z]\d+|[a-z]\d{3,}.*|\d{2,}[^\W\d_]{1,2}")
# What numbers before it are read by.
NUMBERING = frozenset(
    ["trăm", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "giờ", "đồng", "sáng", "chiều", "tối", "đêm"]
)
_VOWELS = frozenset("aeiouy")
_HAT, _HORN, _BREVE, _STROKE = "\u0302", "\u031b", "\u0306", "\u0335"
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_TONES = frozenset(_TELEX_TONES.values())


@lru_cache(maxsize=1 << 14)
def readings(token: str) -> tuple[tuple[str, bool], ...]:
    """The syllables that a token in lower case may stand for, each with whether a mark of it is not known.

    It is not where a digit or a sign is a vowel.
    """
    keys = [at for at, c in enumerate(token) if c in _READ]
    letters = len(token) - len(keys)
    if not keys or not letters or len(token) > _LONGEST or AMOUNT.fullmatch(token) or _CODE.fullmatch(token):
        return ()
    ways = [_READ.get(c, c) for c in token]
    if prod(map(len, ways)) > _MOST:
        return ()
    made = ("".join(way) for way in product(*ways))
    found = [word for word in made if is_syllable(fold(word))]
    return tuple((word, any(word[at] in _VOWELS for at in keys)) for word in found)


def reads_as(token: str, word: str) -> bool:
    """Whether a token in lower case is a folded word of five letters and more with digits or signs in it."""
    if len(word) < 5 or len(token) != len(word):
        return False
    return all(fold(a) == b or b in _READ.get(a, "") for a, b in zip(token, word, strict=True))


@lru_cache(maxsize=1 << 14)
def letters_of(token: str) -> str:
    """The letters of a folded token with digits in it, where it may be a syllable; else empty."""
    if AMOUNT.fullmatch(token):
        return ""
    ways = {fold(word) for word, _ in readings(token)}
    if ways:
        return min(ways)
    keyed = decoded(token)
    return keyed[0] if keyed else ""


def may_be_word(token: str) -> bool:
    """Whether a token in lower case with digits or signs in it may be a word."""
    if readings(token) or decoded(token):
        return True
    letters = sum(map(str.isalpha, token))
    return letters > 3 and len(token) - letters < 3 and not _CODE.fullmatch(token)


class Typed:
    """A syllable as it was keyed: its letters, the marks on each, and where its tone came."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.marks: list[str] = []
        self.tone = ""
        self.keys = 0

    def put(self, letter: str, marks: str = "") -> None:
        """A letter, with the marks that it was typed with; a tone counts as the syllable's."""
        tone = "".join(m for m in marks if m in _TONES)
        self.tone = self.tone or tone
        self.letters.append(letter)
        self.marks.append("".join(m for m in marks if m not in _TONES))

    def key(self) -> bool:
        """Counts a key; True, so that it may end a condition."""
        self.keys += 1
        return True

    def set_tone(self, tone: str) -> bool:
        """A tone, on a syllable with a vowel and without one."""
        if self.tone or not any(c in _VOWELS for c in self.letters):
            return False
        self.tone = tone
        return self.key()

    def mark(self, mark: str, on: str) -> bool:
        """A mark on the last unmarked letter of those named; on `uo` a horn stands on both."""
        for at in range(len(self.letters) - 1, -1, -1):
            if self.letters[at] in on and not self.marks[at]:
                self.marks[at] = mark
                if mark == _HORN and self.letters[at] == "o" and at and self.letters[at - 1] == "u":
                    self.marks[at - 1] = mark
                return self.key()
            if self.letters[at] == "o" and mark == _HORN and self.marks[at] == _HORN:
                return self.key()  # `uwow`, `u7o7`: the first horn stands already
        return False


@lru_cache(maxsize=1 << 14)
def decoded(token: str) -> tuple[str, str, int] | None:
    """A token in lower case typed with Telex or VNI keys that no input method took up.

    → (its letters, its marks as they sort, how many keys); None where it is none, or a syllable as it stands.
    """
    if len(token) > _LONGEST + 4 or not token[0].isalpha() or _CODE.fullmatch(token):
        return None
    digits = any(c.isdigit() for c in token)
    typed = Typed()
    for at, char in enumerate(unicodedata.normalize("NFC", token)):
        spread = unicodedata.normalize("NFD", "d" + _STROKE if char == "đ" else char)
        taken = _vni(typed, char) if digits else (at > 0 and _telex(typed, char))
        if taken is None:
            return None
        if not taken:
            typed.put(spread[0], spread[1:])
    letters = "".join(typed.letters)
    whole = not digits and not token.startswith("dd") and is_syllable(plain(fold(token)))
    if not typed.keys or not is_syllable(letters) or whole:
        return None
    return letters, "".join(sorted("".join(typed.marks) + typed.tone)), typed.keys


def _telex(typed: Typed, char: str) -> bool:
    """Whether a character is a key of Telex behind what was typed; it is carried out."""
    if char in _TELEX_TONES:
        return typed.set_tone(_TELEX_TONES[char])
    if char == "w":
        return typed.mark(_HORN, "uo") or typed.mark(_BREVE, "a") or _horned_u(typed)
    if char == "d":
        return typed.letters == ["d"] and typed.mark(_STROKE, "d")
    return char in "aeo" and char in typed.letters[-2:] and typed.mark(_HAT, char)


def _horned_u(typed: Typed) -> bool:
    """`nhw`: a w without a vowel before it is ư."""
    if any(c in _VOWELS for c in typed.letters):
        return False
    typed.put("u", _HORN)
    return typed.key()


def _vni(typed: Typed, char: str) -> bool | None:
    """The same of VNI; None where a digit marks nothing."""
    if not char.isdigit():
        return False
    marks = {"6": (_HAT, "aeo"), "7": (_HORN, "uo"), "8": (_BREVE, "a"), "9": (_STROKE, "d")}
    done = (
        typed.mark(*marks[char]) if char in marks else char in _VNI_TONES and typed.set_tone(_VNI_TONES[char])
    )
    return done or None


@lru_cache(maxsize=1 << 16)
def exact(word: str) -> str:
    """The marks of a word in lower case, sorted."""
    spread = unicodedata.normalize("NFD", place_tones(word).replace("đ", "d" + _STROKE))
    return "".join(sorted(c for c in spread if unicodedata.combining(c)))


def composed(letters: str, marks: str) -> str:
    """The written syllable of letters and marks as `decoded` gives them; empty where there is none."""
    return _by_marks().get((letters, marks), "")


@lru_cache(maxsize=1 << 14)
def settled(token: str) -> str:
    """The syllable that a token in lower case was keyed for with several keys of Telex or VNI; else empty.

    One key is enough where it scales a number or says the half of the day, which numbers are read by.
    """
    keyed = decoded(token)
    word = composed(keyed[0], keyed[1]) if keyed else ""
    sure = keyed is not None and (keyed[2] > 1 or word in NUMBERING or token.startswith("dd"))
    return word if sure else ""


@cache
def _by_marks() -> dict[tuple[str, str], str]:
    return {(fold(word), exact(word)): word for word in written()}
