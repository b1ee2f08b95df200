"""Words replaced, put in, or added whole → what that changes: rules in order, the first that holds."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise

from dedupe.align import sentences
from dedupe.numerals import number_of
from dedupe.phrases import Words, listed, opposed, said, says, uncovered, within
from dedupe.replies import Telling, answers, goes_on, replied, resolves, strongly, they_tell, updates
from dedupe.unsaid import articles_aside, may_go
from dedupe.voices import (
    PLEAS,
    WITHOUT_NEWS,
    closed,
    comments,
    credit,
    denies,
    feels,
    frame,
    judges,
    moved,
    objects,
    passes_on,
    quotes,
    recommends,
    speaks_of_writer,
    weighty,
    wishes,
)
from dedupe.word import Word

# In so few words `1` is an article (`1 nữ sinh`), and a year belongs to the date before it.
_FEW = 2
# Little words that are no other word without marks.
_SURE = frozenset(
    ["nha", "nhe", "nhen", "nghen", "oi", "ne", "thi", "la", "ma", "cung", "nhung", "trong", "voi"]
)
_SURE |= {
    "o",
    "tai",
    "cai",
    "chiec",
    "luc",
    "khi",
    "rat",
    "qua",
    "lam",
    "cuc",
    "nua",
    "luon",
    "theo",
    "boi",
    "ok",
}
# Say nothing of when beside what does (`vừa bắt`, `sáng nay 9/10`).
_JUST = frozenset(["vua", "nay"])


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
    ANSWERS = "answers"
    COMMENTS = "comments"
    CUT = "cut"
    MORE = "adds"
    LESS = "leaves out"


def replaced(one: Words, other: Words) -> Change:
    """What it changes that one stretch of words stands in place of another, inside a sentence."""
    return next((change for change, holds in _REPLACED if holds(one, other)), Change.WORDING)


def inserted(words: Words, edge: bool, end: bool) -> Change:
    """What words change that stand inside, or hang on, a sentence that both texts have.

    `edge`: at the beginning or the end of the text; `end`: where both texts end.
    """
    return next((change for change, holds in _INSERTED if holds(words, edge, end)), Change.LITTLE)


def _attempts(words: Words) -> bool:
    """Whether words make an attempt or an exception of what follows: `dọa đánh`, `miễn thu`."""
    return all(w.marked for w in words) and says(words, "attempt")


def kin_of(words: Words, follows: Word) -> bool:
    """Whether words before who is named make somebody else of him: `cháu anh Hùng`, `vợ ông trưởng thôn`."""
    related = listed(words[-1:], "role") or listed(words[-2:], "role")
    return related and not words[-1].last and listed((follows,), "kin")


def added(words: Words, told: Telling, leads: bool, new: bool) -> Change:
    """What whole sentences change beyond a text that tells `told`; the gravest of them counts.

    `leads`: they stand before what both texts tell. `new`: the later text has them; then they are `MORE`
    where they tell something of their own, and deny whatever they deny.
    """
    found = [(_sentence(sentence, told, leads), sentence) for sentence in sentences(words)]
    if new:
        found = [(_denied(change, sentence), sentence) for change, sentence in found]
    elif not leads and found[0][0] is Change.CUT:  # who goes on telling first goes on himself
        found = [(Change.CUT if change in _VOICES else change, sentence) for change, sentence in found]
    changes = {change for change, _ in found}
    gravest = (Change.DENIES, Change.ASKS, Change.ANSWERS, Change.COMMENTS, Change.CUT)
    change = next((c for c in gravest if c in changes), Change.NOTHING)
    of_own = [sentence for change, sentence in found if change is Change.CUT]
    if not (new and change is Change.CUT and they_tell(of_own, told, leads)):
        return change
    if not leads and all(goes_on(sentence) and not replied(sentence, told) for sentence in of_own):
        return change
    return Change.ANSWERS if any(resolves(sentence) for sentence in of_own) else Change.MORE


_VOICES = frozenset({Change.ANSWERS, Change.COMMENTS})


def told_alone(words: Words, told: Telling, leads: bool) -> Change:
    """What words change that are one whole sentence of its own: a cut, `LESS`, or `ANSWERS`.

    It may be the writer's last sentence, and it may be a correction in plain words; by its words nobody can
    know. Two sentences and more are a cut: who corrects at length says so.
    """
    if len(sentences(words)) > 1 or not they_tell([words], told, leads):
        return Change.CUT
    if replied(words, told):
        return Change.ANSWERS if strongly(words, told) else Change.LESS
    if leads:
        return Change.LESS if says(words, "below") else Change.CUT
    return Change.CUT if goes_on(words) else Change.LESS


def continued(words: Words, apart: bool) -> Change:
    """What it changes that a cut took words off in the middle of a sentence, before or behind what is left.

    They are the writer's own, unless they have a phrase of somebody else's; where no comma sets them
    `apart`, of a denial.
    """
    return next((change for change, holds in _CONTINUED if holds(words, apart)), Change.CUT)


def _denied(change: Change, sentence: Words) -> Change:
    return Change.COMMENTS if change is Change.CUT and says(sentence, "denial") else change


def _sentence(sentence: Words, told: Telling, leads: bool) -> Change:
    change = next((change for change, holds in _ADDED if holds(sentence, told, leads)), Change.CUT)
    if change is Change.NOTHING or denies(sentence) or sentence[-1].asked:
        return change
    parts = _parts(sentence)
    harmless = len(parts) > 1 and all(_sentence(part, told, leads) is Change.NOTHING for part in parts)
    return Change.NOTHING if harmless else change


def _parts(sentence: Words) -> list[Words]:
    """A sentence by its commas, and where a capital may begin another line: `Bó tay luôn Chia sẻ giúp em`."""
    pairs = enumerate(pairwise(sentence), 1)
    cuts = [at for at, (one, two) in pairs if one.pause or (two.name and not (one.name or one.first))]
    return [sentence[a:b] for a, b in pairwise([0, *cuts, len(sentence)])]


def _numbers(words: Words) -> list[str]:
    told = [words[start:stop] for start, stop in within(words, "number_words", "compounds")]
    spelt = [number_of(part[0].plain) for part in told if listed(part, "number_words")]
    return sorted([*(w.plain for w in words if w.number), *spelt])


def _units(words: Words) -> frozenset[str]:
    return said(words, "unit")


def _counts(words: Words) -> bool:
    """Whether words hold a number; `một` alone is an article, and so may be `1` in a few words."""
    told = words if len(words) > _FEW else tuple(w for w in words if not may_go(w))
    return any(w.number for w in told) or _numbers(told) not in ([], ["1"])


def _either(name: str) -> Callable[[Words, Words], bool]:
    return lambda one, other: says(one, name) or says(other, name)


def _bare_both(name: str, one: Words, other: Words) -> bool:
    """Whether words whose marks nobody typed may be phrases of a list on both sides: `hom nay`, `hom qua`."""
    bare = not any(word.marked or word.typed for word in (*one, *other))
    return bare and says(one, name) and says(other, name)


def _guessed(one: Words, other: Words) -> bool:
    """Whether both sides are little words only by marks that nobody typed: `do`, `vang`."""
    words = (*one, *other)
    if any(word.marked or word.typed for word in words):
        return False
    return any(word.plain not in _SURE for word in words)


def _asking(words: Words, edge: bool) -> bool:
    return words[-1].asked or (edge and words[-1].last and says(words[-2:], "question"))


def _within(name: str) -> Callable[[Words, bool, bool], bool]:
    return lambda words, _edge, _end: says(words, name)


_REPLACED: tuple[tuple[Change, Callable[[Words, Words], bool]], ...] = (
    (Change.NEGATION, lambda one, other: says(one, "negation") != says(other, "negation")),
    (Change.NUMBER, lambda one, other: len(set(map(tuple, map(_numbers, articles_aside(one, other))))) > 1),
    (Change.NOTHING, lambda one, other: frame(one) and frame(other)),
    (Change.TURN, opposed),
    (Change.TURN, lambda one, other: says(one, "turn") != says(other, "turn")),
    (Change.NUMBER, lambda one, other: _units(one) != _units(other) and bool(_units(one) and _units(other))),
    (Change.TIME, lambda one, other: _bare_both("time", one, other)),
    (Change.ROLE, lambda one, other: _bare_both("role", one, other)),
    (Change.NOTHING, lambda one, other: not weighty(one) and not weighty(other) and not _guessed(one, other)),
    (Change.TIME, _either("time")),
    (Change.ROLE, _either("role")),
    (Change.PLACE, _either("place")),
    (Change.NAME, lambda one, other: any(w.name for w in (*one, *other))),
    (Change.LITTLE, lambda one, other: len(one) != len(other) and not (weighty(one) and weighty(other))),
)

_INSERTED: tuple[tuple[Change, Callable[[Words, bool, bool], bool]], ...] = (
    (Change.ASKS, lambda words, _edge, end: frame(words) and end and words[-1].asked),
    (Change.DENIES, _within("deny")),
    (Change.NOTHING, lambda words, _edge, _end: frame(words)),
    (Change.NOTHING, lambda words, edge, end: edge and passes_on(words, not end)),
    (Change.DENIES, lambda words, edge, _end: edge and judges(words)),
    (Change.DENIES, _within("pointing")),
    (Change.NOTHING, lambda words, edge, _end: edge and feels(words, frozenset())),
    (Change.NEGATION, _within("negation")),
    (Change.ASKS, lambda words, edge, _end: _asking(words, edge)),
    (Change.TURN, lambda words, edge, _end: says(words, "turn") and not (edge and words[-1].last)),
    (Change.TURN, lambda words, edge, _end: not edge and _attempts(words)),
    (Change.NOTHING, lambda words, edge, _end: credit(words) and (edge or says(words[:1], "credits"))),
    (Change.NOTHING, lambda words, _edge, _end: len(words) == 1 and words[0].number and words[0].first),
    (Change.NUMBER, lambda words, edge, _end: not edge and _counts(words)),
    (Change.COMMENTS, lambda words, edge, _end: edge and (objects(words) or speaks_of_writer(words))),
    (Change.NOTHING, lambda words, edge, _end: not weighty(words) and not (edge and says(words, "answer"))),
    (Change.COMMENTS, lambda words, edge, _end: edge and comments(words)),
    (Change.CUT, lambda _words, edge, _end: edge),
    (
        Change.TIME,
        lambda words, _edge, _end: says(words, "time") and not all(w.plain in _JUST for w in words),
    ),
    (Change.ROLE, lambda words, _edge, _end: says(words, "role") and bool(uncovered(words, "kin", "filler"))),
    (Change.PLACE, _within("place")),
    (Change.NAME, lambda words, _edge, _end: any(w.name for w in words)),
)

_ADDED: tuple[tuple[Change, Callable[[Words, Telling, bool], bool]], ...] = (
    (Change.ANSWERS, lambda words, _told, leads: not leads and updates(words)),
    (Change.NOTHING, lambda words, _told, leads: passes_on(words, leads) or wishes(words)),
    (Change.DENIES, lambda words, _told, _leads: denies(words)),
    (Change.NOTHING, lambda words, _told, _leads: frame(words) or credit(words) or recommends(words)),
    (Change.DENIES, lambda words, _told, _leads: says(words, "pointing")),
    (Change.ASKS, lambda words, _told, _leads: words[-1].asked),
    (Change.DENIES, lambda words, _told, _leads: judges(words)),
    (Change.NOTHING, lambda words, told, _leads: feels(words, told.typed)),
    (Change.COMMENTS, lambda words, _told, _leads: comments(words) or moved(words)),
    (
        Change.NOTHING,
        lambda words, _told, _leads: words[0].plain in PLEAS and not uncovered(words, *WITHOUT_NEWS),
    ),
    (Change.ANSWERS, lambda words, told, _leads: answers(words, told)),
    (Change.NOTHING, lambda words, _told, _leads: not uncovered(words, *WITHOUT_NEWS)),
)

_CONTINUED: tuple[tuple[Change, Callable[[Words, bool], bool]], ...] = (
    (Change.DENIES, lambda words, apart: denies(words) or (apart and judges(words))),
    (Change.DENIES, lambda words, apart: apart and (says(words, "pointing") or quotes(words))),
    (Change.ASKS, lambda words, _apart: words[-1].asked),
    (Change.COMMENTS, lambda words, apart: apart and comments(words)),
    (Change.COMMENTS, lambda words, apart: apart and objects(words)),
    (Change.COMMENTS, lambda words, apart: apart and closed(words)),
)
