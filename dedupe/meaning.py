"""Words that two texts do not share → what they change: nothing, a named part of the meaning, or who speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property

from dedupe.align import Block, sentences
from dedupe.lexicon import lines, plain_phrase
from dedupe.phrases import Words, says, uncovered
from dedupe.reading import Word, number_of

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An addition of fewer words hangs on the sentence it stands beside, and turns it.
SHORT_ADDITION = 6
# Fewer words are a heading or a name, not a statement.
SENTENCE = 3
# An added sentence that takes up so many pairs of words of the statement speaks about it.
TAKEN_UP = 2


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


class Telling:
    """What a text tells, as pairs of neighbouring words that weigh; worked out when first asked for."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Pairs of neighbouring words that weigh."""
        weighty = [w.plain for w in _weighty(self._words)]
        return frozenset(zip(weighty, weighty[1:], strict=False))

    def says(self, name: str) -> bool:
        """Whether a phrase of a list stands in the text."""
        return says(self._words, name)

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that weigh."""
        return frozenset(w.plain for w in _weighty(self._words))


def changes(block: Block, told: tuple[Telling, Telling]) -> list[Difference]:
    """What one block changes, given what both texts tell; two answers where it is a cut beside an addition."""
    one, other, edge = block.earlier, block.later, block.start or block.end
    if one and other and (one[0].first != other[0].first or _other_sentences(one, other) or _framed(block)):
        return [
            *changes(replace(block, later=(), whole=one[0].first and one[-1].last, edge=block.end), told),
            *changes(
                replace(block, earlier=(), whole=other[0].first and other[-1].last, edge=block.end), told
            ),
        ]
    if one and other:
        return [Difference(block, _replaced(one, other), max(len(one), len(other)))]
    words = one or other
    lone = block.whole or (block.edge and len(words) >= SHORT_ADDITION)
    change = _addition(words, told[1] if one else told[0]) if lone else _inserted(words, block)
    return [Difference(block, change, len(words))]


def _framed(block: Block) -> bool:
    """Whether at an end of both texts a frame or a credit stands where the other has something else."""
    sides = (block.earlier, block.later)
    return (block.start or block.end) and any(_frame(side) or _credit(side) for side in sides)


def _other_sentences(one: Words, other: Words) -> bool:
    """Whether whole sentences stand in place of others that they share no word with."""
    bounded = all(words[0].first and words[-1].last and len(words) >= SENTENCE for words in (one, other))
    return bounded and not {w.plain for w in one} & {w.plain for w in other}


def remarked(one: Word, other: Word) -> Difference:
    """What it changes that a word is marked otherwise: a slip, unless one of the two is a word that matters."""
    change = _replaced((one,), (other,))
    named = one.name and other.name
    change = (
        Change.NAME
        if named
        else change
        if change in (Change.NEGATION, Change.NUMBER, Change.ROLE)
        else Change.LITTLE
    )
    return Difference(Block((one,), (other,)), change, 1)


def _replaced(one: Words, other: Words) -> Change:
    """One stretch of words in place of another, inside a sentence."""
    both = (one, other)
    if any(says(words, "negation") for words in both) and says(one, "negation") != says(other, "negation"):
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
    if (not left or not right) and len(one) != len(other):
        return Change.LITTLE
    return Change.WORDING


def _inserted(words: Words, block: Block) -> Change:
    """A stretch of words that one text has inside, or hanging on, a sentence that both have."""
    if _frame(words):
        return Change.ASKS if words[-1].asked and block.end else Change.NOTHING
    if says(words, "deny"):
        return Change.DENIES
    if says(words, "negation"):
        return Change.NEGATION
    if _asks(words, block):
        return Change.ASKS
    tail = block.edge and words[-1].last
    if says(words, "turn") and not tail:
        return Change.TURN
    if _credit(words) and (block.edge or words[0].plain in _CREDITS):
        return Change.NOTHING
    if len(words) == 1 and words[0].number and words[0].first:
        return Change.NOTHING
    if not block.edge and (_numbers(words) not in ([], ["1"]) or any(w.number for w in words)):
        return Change.NUMBER
    if not _weighty(words):
        return Change.NOTHING
    if block.edge:
        return Change.COMMENTS if says(words, "comment") else Change.CUT
    for change, test in _KINDS:
        if test(words) and not (change is Change.ROLE and _says_only(words, "kin")):
            return change
    return Change.LITTLE


def _addition(words: Words, told: Telling) -> Change:
    """What whole sentences beyond the other text, which tells `told`, do; the worst of them counts."""
    found = [_added(sentence, told) for sentence in sentences(words)]
    for change in (Change.DENIES, Change.ASKS, Change.COMMENTS, Change.CUT):
        if change in found:
            return change
    return Change.NOTHING


def _added(sentence: Words, told: Telling) -> Change:
    if says(sentence, "deny"):
        return Change.DENIES
    if _frame(sentence) or _credit(sentence):
        return Change.NOTHING
    if sentence[-1].asked:
        return Change.ASKS
    if says(sentence, "comment"):
        return Change.COMMENTS
    if _answers(sentence, told):
        return Change.COMMENTS
    if not _weighty(sentence):
        return Change.NOTHING
    return Change.CUT


def _answers(sentence: Words, told: Telling) -> bool:
    """Whether an added sentence takes the statement up, or has a voice that the statement has not."""
    mine = Telling(sentence)
    if len(mine.pairs & told.pairs) >= TAKEN_UP:
        return True
    if says(sentence, "denial") and (mine.words & told.words or not sentence[-1].last):
        return True
    return any(
        says(part, name) and not told.says(name)
        for part, name in ((sentence, "answer"), (sentence, "self"), (sentence[-1:], "particle"))
    )


def asks(words: Words) -> bool:
    """Whether a sentence has a word that makes it a question."""
    return says(words, "question")


def _says_only(words: Words, name: str) -> bool:
    return not uncovered(words, name, "filler")


def _weighty(words: Words) -> Words:
    return uncovered(words, "filler", "frames")


def _frame(words: Words) -> bool:
    return not uncovered(words, "frames", "filler") and says(words, "frames")


def _credit(words: Words) -> bool:
    """Who is named as the source: `Nguồn: VnExpress`, `theo báo Tuổi Trẻ`, `cre Minh Anh`, or a bare name."""
    if len(words) > 8 or says(words, "negation"):
        return False
    return words[0].plain in _CREDITS or (
        all(w.name or w.first for w in words[:2] if not w.number)
        and all(w.name for w in words[1:])
        and 1 < len(words) <= 5
    )


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
    return says((word,), "number_words")


def _asks(words: Words, block: Block) -> bool:
    if words[-1].asked:
        return True
    return block.edge and words[-1].last and says(words[-2:], "question")


def _opposite(one: Words, other: Words) -> bool:
    left, right = {w.plain for w in one}, {w.plain for w in other}
    return any((a in left and b in right) or (b in left and a in right) for a, b in _opposites())


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = (line.split("|") for line in lines("opposite"))
    return tuple((plain_phrase(a), plain_phrase(b)) for a, b in pairs)


_KINDS: tuple[tuple[Change, Callable[[Words], bool]], ...] = (
    (Change.TIME, lambda words: says(words, "time")),
    (Change.ROLE, lambda words: says(words, "role")),
    (Change.PLACE, lambda words: says(words, "place")),
    (Change.NAME, lambda words: any(w.name for w in words)),
)
