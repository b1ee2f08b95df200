"""Two readings → how like they are, how the later relates to the earlier, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from dedupe.align import LONGEST_BLOCK, Alignment, Block, align, sentences
from dedupe.effort import TooMuch
from dedupe.meaning import SPEAKS, TURNS, Difference, changes, remarked
from dedupe.moved import passages, settle_moves
from dedupe.phrases import Words, uncovered
from dedupe.reading import Reading
from dedupe.replies import Telling
from dedupe.rules import Change
from dedupe.spelling import slip_of_the_finger
from dedupe.voices import asks, own
from sangtin.post import Relation

# Chosen on the tables of tests/dedupe and tests/bench/copies.py (docs/decisions/0004-copies.md).
UNLIKE = 0.4
SAME_WORDS = 0.6
FEW_WORDS = 0.4
CLUSTERED = 0.5
QUOTED = 0.6
LEAST_PART = 0.2
LITTLE = 0.15
LONG_TEXT = 60
SMALL_PART = 0.15
SLOT = 6
# A heading put in place of another has at most so many words.
HEADING = 24
REWORDED = 0.03
# Two texts that each tell a word or more beyond what both do are two statements.
OF_ITS_OWN = 1
# So many words of one meaning are listed for each that is not, where a text is retold.
RETOLD = 2
LIGHT = 2
# A clause of so many words that stands elsewhere is the same one where it shares that part of the longer.
ELSEWHERE = 5
ITSELF = 0.75
MOST_MOVED = 4
# A reply to a long text has no more words.
REPLY = 16
# In a long text so many words at least say something that others may stand for.
SAID = 3
# What is gone stands for what has come at most so many words away.
NEAR = 12
# `Dự kiến`, `được cho là`: so few words turn a sentence, more are a sentence of their own.
HEDGE = 3
TOO_MUCH = "too long or too repetitive to compare word by word"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a later text relates to an earlier one; `ORIGINAL` where they are unlike.

    `similarity`: Jaccard of character shingles; `containment`: of the shorter in the longer; both in [0, 1].
    `differences`: the word difference, each with what it changes.
    """

    similarity: float
    containment: float
    relation: Relation
    reason: str
    differences: tuple[Difference, ...] = ()

    @staticmethod
    def same() -> Comparison:
        """Two texts of the same words."""
        return Comparison(1.0, 1.0, Relation.EXACT, "the same words")


def likeness(earlier: Reading, later: Reading) -> tuple[float, float]:
    """(Jaccard similarity, containment of the shorter in the longer)."""
    shared = len(earlier.shingles & later.shingles)
    either = len(earlier.shingles) + len(later.shingles) - shared
    shorter = min(len(earlier.shingles), len(later.shingles))
    return (shared / either if either else 0.0, shared / shorter if shorter else 0.0)


def compare(earlier: Reading, later: Reading) -> Comparison:
    """Compare two texts, the earlier one first."""
    similarity, containment = likeness(earlier, later)
    if similarity < UNLIKE and containment < CLUSTERED:
        return Comparison(similarity, containment, Relation.ORIGINAL, "unlike")
    if similarity < SAME_WORDS and _few_words(earlier.words, later.words):
        return Comparison(similarity, containment, Relation.ORIGINAL, "few words in common")
    try:
        return _word_by_word(earlier, later, (similarity, containment))
    except TooMuch:
        relation = Relation.VARIANT if _clustered(similarity, containment) else Relation.ORIGINAL
        return Comparison(similarity, containment, relation, TOO_MUCH)


def _word_by_word(earlier: Reading, later: Reading, likeness: tuple[float, float]) -> Comparison:
    similarity, containment = likeness
    alignment = align(earlier.words, later.words)
    shorter = min(len(earlier.words), len(later.words))
    if alignment.shared < SAME_WORDS * shorter and similarity >= SAME_WORDS:
        alignment = replace(alignment, shared=alignment.shared + passages(alignment.blocks))
    if alignment.shared < SAME_WORDS * shorter and similarity >= SAME_WORDS:
        return Comparison(similarity, containment, Relation.VARIANT, "the same words in another order")
    if not shorter or alignment.shared < SAME_WORDS * shorter:
        return Comparison(similarity, containment, Relation.ORIGINAL, "few words in common")
    found = differences(earlier.words, later.words, alignment)
    lengths = len(earlier.words), len(later.words)
    found = tuple(d for d in found if not _retells(d)) if _reworded(found, alignment.retold) else found
    relation, reason = _verdict(found, likeness, lengths, alignment.shared)
    return Comparison(similarity, containment, relation, reason, found)


def _reworded(found: Sequence[Difference], retold: int) -> bool:
    """Whether a text is retold: for each word put for another there are two that are known to mean the same.

    Who changes what a post says leaves the rest of it as it was.
    """
    put = sum(d.change is Change.WORDING for d in found)
    return 0 < RETOLD * put <= retold


def _retells(difference: Difference) -> bool:
    """Whether words of little weight stand for one another."""
    if difference.change is not Change.WORDING:
        return False
    sides = difference.block.earlier, difference.block.later
    return all(len(side) <= LIGHT and not uncovered(side, "light") for side in sides)


def _clustered(similarity: float, containment: float) -> bool:
    return similarity >= CLUSTERED or containment >= QUOTED


def _few_words(earlier: Words, later: Words) -> bool:
    """Whether so few words are in both that no alignment could find enough; cheap to know."""
    one, other = Counter(w.plain for w in earlier), Counter(w.plain for w in later)
    return (one & other).total() < FEW_WORDS * min(len(earlier), len(later))


def differences(earlier: Words, later: Words, alignment: Alignment) -> tuple[Difference, ...]:
    """What every block, move and word marked otherwise changes; what changes nothing is left out."""
    alignment = _paired(alignment)
    blocks, moves = settle_moves(alignment.blocks)
    told = Telling(earlier), Telling(later)
    found = [difference for block in blocks for difference in changes(block, told)]
    found = _wrapped(found)
    found += [Difference(Block(words, words), Change.ORDER, len(words)) for words, turns in moves if turns]
    found += [remarked(one, other) for one, other in alignment.remarked]
    found += _asked_instead(earlier, later, found)
    return tuple(d for d in found if d.change is not Change.NOTHING)


def _paired(alignment: Alignment) -> Alignment:
    """A clause that stands elsewhere, a little edited, compared with itself: not one gone and one come."""
    blocks, remarked = list(alignment.blocks), list(alignment.remarked)
    gone = [block for block in blocks if block.clause and len(block.earlier) >= ELSEWHERE]
    come = [block for block in blocks if block.clause and len(block.later) >= ELSEWHERE]
    for one, other in product(gone[:MOST_MOVED], come[:MOST_MOVED]):
        if one not in blocks or other not in blocks:
            continue
        longer = max(len(one.earlier), len(other.later))
        if max(len(one.earlier), len(other.later)) > LONGEST_BLOCK:
            continue
        inner = align(one.earlier, other.later)
        if inner.shared >= ITSELF * longer:
            blocks.remove(other)
            place = blocks.index(one)
            blocks[place : place + 1] = [
                replace(b, edge=False, start=False, end=False, at=one.at) for b in inner.blocks
            ]
            remarked += inner.remarked
    return replace(alignment, blocks=tuple(blocks), remarked=tuple(remarked))


def _wrapped(found: list[Difference]) -> list[Difference]:
    """Words before and behind the earlier text's sentence that the later has are words around a quotation.

    The other way round they are what a cut at both ends left off, unless they deny or comment themselves.
    """
    hung = [d for d in found if d.change is Change.CUT and d.block.hangs(1)]
    if any(d.block.opens for d in hung) and any(not d.block.opens for d in hung):
        return [replace(d, change=Change.COMMENTS) if d in hung else d for d in found]
    return found


def _asked_instead(earlier: Words, later: Words, found: Sequence[Difference]) -> list[Difference]:
    """A statement that became a question by its mark alone."""
    marked = [any(w.asked for w in words) for words in (earlier, later)]
    if marked[0] == marked[1] or any(d.change is Change.ASKS for d in found):
        return []
    asking = earlier if marked[0] else later
    last = next(i for i, w in enumerate(asking) if w.asked)
    if asks(asking[max(0, last - 12) : last + 1]):
        return []
    return [Difference(Block(earlier[-1:], later[-1:]), Change.QUESTION, 1)]


def _verdict(
    found: Sequence[Difference], likeness: tuple[float, float], lengths: tuple[int, int], shared: int
) -> tuple[Relation, str]:
    """Near, variant, quotes or unlike, with the reasons named."""
    similarity, containment = likeness
    clustered = _clustered(similarity, containment)
    turned = [d for d in found if d.change in TURNS and not _tolerated(d, shared)]
    speaks = [d for d in found if d.change in SPEAKS and not _tolerated(d, shared)]
    if turned or speaks:
        if not clustered:
            return Relation.ORIGINAL, _named([*turned, *speaks])
        quotes = bool(speaks) and lengths[1] > lengths[0] and containment >= QUOTED
        return (Relation.QUOTES if quotes and len(turned) <= len(speaks) else Relation.VARIANT), _named(
            [*speaks, *turned]
        )
    another = _worded_otherwise(found, min(lengths), shared)
    if another:
        return (Relation.VARIANT if clustered else Relation.ORIGINAL), _named(another)
    if shared < LEAST_PART * max(lengths):
        return (Relation.QUOTES if lengths[1] > lengths[0] else Relation.VARIANT), "a small part of the other"
    return Relation.NEAR, _named(found) or "the same statement"


def _worded_otherwise(found: Sequence[Difference], shorter: int, shared: int) -> Sequence[Difference]:
    """The differences that together make another statement, though none of them turns it."""
    reworded = [d for d in found if d.change is Change.WORDING]
    little = [d for d in found if d.change is Change.LITTLE]
    tolerated = all(map(_slip, reworded))
    if reworded and (not tolerated or sum(d.words for d in reworded) > REWORDED * shared):
        return reworded
    inside = [d for d in found if not d.block.edge]
    if _exchanged(inside, SAID):
        return inside
    if (shared < LONG_TEXT and _exchanged(little, 1)) or sum(d.words for d in little) > max(
        1, LITTLE * shorter
    ):
        return little
    return found if shared < LONG_TEXT and _each_its_own(found) else ()


def _exchanged(little: Sequence[Difference], least: int) -> bool:
    """Whether so many words that are gone, at least, may stand for as many that have come near by."""
    gone = [d.block.at for d in little if not d.block.later and d.words >= least]
    come = [d.block.at for d in little if not d.block.earlier and d.words >= least]
    return any(abs(one - other) <= NEAR for one in gone for other in come)


def _each_its_own(found: Sequence[Difference]) -> bool:
    """Whether both texts go on beyond what they have in common, as two reviews that open alike do."""
    ends = [d.block for d in found if d.change is Change.CUT]
    sides = [block.earlier for block in ends], [block.later for block in ends]
    return all(sum(map(own, side)) >= OF_ITS_OWN for side in sides)


def _slip(difference: Difference) -> bool:
    """Whether words in place of others may be the same ones, mistyped."""
    sides = (difference.block.earlier, difference.block.later)
    return slip_of_the_finger(*("".join(w.plain for w in side) for side in sides))


def _tolerated(difference: Difference, shared: int) -> bool:
    """In a long text, what is put in or left out contradicts nothing; what stands in its place does."""
    if shared < LONG_TEXT or difference.change is Change.LESS:
        return shared >= LONG_TEXT
    hedges = difference.change is Change.TURN and difference.words <= HEDGE
    another = difference.change is Change.ROLE and difference.words <= SLOT  # `nguyên trưởng khoa`
    if (
        difference.words > SMALL_PART * shared
        or _spoken(difference)
        or hedges
        or another
        or _replies(difference)
    ):
        return False
    if difference.change is Change.ORDER:
        return False
    block = difference.block
    if difference.change is Change.NEGATION:
        return difference.words > HEADING
    return not (block.earlier and block.later) or _heading(block)


_SPOKEN = frozenset({Change.ASKS, Change.ANSWERS, Change.COMMENTS})


def _spoken(difference: Difference) -> bool:
    """Whether words deny, or answer, ask or comment; of those that the earlier text alone has, a few.

    A long sentence that is gone from a long text is its writer's own: who replies is short.
    """
    if difference.change is Change.DENIES:
        return True
    return difference.change in _SPOKEN and (bool(difference.block.later) or difference.words <= REPLY)


def _heading(block: Block) -> bool:
    """Whether a heading or a signature, a sentence of its own in both texts, stands in place of another."""
    sides = block.earlier, block.later
    if max(map(len, sides)) <= SLOT:
        return False
    return (block.start and all(side[-1].last for side in sides)) or (
        block.end and all(side[0].first for side in sides)
    )


def _replies(difference: Difference) -> bool:
    """Whether one sentence that the later text has behind the other tells something: it may be an answer."""
    block = difference.block
    behind = bool(block.later) and block.end and (block.whole or block.apart)
    return behind and difference.change is Change.MORE and len(sentences(block.later)) == 1


def _named(found: Sequence[Difference], limit: int = 3) -> str:
    return "; ".join(str(d) for d in found[:limit])
