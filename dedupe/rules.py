"""Words replaced, put in, or added whole → what that changes: rules in order, the first that holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from dedupe.align import sentences
from dedupe.phrases import Words, listed, opposed, said, says, uncovered, within
from dedupe.reading import number_of

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An added sentence that takes up so many pairs of words of the statement speaks about it.
TAKEN_UP = 2
# Fewer words beside courtesy tell nothing of their own.
TOLD = 4
# Before a statement that is passed on, so many words may say from whom and to whom; so many before a colon.
LEAD_IN = 8
COLON = 5
# A credit or a signature has no more words.
CREDIT = 8
SIGNATURE = 5
# What is signed, each with a colon behind it.
_CREDITED = frozenset({"bai", "tin", "anh", "hinh", "clip", "video", "nguon", "quay", "chup", "viet", "dung"})
# What a plea begins with; `mong được lên tiếng giúp` asks the reader, and answers nobody.
_PLEAS = frozenset({"mong", "xin", "kinh", "nho", "cau", "chuc", "hay"})
# `Đề nghị phường xem lại` asks an office for its work; asked of who wrote the statement, it doubts that.
_ASKED_OF_OFFICES = frozenset({"xem lai", "kiem tra lai"})
_WRITERS = frozenset({"ban", "ad", "admin", "page", "chu", "bai", "tin", "nguon", "thong"})
# What may stand before a word for oneself where that acts (`sáng nay mình`, `mà mình`); not in `nhà mình`.
_BEFORE_ACTOR = frozenset(
    [
        "thi",
        "ma",
        "la",
        "nay",
        "qua",
        "roi",
        "sang",
        "trua",
        "chieu",
        "toi",
        "dem",
        "hom",
        "bua",
        "hoi",
        "nao",
    ]
)
# What may stand behind the particle that closes a clause: courtesy, and who is spoken to (`rồi các mẹ ơi`).
_POLITE = frozenset(["nhe", "nha", "nhen", "nghen", "hen", "a", "ne", "oi", "ha"])
_SPOKEN_TO = frozenset(["cac", "may", "moi", "nguoi", "ba", "con", "ca", "nha", "me", "mom", "bo", "ni"])
# Words of these lists tell nothing of their own.
_JOINED = frozenset({"ma khong"})  # joins what is not said of the statement (`mà không biết đăng đâu`)
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
    LESS = "leaves out"


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

    def taken_up(self, other: Telling) -> int:
        """How often a pair of words stands in both; three words in a row (`sở y tế`) are one name."""
        runs, last = [0], False
        for pair in pairwise(w.plain for w in weighty(self._words)):
            shared = pair in other.pairs
            if shared and last:
                runs[-1] += 1
            elif shared:
                runs.append(1)
            last = shared
        return sum((run + 1) // 2 for run in runs)

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


def added(words: Words, told: Telling, leads: bool, new: bool) -> Change:
    """What whole sentences change beyond a text that tells `told`; the gravest of them counts.

    `leads`: they stand before what both texts tell. `new`: the later text has them; then they are `MORE`
    where they tell something of their own, and deny whatever they deny.
    """
    found = [(_sentence(sentence, told, leads), sentence) for sentence in sentences(words)]
    if new:
        found = [(_denied(change, sentence), sentence) for change, sentence in found]
    changes = {change for change, _ in found}
    gravest = (Change.DENIES, Change.ASKS, Change.COMMENTS, Change.CUT)
    change = next((c for c in gravest if c in changes), Change.NOTHING)
    of_own = [sentence for change, sentence in found if change is Change.CUT]
    return Change.MORE if new and change is Change.CUT and _tells(of_own, told) else change


def told_alone(words: Words, told: Telling) -> bool:
    """Whether words are one whole sentence that tells something of its own.

    It may be the writer's last sentence, and it may be a correction in plain words; by its words nobody can
    know. Two sentences and more are a cut: who corrects at length says so.
    """
    return len(sentences(words)) == 1 and _tells([words], told)


def continued(words: Words, apart: bool) -> Change:
    """What it changes that a cut took words off in the middle of a sentence, before or behind what is left.

    They are the writer's own, unless they have a phrase of somebody else's; where no comma sets them
    `apart`, of a denial.
    """
    return next((change for change, holds in _CONTINUED if holds(words, apart)), Change.CUT)


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
    if sum(w.pause == ":" and w.plain in _CREDITED for w in words) > 1:  # `Bài: Thu Trang, ảnh: Hữu Danh`
        return True
    signed = all(w.name or w.first for w in words[:1]) and all(w.name for w in words[1:])
    return any(start == 0 for start, _ in within(words, "credits")) or (
        signed and 1 < len(words) <= SIGNATURE
    )


def asks(words: Words) -> bool:
    """Whether a sentence has a word that makes it a question."""
    return says(words, "question")


def _denied(change: Change, sentence: Words) -> Change:
    return Change.COMMENTS if change is Change.CUT and says(sentence, "denial") else change


def _own(words: Words) -> int:
    """How many words tell something of their own, beyond courtesy."""
    return len(uncovered(words, *_WITHOUT_NEWS))


def _tells(parts: Sequence[Words], told: Telling) -> bool:
    """Whether sentences tell something beyond a text that tells `told`."""
    return sum(map(_own, parts)) >= TOLD or any(_about(part, told) for part in parts)


def _about(words: Words, told: Telling) -> bool:
    """Whether a few words say what has become of something that the statement tells: `nước lại lên rồi`."""
    mine = {w.plain for w in uncovered(words, *_WITHOUT_NEWS)}
    return bool(mine & told.words) and any(part[0].plain == "roi" for part in _closings(words))


def passes_on(words: Words, leads: bool) -> bool:
    """Whether a sentence only says that a text is passed on, from whom, or to whom.

    Before the statement more may be said of that than behind it, where a reply would stand.
    """
    takes_up = said(words, "deny") - _JOINED or says(words, "contrast") or says(words, "answer")
    if takes_up or words[-1].asked or _comments(words):
        return False
    left = len(uncovered(words, "passing", "pointing", *_WITHOUT_NEWS))
    if says(words, "passing"):
        return left <= (LEAD_IN if leads else TOLD - 1)
    opens = leads and words[-1].pause == ":"
    return opens and left <= COLON and not says(words, "denial") and not says(words, "pointing")


def _comments(words: Words) -> bool:
    """Whether somebody who passes a text on speaks for himself; `công ty mình đã` is no voice of its own."""
    if not says(words, "comment"):
        return False
    found = [span for span in within(words, "comment", "compounds") if listed(words[slice(*span)], "comment")]
    return any(not listed(words[a : a + 1], "self") or not _owned(words, a) for a, _ in found)


def _denies(words: Words) -> bool:
    """Whether words deny or doubt; a plea that an office look again at what it does is none."""
    return any(
        found and not (found <= _ASKED_OF_OFFICES and _pleads(sentence))
        for sentence in sentences(words)
        for found in (said(sentence, "deny"),)
    )


def _pleads(sentence: Words) -> bool:
    """Whether a sentence opens with a plea, and not to the writer or about the post."""
    opens = sentence[0].plain in _PLEAS or listed(sentence[:2], "around")
    return opens and not any(w.plain in _WRITERS for w in sentence)


def _objects(words: Words) -> bool:
    """Whether words set something against a statement: contrast, and denial or an answer."""
    if not says(words, "contrast"):
        return False
    return any(says(words, name) for name in ("denial", "answer")) or _closed(words)


def _closed(words: Words) -> bool:
    """Whether a particle of replies closes a clause."""
    return any(says(part, "particle") for part in _closings(words))


def _owned(words: Words, at: int) -> bool:
    """Whether a word for oneself says whose the thing before it is, and not who acts."""
    if at == 0:
        return False
    before = words[at - 1]
    return not (before.pause or before.last or before.plain in _BEFORE_ACTOR)


def _sentence(sentence: Words, told: Telling, leads: bool) -> Change:
    return next((change for change, holds in _ADDED if holds(sentence, told, leads)), Change.CUT)


def _answers(sentence: Words, told: Telling) -> bool:
    """Whether an added sentence takes the statement up, or has a voice that the statement has not."""
    mine = Telling(sentence)
    if mine.taken_up(told) >= TAKEN_UP:
        return True
    if says(sentence, "denial") and (mine.words & told.words or not sentence[-1].last):
        return True
    if _said_anew(sentence, "answer", told):
        return True
    actors = [w for at, w in enumerate(sentence) if listed((w,), "self") and not _owned(sentence, at)]
    if any(actor.plain not in told.said("self") for actor in actors):
        return True
    return any(_said_anew(part, "particle", told) for part in _closings(sentence))


def _said_anew(words: Words, name: str, told: Telling) -> bool:
    """Whether words say a phrase of a list that the other text does not."""
    found = said(words, name)
    return bool(found) and bool(found - told.said(name))


def _closings(sentence: Words) -> list[Words]:
    """The word that closes each clause of a sentence; who is spoken to, and how, stands behind it."""
    found = []
    begin = 0
    for at, word in enumerate(sentence):
        if word.pause or word.last or at == len(sentence) - 1:
            clause = sentence[begin : at + 1]
            while len(clause) > 1 and _address(clause[-1:]):
                clause = clause[:-1]
            found.append(clause[-1:])
            begin = at + 1
    return found


def _address(words: Words) -> bool:
    return words[0].plain in _POLITE or words[0].plain in _SPOKEN_TO or says(words, "kin")


def _numbers(words: Words) -> list[str]:
    return sorted(number_of(w.plain) for w in words if w.number or says((w,), "number_words"))


def _units(words: Words) -> frozenset[str]:
    return said(words, "unit")


def _counts(words: Words) -> bool:
    """Whether words hold a number; `một` alone is an article."""
    return any(w.number for w in words) or _numbers(words) not in ([], ["1"])


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
    (Change.TURN, opposed),
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
    (Change.NOTHING, lambda words, edge, end: edge and passes_on(words, not end)),
    (Change.DENIES, _within("pointing")),
    (Change.NEGATION, _within("negation")),
    (Change.ASKS, lambda words, edge, _end: _asking(words, edge)),
    (Change.TURN, lambda words, edge, _end: says(words, "turn") and not (edge and words[-1].last)),
    (Change.NOTHING, lambda words, edge, _end: credit(words) and (edge or says(words[:1], "credits"))),
    (Change.NOTHING, lambda words, _edge, _end: len(words) == 1 and words[0].number and words[0].first),
    (Change.NUMBER, lambda words, edge, _end: not edge and _counts(words)),
    (Change.COMMENTS, lambda words, edge, _end: edge and _objects(words)),
    (Change.NOTHING, lambda words, _edge, _end: not weighty(words)),
    (Change.COMMENTS, lambda words, edge, _end: edge and _comments(words)),
    (Change.CUT, lambda _words, edge, _end: edge),
    (Change.TIME, _within("time")),
    (Change.ROLE, lambda words, _edge, _end: says(words, "role") and bool(uncovered(words, "kin", "filler"))),
    (Change.PLACE, _within("place")),
    (Change.NAME, lambda words, _edge, _end: any(w.name for w in words)),
)

_ADDED: tuple[tuple[Change, Callable[[Words, Telling, bool], bool]], ...] = (
    (Change.NOTHING, lambda words, _told, leads: passes_on(words, leads)),
    (Change.DENIES, lambda words, _told, _leads: _denies(words)),
    (Change.NOTHING, lambda words, _told, _leads: frame(words) or credit(words)),
    (Change.DENIES, lambda words, _told, _leads: says(words, "pointing")),
    (Change.ASKS, lambda words, _told, _leads: words[-1].asked),
    (Change.COMMENTS, lambda words, _told, _leads: _comments(words)),
    (
        Change.NOTHING,
        lambda words, _told, _leads: words[0].plain in _PLEAS and not uncovered(words, *_WITHOUT_NEWS),
    ),
    (Change.COMMENTS, lambda words, told, _leads: _answers(words, told)),
    (Change.NOTHING, lambda words, _told, _leads: not uncovered(words, *_WITHOUT_NEWS)),
)

_CONTINUED: tuple[tuple[Change, Callable[[Words, bool], bool]], ...] = (
    (Change.DENIES, lambda words, _apart: _denies(words)),
    (Change.DENIES, lambda words, apart: apart and says(words, "pointing")),
    (Change.ASKS, lambda words, _apart: words[-1].asked),
    (Change.COMMENTS, lambda words, apart: apart and _comments(words)),
    (Change.COMMENTS, lambda words, apart: apart and _objects(words)),
    (Change.COMMENTS, lambda words, apart: apart and _closed(words)),
)
