"""Words that two texts do not share → what they change: nothing, a named part of the meaning, or who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dedupe.align import Block, Words, sentences
from dedupe.lexicon import lines, phrases, plain_phrase, within
from dedupe.reading import Word, number_of

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An addition of fewer words hangs on the sentence it stands beside, and turns it.
SHORT_ADDITION = 6


class Change(StrEnum):
    """What a difference in words changes."""

    NOTHING = "nothing"
    LITTLE = "little"
    WORDING = "wording"
    NEGATION = "negation"
    NUMBER = "number"
    TIME = "time"
    PLACE = "place"
    NAME = "name"
    ROLE = "role"
    QUESTION = "question"
    ORDER = "order"
    TURN = "turn"
    DENIES = "denies"
    ASKS = "asks"
    COMMENTS = "comments"
    CUT = "cut"


# What speaks about the statement instead of making it.
SPEAKS = frozenset({Change.DENIES, Change.ASKS, Change.COMMENTS})
# What makes another statement of it.
TURNS = frozenset(Change) - SPEAKS - {Change.NOTHING, Change.LITTLE, Change.WORDING, Change.CUT}


@dataclass(frozen=True, slots=True)
class Difference:
    """One block, what it changes, and how many words that concerns."""

    block: Block
    change: Change
    words: int

    def __str__(self) -> str:
        return f"{self.change}: {shown(self.block.earlier)} → {shown(self.block.later)}"


def shown(words: Words, limit: int = 8) -> str:
    """Words as a person reads them, cut after `limit`."""
    if not words:
        return "∅"
    text = " ".join(w.marked or w.plain for w in words[:limit])
    return text + (" …" if len(words) > limit else "")


def changes(block: Block) -> Difference:
    """What one block changes."""
    if block.earlier and block.later:
        return Difference(
            block, _replaced(block.earlier, block.later), max(len(block.earlier), len(block.later))
        )
    words = block.earlier or block.later
    change = _addition(words) if block.whole or (block.edge and len(words) >= SHORT_ADDITION) else None
    return Difference(block, change or _inserted(words, block), len(words))


def _replaced(one: Words, other: Words) -> Change:
    """One stretch of words in place of another, inside a sentence."""
    both = (one, other)
    if any(_says(words, "negation") for words in both) and _says(one, "negation") != _says(other, "negation"):
        return Change.NEGATION
    if any(_numbers(words) for words in both) and _numbers(one) != _numbers(other):
        return Change.NUMBER
    if _frame(one) and _frame(other):
        return Change.NOTHING
    if _opposite(one, other):
        return Change.TURN
    left, right = _weighty(one), _weighty(other)
    if not left and not right:
        return Change.NOTHING
    for change, test in _KINDS:
        if any(test(words) for words in both):
            return change
    if not left or not right:
        return Change.LITTLE
    return Change.WORDING


def _inserted(words: Words, block: Block) -> Change:
    """A stretch of words that one text has inside, or hanging on, a sentence that both have."""
    if _frame(words):
        return Change.ASKS if words[-1].asked and block.end else Change.NOTHING
    if _says(words, "deny"):
        return Change.DENIES
    if _says(words, "negation"):
        return Change.NEGATION
    if _asks(words, block):
        return Change.ASKS
    if _says(words, "turn"):
        return Change.TURN
    if block.edge and _credit(words):
        return Change.NOTHING
    if _numbers(words):
        return Change.NUMBER
    if not _weighty(words):
        return Change.NOTHING
    if block.edge:
        return Change.COMMENTS if _says(words, "comment") else Change.CUT
    for change, test in _KINDS:
        if test(words) and not (change is Change.ROLE and _says_only(words, "kin")):
            return change
    return Change.LITTLE


def _addition(words: Words) -> Change | None:
    """What whole sentences beyond the other text do; the worst of them counts."""
    found = [_added(sentence) for sentence in sentences(words)]
    for change in (Change.DENIES, Change.ASKS, Change.COMMENTS, Change.CUT):
        if change in found:
            return change
    return Change.NOTHING


def _added(sentence: Words) -> Change:
    if _says(sentence, "deny"):
        return Change.DENIES
    if _frame(sentence) or _credit(sentence):
        return Change.NOTHING
    if sentence[-1].asked:
        return Change.ASKS
    if _says(sentence, "comment"):
        return Change.COMMENTS
    if not _weighty(sentence):
        return Change.NOTHING
    return Change.CUT


def asks(words: Words) -> bool:
    """Whether a sentence has a word that makes it a question."""
    return _says(words, "question")


def _plain(words: Words) -> list[str]:
    return [w.plain for w in words]


def _says(words: Words, name: str) -> bool:
    return any(True for _ in within(_plain(words), name))


def _covered(words: Words, *names: str) -> list[Word]:
    """The words that no phrase of the lists covers."""
    left = list(words)
    for start, stop in reversed(list(within(_plain(words), *names))):
        del left[start:stop]
    return left


def _says_only(words: Words, name: str) -> bool:
    return not _covered(words, name, "filler")


def _weighty(words: Words) -> list[Word]:
    return _covered(words, "filler", "frames")


def _frame(words: Words) -> bool:
    return not _covered(words, "frames", "filler") and _says(words, "frames")


def _credit(words: Words) -> bool:
    """Who is named as the source: `Nguồn: VnExpress`, `theo báo Tuổi Trẻ`, `cre Minh Anh`."""
    return words[0].plain in _CREDITS and len(words) <= 8 and not _says(words, "negation")


_CREDITS = frozenset(
    map(
        plain_phrase,
        (
            "nguồn",
            "theo",
            "cre",
            "credit",
            "via",
            "ảnh",
            "st",
            "by",
            "source",
            "tg",
            "video",
            "clip",
            "copy",
            "từ",
        ),
    )
)


def _numbers(words: Words) -> list[str]:
    return sorted(number_of(w.plain) for w in words if w.number or _number_word(w))


def _number_word(word: Word) -> bool:
    return word.plain in phrases("number_words") and (
        word.marked in _marked_numbers() or word.marked == word.plain
    )


@cache
def _marked_numbers() -> frozenset[str]:
    return frozenset(lines("number_words"))


def _asks(words: Words, block: Block) -> bool:
    if words[-1].asked:
        return True
    return block.edge and words[-1].last and _says(words[-2:], "question")


def _opposite(one: Words, other: Words) -> bool:
    left, right = set(_plain(one)), set(_plain(other))
    return any((a in left and b in right) or (b in left and a in right) for a, b in _opposites())


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = (line.split("|") for line in lines("opposite"))
    return tuple((plain_phrase(a), plain_phrase(b)) for a, b in pairs)


_KINDS = (
    (Change.TIME, lambda words: _says(words, "time")),
    (Change.ROLE, lambda words: _says(words, "role")),
    (Change.PLACE, lambda words: _says(words, "place")),
    (Change.NAME, lambda words: any(w.name for w in words)),
)
