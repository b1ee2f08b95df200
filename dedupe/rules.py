"""Words replaced, put in, or added whole → what that changes: rules in order, the first that holds."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cache, cached_property
from itertools import pairwise

from dedupe.align import sentences
from dedupe.lexicon import lines, plain_phrase
from dedupe.phrases import Words, said, says, uncovered
from dedupe.reading import number_of

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An added sentence that takes up so many pairs of words of the statement speaks about it.
TAKEN_UP = 2
# Fewer words beside courtesy tell nothing of their own.
TOLD = 4
# A credit or a signature has no more words.
CREDIT = 8
SIGNATURE = 5
# What a plea begins with; `mong được lên tiếng giúp` asks the reader, and answers nobody.
_PLEAS = frozenset({"mong", "xin", "kinh", "nho", "cau", "chuc", "hay"})
# Words of these lists tell nothing of their own.
_WITHOUT_NEWS = ("filler", "frames", "around", "courtesy", "kin")


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
    MORE = "adds"


class Telling:
    """What a text tells: words that weigh and pairs of them; worked out when first asked for."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Pairs of neighbouring words that weigh."""
        weighing = [w.plain for w in weighty(self._words)]
        return frozenset(pairwise(weighing))

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that weigh."""
        return frozenset(w.plain for w in weighty(self._words))

    def said(self, name: str) -> frozenset[str]:
        """The phrases of a list that stand in the text."""
        return said(self._words, name)


def replaced(one: Words, other: Words) -> Change:
    """What it changes that one stretch of words stands in place of another, inside a sentence."""
    return next((change for change, holds in _REPLACED if holds(one, other)), Change.WORDING)


def inserted(words: Words, edge: bool, end: bool) -> Change:
    """What words change that stand inside, or hang on, a sentence that both texts have.

    `edge`: at the beginning or the end of the text; `end`: where both texts end.
    """
    return next((change for change, holds in _INSERTED if holds(words, edge, end)), Change.LITTLE)


def added(words: Words, told: Telling) -> Change:
    """What whole sentences change beyond a text that tells `told`; the gravest of them counts."""
    found = {_sentence(sentence, told) for sentence in sentences(words)}
    return next(
        (c for c in (Change.DENIES, Change.ASKS, Change.COMMENTS, Change.CUT) if c in found), Change.NOTHING
    )


def weighty(words: Words) -> Words:
    """The words that carry a statement: no particles, no frames."""
    return uncovered(words, "filler", "frames")


def frame(words: Words) -> bool:
    """Whether words are only what people put around a text that they pass on."""
    left = uncovered(words, "frames", "around", "filler")
    return not left and (says(words, "frames") or says(words, "around"))


def credit(words: Words) -> bool:
    """Whether somebody is named as the source: `Nguồn: VnExpress`, `cre Minh Anh`, or a bare name."""
    if len(words) > CREDIT or says(words, "negation"):
        return False
    signed = all(w.name or w.first for w in words[:1]) and all(w.name for w in words[1:])
    return says(words[:1], "credits") or (signed and 1 < len(words) <= SIGNATURE)


def tells(words: Words) -> bool:
    """Whether added words are enough to tell something of their own: more than courtesy and a word or two."""
    return len(uncovered(words, *_WITHOUT_NEWS)) >= TOLD


def asks(words: Words) -> bool:
    """Whether a sentence has a word that makes it a question."""
    return says(words, "question")


def _sentence(sentence: Words, told: Telling) -> Change:
    return next((change for change, holds in _ADDED if holds(sentence, told)), Change.CUT)


def _answers(sentence: Words, told: Telling) -> bool:
    """Whether an added sentence takes the statement up, or has a voice that the statement has not."""
    mine = Telling(sentence)
    if len(mine.pairs & told.pairs) >= TAKEN_UP:
        return True
    if says(sentence, "denial") and (mine.words & told.words or not sentence[-1].last):
        return True
    closing = sentence[-2:-1] if says(sentence[-1:], "kin") else sentence[-1:]  # "đó em"
    voices = ((sentence, "answer"), (sentence, "self"), (closing, "particle"))
    return any(said(part, name) - told.said(name) for part, name in voices)


def _numbers(words: Words) -> list[str]:
    return sorted(number_of(w.plain) for w in words if w.number or says((w,), "number_words"))


def _units(words: Words) -> frozenset[str]:
    return said(words, "unit")


def _counts(words: Words) -> bool:
    """Whether words hold a number; `một` alone is an article."""
    return any(w.number for w in words) or _numbers(words) not in ([], ["1"])


def _opposite(one: Words, other: Words) -> bool:
    left, right = {w.plain for w in one}, {w.plain for w in other}
    return any((a in left and b in right) or (b in left and a in right) for a, b in _opposites())


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = (line.split("|") for line in lines("opposite"))
    return tuple((plain_phrase(a), plain_phrase(b)) for a, b in pairs)


def _either(name: str) -> Callable[[Words, Words], bool]:
    return lambda one, other: says(one, name) or says(other, name)


def _asking(words: Words, edge: bool) -> bool:
    return words[-1].asked or (edge and words[-1].last and says(words[-2:], "question"))


def _within(name: str) -> Callable[[Words, bool, bool], bool]:
    return lambda words, _edge, _end: says(words, name)


_REPLACED: tuple[tuple[Change, Callable[[Words, Words], bool]], ...] = (
    (Change.NEGATION, lambda one, other: says(one, "negation") != says(other, "negation")),
    (Change.NUMBER, lambda one, other: _numbers(one) != _numbers(other)),
    (Change.NOTHING, lambda one, other: frame(one) and frame(other)),
    (Change.TURN, _opposite),
    (Change.NUMBER, lambda one, other: _units(one) != _units(other) and bool(_units(one) and _units(other))),
    (Change.NOTHING, lambda one, other: not weighty(one) and not weighty(other)),
    (Change.TIME, _either("time")),
    (Change.ROLE, _either("role")),
    (Change.PLACE, _either("place")),
    (Change.NAME, lambda one, other: any(w.name for w in (*one, *other))),
    (Change.LITTLE, lambda one, other: len(one) != len(other) and not (weighty(one) and weighty(other))),
)

_INSERTED: tuple[tuple[Change, Callable[[Words, bool, bool], bool]], ...] = (
    (Change.ASKS, lambda words, _edge, end: frame(words) and end and words[-1].asked),
    (Change.NOTHING, lambda words, _edge, _end: frame(words)),
    (Change.DENIES, _within("deny")),
    (Change.NEGATION, _within("negation")),
    (Change.ASKS, lambda words, edge, _end: _asking(words, edge)),
    (Change.TURN, lambda words, edge, _end: says(words, "turn") and not (edge and words[-1].last)),
    (Change.NOTHING, lambda words, edge, _end: credit(words) and (edge or says(words[:1], "credits"))),
    (Change.NOTHING, lambda words, _edge, _end: len(words) == 1 and words[0].number and words[0].first),
    (Change.NUMBER, lambda words, edge, _end: not edge and _counts(words)),
    (Change.NOTHING, lambda words, _edge, _end: not weighty(words)),
    (Change.COMMENTS, lambda words, edge, _end: edge and says(words, "comment")),
    (Change.CUT, lambda _words, edge, _end: edge),
    (Change.TIME, _within("time")),
    (Change.ROLE, lambda words, _edge, _end: says(words, "role") and bool(uncovered(words, "kin", "filler"))),
    (Change.PLACE, _within("place")),
    (Change.NAME, lambda words, _edge, _end: any(w.name for w in words)),
)

_ADDED: tuple[tuple[Change, Callable[[Words, Telling], bool]], ...] = (
    (Change.DENIES, lambda words, _told: says(words, "deny")),
    (Change.NOTHING, lambda words, _told: frame(words) or credit(words)),
    (Change.ASKS, lambda words, _told: words[-1].asked),
    (Change.COMMENTS, lambda words, _told: says(words, "comment")),
    (Change.NOTHING, lambda words, _told: words[0].plain in _PLEAS and not uncovered(words, *_WITHOUT_NEWS)),
    (Change.COMMENTS, _answers),
    (Change.NOTHING, lambda words, _told: not uncovered(words, *_WITHOUT_NEWS)),
)
