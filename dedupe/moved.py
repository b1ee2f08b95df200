"""Blocks that differ → what is left of them without what only stands elsewhere, and the moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dedupe.align import Block
from dedupe.effort import Effort, Matcher
from dedupe.phrases import Words, says, uncovered
from dedupe.spelling import alike
from dedupe.voices import TELEPHONE
from dedupe.word import Word

# A run this long that stands elsewhere is a passage moved, not two parties exchanged.
PASSAGE = 8
# Parties are exchanged within a sentence: their blocks are at most so many blocks apart.
NEIGHBOURS = 3
# What looking at two blocks costs, in the steps of an effort.
LOOK = 50
# A clause has so many words at least.
CLAUSE = 3
# Runs whose product is longer are not looked at for what is otherwise spelt.
SPELT = 600
# What an hour or a date counts in.
_CLOCK = frozenset(["gio", "phut", "ngay", "thang"])
# What `qua`, `này`, `sau` are said of.
_SPANS = frozenset(["tuan", "thang", "nam", "dem", "hom", "bua"])
# Beside one of these an hour or a date is an end of a span.
_ENDS = frozenset(["den", "toi"])
# Words that begin an adverbial, which may stand before or after what it modifies.
_ADVERBIAL = frozenset(
    [
        "tai",
        "o",
        "tren",
        "trong",
        "vao",
        "luc",
        "hom",
        "sang",
        "trua",
        "chieu",
        "toi",
        "dem",
        "ngay",
        "khi",
        "vi",
        "do",
        "de",
        "nay",
        "theo",
    ]
)

# Words that begin one only where a comma sets it apart (`giữa trưa nắng, ...`, but `giữa xe tải và xe máy`).
_APART = frozenset(["giua", "tu", "suot", "hoi", "bua", "may", "moi", "khoang", "sau", "truoc"])


def settle_moves(blocks: Sequence[Block]) -> tuple[list[Block], list[tuple[Words, bool]]]:
    """Take what was moved out of the blocks. Returns what is left, and moves as (words, turns)."""
    left = list(blocks)
    effort = Effort()
    moves: list[tuple[Words, bool]] = []
    ways: list[tuple[int, int]] = []
    spans: set[int] = set()  # moves that may exchange the ends of a span (`từ 7h đến 19h`)
    for i in range(len(left)):
        for j in range(len(left)):
            if i == j:
                continue
            while left[i].earlier and left[j].later:
                run = _shared(left[i].earlier, left[j].later, abs(i - j) > NEIGHBOURS, effort)
                if run is None:
                    break
                a, b, size = run
                words = left[i].earlier[a : a + size]
                other = left[j].later[b : b + size]
                sides = (
                    _bounds(left[i].earlier, a, size, left[i].apart),
                    _bounds(left[j].later, b, size, left[j].apart),
                )
                if any(word.plain in _ENDS for word in (*left[i].earlier, *left[j].later)):
                    spans.add(len(moves))
                moves.append((words, _turns(words, other) and not _clause(words, other, sides)))
                ways.append((i, j))
                left[i] = replace(left[i], earlier=left[i].earlier[:a] + left[i].earlier[a + size :])
                left[j] = replace(left[j], later=left[j].later[:b] + left[j].later[b + size :])
    for at, (i, j) in enumerate(ways):
        if (j, i) in ways and not _whole(moves[at][0]):
            moves[at] = (moves[at][0], True)  # they took each other's place, however long one of them is
    timed = [at for at, (words, turns) in enumerate(moves) if turns and at not in spans and _when(words)]
    if len(timed) == 1:  # with another it may have changed places
        moves[timed[0]] = (moves[timed[0]][0], False)
    return [block for block in left if block.earlier or block.later], moves


def passages(blocks: Sequence[Block]) -> int:
    """How many words of the blocks stand in both texts, in passages long enough to have been moved whole."""
    _, moves = settle_moves(blocks)
    return sum(len(words) for words, turns in moves if len(words) >= PASSAGE and not turns)


def _shared(one: Words, other: Words, far: bool, effort: Effort) -> tuple[int, int, int] | None:
    """The longest run that both have: (start, start, width); None where it says nothing."""
    effort.spend(LOOK)
    mine, their = [w.plain for w in one], _respelt(one, other)
    match = Matcher(mine, their, effort).find_longest_match()
    if match.size < (PASSAGE if far else 1):
        return None
    if match.size == 1:
        return _single(one, their)
    chance = match.size < PASSAGE / 2 and match.size * 2 < min(len(one), len(other))
    return None if chance else (match.a, match.b, match.size)


def _respelt(one: Words, other: Words) -> list[str]:
    """The other words, each as the one of these is spelt that it is; long runs as they are."""
    if len(one) * len(other) > SPELT:
        return [w.plain for w in other]
    told = {w.plain for w in one}
    return [
        w.plain if w.plain in told else next((x.plain for x in one if alike(x, w)), w.plain) for w in other
    ]


def _single(one: Words, their: Sequence[str]) -> tuple[int, int, int] | None:
    """One word that both have and that weighs; in longer blocks a word is shared by chance."""
    if min(len(one), len(their)) > 2:
        return None
    for at, word in enumerate(one):
        if word.plain in their and (_weighty((word,)) or says((word,), "self")):
            return at, list(their).index(word.plain), 1
    return None


def _turns(one: Words, other: Words) -> bool:
    """Whether a run that stands elsewhere exchanges parties: part of a sentence, and no adverbial."""
    if len(one) >= PASSAGE or _whole(one) or _whole(other):
        return False
    if len(one) == 1 and says(one, "self"):
        return True
    adverbial = one[0].plain in _ADVERBIAL or not uncovered(one, "filler", "time")
    if one[0].plain in _APART and any(run[0].first and run[-1].pause for run in (one, other)):
        return False
    return not adverbial and (bool(_weighty(one)) or _inside(one) or _inside(other))


def _bounds(words: Words, start: int, size: int, apart: bool) -> bool:
    """Whether a run of a block's words is set apart on both sides by what parts clauses."""
    begins = words[start].first or (_pauses(words[start - 1]) if start else apart)
    return begins and _pauses(words[start + size - 1])


def _pauses(word: Word) -> bool:
    return bool(word.pause) or word.last


def _clause(one: Words, other: Words, bounded: tuple[bool, bool]) -> bool:
    """Whether a run is a clause in both texts, one that opens its sentence included, or whom to call."""
    if any(word.number and len(word.plain) in TELEPHONE for word in one):
        return True
    whole = [side or run[0].first for side, run in zip(bounded, (one, other), strict=True)]
    return len(one) >= CLAUSE and any(bounded) and all(whole)


def _when(words: Words) -> bool:
    """Whether words are an hour, a date or a span of time: numbers or words for when, and what they count."""
    said = [w for w in uncovered(words, "filler", "time") if not w.number and w.plain not in _SPANS]
    counted = {w.plain for w in words}
    numbered = any(w.number for w in words) and bool(counted & _CLOCK)
    return not said and (numbered or (bool(counted & _SPANS) and says(words, "time")))


def _inside(words: Words) -> bool:
    """Whether a frame (`cảm ơn`) stands where no frame does, and is the statement's verb."""
    return len(words) > 1 and not words[0].first and not words[-1].last and bool(uncovered(words, "filler"))


def _whole(words: Words) -> bool:
    return len(words) > 2 and words[0].first and words[-1].last


def _weighty(words: Words) -> Words:
    return uncovered(words, "filler", "frames")
