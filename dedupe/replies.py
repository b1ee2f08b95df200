"""Words beyond a statement → whether they may be somebody's reply to it, or are its writer's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from dedupe.phrases import Words, listed, said, says, uncovered, within
from dedupe.voices import PLEAS, TELEPHONE, TOLD, WITHOUT_NEWS, closings, own, owned, verdict, weighty

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An added sentence that takes up so many pairs of words of the statement speaks about it.
TAKEN_UP = 2
# Fewer words between two pauses are a name, a list's item, a limit.
CLAUSE = 4
# Whom a sentence is about stands behind so many words at most (`hôm qua bà con`).
LATE = 2
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


def resolves(sentence: Words) -> bool:
    """Whether a sentence tells what became of the statement, or points at something in it."""
    return bool(said(sentence, "resolved") - _REPORTED) or _points_back(sentence)


def strongly(sentence: Words, told: Telling) -> bool:
    """Whether a sentence replies by more than reports do: `chủ quán cho biết`, `từ sáng`."""
    return (
        bool(said(sentence, "resolved") - _REPORTED) or _points_back(sentence) or _speaks_up(sentence, told)
    )


def goes_on(sentence: Words) -> bool:
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
    return they_tell([words], told, leads)


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


def they_tell(parts: Sequence[Words], told: Telling, leads: bool) -> bool:
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


def answers(sentence: Words, told: Telling) -> bool:
    """Whether an added sentence takes the statement up, or has a voice that the statement has not."""
    mine = Telling(sentence)
    if mine.taken_up(told) >= TAKEN_UP:
        return True
    if says(sentence, "denial") and (mine.words & told.words or not sentence[-1].last):
        return True
    return _said_anew(sentence, "answer", told) or _speaks_up(sentence, told)


def updates(sentence: Words) -> bool:
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
