"""Original text → whether it is surely not Vietnamese. A short or doubtful text is Vietnamese."""

from __future__ import annotations

import functools
import re
import unicodedata

from sangtin.text import fold

# Below these a text is read: names, brands and song titles are foreign in Vietnamese posts too.
LEAST_WORDS = 12
LEAST_LETTERS = 40
# Chosen on 60,000 posts of the development data and texts in 12 languages (docs/decisions/0007-phobert.md).
MOST_SYLLABLES = 0.62  # share of words that could be Vietnamese syllables; unmarked Vietnamese has 0.9
MOST_MARKED = 0.05  # share of words with marks that only Vietnamese has
LEAST_FUNCTION = 0.10  # share of words that only serve a foreign grammar: gibberish has none
OTHER_SCRIPT = 0.8  # share of letters that are not Latin

PLENTY = 0.025  # share of characters that only Vietnamese has, above which no word need be looked at
READ = 4000  # characters that are looked at

_WORD = re.compile(r"[^\W\d_]{2,}")
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?"
    r"(?:[aeiouy]|a[iouy]|e[ou]|i[aeu]|o[aeio]|u[aeiouy]|ye|ieu|oa[iy]|uay|uoi|uou|uy[ae]|yeu)"
    r"(?:ch?|m|ng?|nh|p|t)?"
)
# Words that serve a grammar and are no Vietnamese syllables: English, French, Spanish, Portuguese, German,
# Indonesian, Tagalog.
_FUNCTION = frozenset(
    """
    and is of for with you this are was have from will your they were been which would their what about there
    be as by we our just has had if these those who how when my his her us
    les des est une pour dans qui pas vous nous avec cette sont plus sur mais leur
    los las del por para como pero esta este muy mas sus porque ser
    uma dos nao voce sao isso pela pelo mais seu
    der die das und ist nicht ein eine mit auf sich fur von dem den auch wir ich
    yang dan untuk dengan ini itu tidak dari pada akan kami saya adalah juga sudah bisa
    ang mga ay hindi ako siya para kung naman lang
    """.split()  # noqa: SIM905  # a list of two hundred literals says no more
)


def foreign(text: str) -> bool:
    """Whether a text is long and surely in another language; such a text is not read."""
    text = text[:READ]
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < LEAST_LETTERS or len(_vietnamese().findall(text)) > PLENTY * len(text):
        return False
    if sum(not _latin(letter) for letter in letters) > OTHER_SCRIPT * len(letters):
        return True
    words = _WORD.findall(text)
    if len(words) < LEAST_WORDS or sum(map(_marked, words)) > MOST_MARKED * len(words):
        return False
    plain = [fold(word) for word in words]
    syllables = sum(_SYLLABLE.fullmatch(word) is not None for word in plain)
    function = sum(word in _FUNCTION for word in plain)
    return syllables <= MOST_SYLLABLES * len(words) and function >= LEAST_FUNCTION * len(words)


@functools.cache
def _vietnamese() -> re.Pattern[str]:
    """Letters that only Vietnamese writes, composed or not."""
    letters = (chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))  # Latin
    return re.compile(f"[{''.join(filter(_marked, letters))}\u0306\u031b\u0309\u0323]")


@functools.lru_cache(maxsize=4096)
def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "MATHEMATICAL", "FULLWIDTH LATIN", "MODIFIER"))


@functools.lru_cache(maxsize=1 << 14)
def _marked(word: str) -> bool:
    """Whether a word has a letter that only Vietnamese writes: đ, ă, ơ, ư, or one with hook or dot below."""
    parts = unicodedata.normalize("NFD", word)
    return any(mark in parts for mark in "đĐ\u0306\u031b\u0309\u0323")
