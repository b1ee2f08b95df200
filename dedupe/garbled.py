"""A token that is no syllable as it was typed, and a word of the other text → whether it may be that word.

Decided beside the other text: a token may be an amount as well, or two words. Where the other text has the
word that it may stand for, in its place, it is that word. No slip and no sound brings in or takes away a
negation, and no slip a number or a name.
"""

from __future__ import annotations

from functools import lru_cache

from dedupe.heard import heard
from dedupe.keyed import decoded, exact, readings, reads_as
from dedupe.lexicon import fold, plain
from dedupe.phrases import Words, listed
from dedupe.spelling import slip_of_the_finger
from dedupe.syllable import is_syllable, is_written
from dedupe.word import JOINED, Word


def recovered(one: Words, other: Words) -> list[tuple[int, int]]:
    """How many words at the start of two blocks are one garbled token and the word that it stands for."""
    found = []
    if _garbled(one[0]) and _stands_for(one[0], other[0]):
        found.append((_width(one), 1))
    if _garbled(other[0]) and _stands_for(other[0], one[0]):
        found.append((1, _width(other)))
    return found


def _garbled(word: Word) -> bool:
    return bool(word.raw) and word.raw != JOINED


def _width(words: Words) -> int:
    """Of how many words a token was taken for."""
    return next((at for at, word in enumerate(words) if at and word.raw != JOINED), len(words))


@lru_cache(maxsize=1 << 16)
def _stands_for(typed: Word, word: Word) -> bool:
    """Whether what was typed may be a syllable of the other text."""
    raw = typed.raw
    if word.number or word.typed or word.raw == JOINED:
        return False
    if not is_syllable(word.plain):
        return not raw.isalpha() and reads_as(raw, fold(word.marked or word.plain))
    if _is(raw, word) or _keyed(raw, word):
        return True
    if listed((word,), "negation") or (raw.isascii() and listed((typed,), "negation")):
        return False
    if any(_is(way, word) for way in heard(raw)):
        return True
    return not word.name and not listed((word,), "number_words") and _slipped(typed, word)


def _is(written: str, word: Word) -> bool:
    """Whether letters with their marks are a word's, as far as these are known."""
    return plain(fold(written)) == word.plain and _marked(exact(written), word, loose=written.isascii())


def _marked(marks: str, word: Word, loose: bool) -> bool:
    """Whether marks are a word's; `loose`: or some of them."""
    if not word.marked:
        return True
    theirs = exact(word.marked)
    return marks == theirs or (loose and all(marks.count(m) <= theirs.count(m) for m in marks))


def _keyed(raw: str, word: Word) -> bool:
    """Whether a token with digits, signs or keys of an input method stands for a word."""
    for read, vowel in readings(raw):
        loose = vowel or (len(raw) > 2 and raw.isascii())
        counted = raw.isascii() and (len(raw) < 3 or raw[0].isdigit()) and listed((word,), "number_words")
        if plain(fold(read)) == word.plain and not counted and _marked(exact(read), word, loose):
            return True
    keyed = decoded(raw)
    if keyed is None or plain(keyed[0]) != word.plain:
        return False
    return _marked(keyed[1], word, loose=len(raw) > 2)


def _slipped(typed: Word, word: Word) -> bool:
    """Whether a finger slipped by one key; what was typed is no syllable."""
    raw, folded = typed.raw, fold(typed.raw)
    if is_written(raw) or not raw.isalpha() or (raw.isascii() and is_syllable(plain(folded))):
        return False
    if not _marked(exact(raw), word, loose=not typed.marked):
        return False
    meant = fold(word.marked) or word.plain
    return (len(folded) >= len(meant) >= 2 and slip_of_the_finger(folded, meant)) or _lost(folded, meant)


def _lost(folded: str, meant: str) -> bool:
    """Whether one letter was lost of a word that is long enough to be known without it."""
    return len(meant) > 3 and len(folded) < len(meant) and slip_of_the_finger(folded, meant)
