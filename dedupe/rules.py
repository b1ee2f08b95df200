"""Words replaced, put in, or added whole → what that changes: rules in order, the first that holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from dedupe.align import sentences
from dedupe.numerals import number_of
from dedupe.phrases import Words, listed, opposed, said, says, uncovered, within
from dedupe.unsaid import articles_aside, may_go
from dedupe.voices import (
    PLEAS,
    TELEPHONE,
    TOLD,
    WITHOUT_NEWS,
    closed,
    closings,
    comments,
    credit,
    denies,
    feels,
    frame,
    judges,
    moved,
    objects,
    own,
    owned,
    passes_on,
    quotes,
    recommends,
    speaks_of_writer,
    verdict,
    weighty,
    wishes,
)
from dedupe.word import Word

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An added sentence that takes up so many pairs of words of the statement speaks about it.
TAKEN_UP = 2
# Fewer words between two pauses are a name, a list's item, a limit.
CLAUSE = 4
# Whom a sentence is about stands behind so many words at most (`hôm qua bà con`).
LATE = 2
# In so few words `1` is an article (`1 nữ sinh`), and a year belongs to the date before it.
_FEW = 2
# Said of what goes on as often as against it (`gọi ba lần vẫn chưa thấy ai tới`).
_STILL = frozenset({"van"})
# What a clause begins with that the rest of its sentence depends on.
_CONDITIONS = frozenset(
    ["neu", "tru", "chi", "mien", "khi", "ma", "de", "vi", "do", "tuy", "du", "con", "thay"]
)
# Said of what became of a statement as often as in telling it.
_REPORTED = frozenset({"cho biet", "cho hay", "noi la", "bao la", "noi do", "bao do", "noi ro", "cho phep"})
_REPORTED |= {"hom qua", "toi qua", "hom kia", "trong ngay", "dau tuan", "chi con", "con chut", "cam ket"}
_REPORTED |= {
    f"{when} {day}" for when in ("tu", "hoi") for day in ("sang", "trua", "chieu", "toi", "hom", "dau")
}
_REPORTED |= {"tu khuya", "tu bua", "tu thang", "tu nam", "tu tuan truoc", "di ngang", "di qua", "chay qua"}
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
_POINTERS = {"do": ("đó", ""), "nay": ("này",), "kia": ("kia", ""), "ay": ("ấy", "")}
# With these a pointer says when, where or why (`trong đó`, `chủ nhật này`, `đoạn đường này`).
_NO_THINGS = frozenset(
    ["trong", "sau", "truoc", "do", "khi", "luc", "nhat", "tuan", "thang", "nam", "dot", "vi"]
)
_NO_THINGS |= {
    "duong",
    "khu",
    "doan",
    "tu",
    "ngay",
    "hom",
    "bua",
    "o",
    "tai",
    "theo",
    "nho",
    "qua",
    "den",
    "tren",
}


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

    @cached_property
    def typed(self) -> frozenset[str]:
        """Words that weigh as they are marked."""
        return frozenset(w.marked or w.plain for w in weighty(self._words))

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
    if not (new and change is Change.CUT and _tells(of_own, told, leads)):
        return change
    return Change.ANSWERS if any(_resolves(sentence) for sentence in of_own) else Change.MORE


def _resolves(sentence: Words) -> bool:
    """Whether a sentence tells what became of the statement, or points at something in it."""
    return bool(said(sentence, "resolved") - _REPORTED) or _points_back(sentence)


_VOICES = frozenset({Change.ANSWERS, Change.COMMENTS})


def told_alone(words: Words, told: Telling, leads: bool) -> Change:
    """What words change that are one whole sentence of its own: a cut, `LESS`, or `ANSWERS`.

    It may be the writer's last sentence, and it may be a correction in plain words; by its words nobody can
    know. Two sentences and more are a cut: who corrects at length says so.
    """
    if len(sentences(words)) > 1 or not _tells([words], told, leads):
        return Change.CUT
    if replied(words, told):
        return Change.ANSWERS if _strongly(words, told) else Change.LESS
    if leads:
        return Change.LESS if says(words, "below") else Change.CUT
    return Change.CUT if _goes_on(words) else Change.LESS


def _strongly(sentence: Words, told: Telling) -> bool:
    """Whether a sentence replies by more than reports do: `chủ quán cho biết`, `từ sáng`."""
    return (
        bool(said(sentence, "resolved") - _REPORTED) or _points_back(sentence) or _speaks_up(sentence, told)
    )


def _goes_on(sentence: Words) -> bool:
    """Whether a sentence tells readers what to do about the statement, whom it befalls or what an office does
    next."""
    if sentence[-1].asked or any(says(sentence, name) for name in ("deny", "verdict", "contrast")):
        return False
    pleads = sentence[0].plain in PLEAS or sentence[0].marked == "mời"
    befalls = not pleads and any(start <= LATE for start, _ in within(sentence, "crowd"))
    called = any(word.number and len(word.plain) in TELEPHONE for word in sentence)
    return befalls or called or says(sentence, "instruct") or says(sentence, "aftermath")


def tells(words: Words, told: Telling, leads: bool) -> bool:
    """Whether words before (`leads`) or behind a text tell something beyond what it tells."""
    return _tells([words], told, leads)


def continued(words: Words, apart: bool) -> Change:
    """What it changes that a cut took words off in the middle of a sentence, before or behind what is left.

    They are the writer's own, unless they have a phrase of somebody else's; where no comma sets them
    `apart`, of a denial.
    """
    return next((change for change, holds in _CONTINUED if holds(words, apart)), Change.CUT)


def replied(clause: Words, told: Telling) -> bool:
    """Whether a clause joined to the end of a text that tells `told` may be somebody's answer to it.

    It tells what became of the statement or what a check found, or has a voice that the statement has not.
    """
    resolved = says(clause, "resolved") and clause[0].plain != "du"
    if resolved or said(clause, "answer") - told.said("answer") - _STILL:
        return True
    return _points_back(clause) or _speaks_up(clause, told)


def turns_back(clause: Words) -> bool:
    """Whether a clause in the middle of a text may turn the rest of it: a condition, a limit, a denial."""
    if len(clause) < CLAUSE or clause[0].plain in _CONDITIONS or clause[-1].asked:
        return True
    against = ("deny", "verdict", "contrast", "answer", "pointing")
    return any(says(clause, name) for name in against) or says(clause[:2], "turn")


def _points_back(clause: Words) -> bool:
    """Whether a clause opens with something that it points at in the statement: `toa đó`, `người kia`."""
    return any(
        after.plain in _POINTERS and after.marked in _POINTERS[after.plain] and what.plain not in _NO_THINGS
        for what, after in pairwise(clause[:4])
    )


def _denied(change: Change, sentence: Words) -> Change:
    return Change.COMMENTS if change is Change.CUT and says(sentence, "denial") else change


def _tells(parts: Sequence[Words], told: Telling, leads: bool) -> bool:
    """Whether sentences before (`leads`) or behind a text tell something beyond what it tells."""
    return sum(map(own, parts)) >= TOLD or any(
        _about(part, told)
        or (not leads and (_bare(part) or _points_back(part)))
        or (says(part, "resolved") and (not leads or says(part, "below")))
        for part in parts
    )


def _bare(words: Words) -> bool:
    """Whether a few words tell something and speak to nobody."""
    if own(words) < 2 or (len(words) < TOLD and says(words, "kin")):  # `GVCN cô Hạnh` signs
        return False
    return not any(says(words, name) for name in ("passing", "around", "frames", "courtesy", "address"))


def _about(words: Words, told: Telling) -> bool:
    """Whether a few words say what has become of what the statement tells: `nước lại lên rồi`, `hủy rồi`."""
    mine = {w.plain for w in uncovered(words, *WITHOUT_NEWS)}
    if verdict(words) or says(words, "denial"):
        return True
    what = bool(mine & told.words) or says(words, "negation")
    return what and any(part[0].plain == "roi" for part in closings(words))


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


def _answers(sentence: Words, told: Telling) -> bool:
    """Whether an added sentence takes the statement up, or has a voice that the statement has not."""
    mine = Telling(sentence)
    if mine.taken_up(told) >= TAKEN_UP:
        return True
    if says(sentence, "denial") and (mine.words & told.words or not sentence[-1].last):
        return True
    return _said_anew(sentence, "answer", told) or _speaks_up(sentence, told)


def _updates(sentence: Words) -> bool:
    """Whether a sentence says what became of the statement since: `Cập nhật: …`, `Edit: …`."""
    label = next((stop for start, stop in within(sentence, "update") if start == 0), 0)
    return bool(label) and len(sentence) > label and sentence[label - 1].pause == ":"


def _speaks_up(sentence: Words, told: Telling) -> bool:
    """Whether somebody speaks who does not in the statement: for himself, or with a closing particle."""
    actors = [w for at, w in enumerate(sentence) if listed((w,), "self") and not owned(sentence, at)]
    if any(actor.plain not in told.said("self") for actor in actors):
        return True
    return any(_said_anew(part, "particle", told) for part in closings(sentence))


def _said_anew(words: Words, name: str, told: Telling) -> bool:
    """Whether words say a phrase of a list that the other text does not."""
    found = said(words, name)
    return bool(found) and bool(found - told.said(name))


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
    (Change.ANSWERS, lambda words, _told, leads: not leads and _updates(words)),
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
    (Change.ANSWERS, lambda words, told, _leads: _answers(words, told)),
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
