"""Blocks in which two texts differ → differences: what each changes, in how many words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dedupe.align import Block, sentences
from dedupe.phrases import Words, says, uncovered
from dedupe.replies import Telling, replied, tells, turns_back
from dedupe.rules import Change, added, continued, inserted, kin_of, replaced, told_alone
from dedupe.voices import WITHOUT_NEWS, credit, frame, passes_on
from dedupe.word import Word

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# An addition of fewer words hangs on the sentence it stands beside, and turns it.
SHORT_ADDITION = 6
# Fewer words are a heading or a name, not a statement.
SENTENCE = 3
# Fewer words behind a comma hang on what stands before it (`điện cúp, hết rồi`).
WHOLE_CLAUSE = 4

# Who borrows and rents takes; with `cho` before it, he gives.
_LENT = frozenset(["vay", "vai", "thue", "muon"])

# What speaks about the statement instead of making it.
SPEAKS = frozenset({Change.DENIES, Change.ASKS, Change.ANSWERS, Change.COMMENTS, Change.MORE, Change.LESS})
# What makes another statement of it.
TURNS = frozenset(Change) - SPEAKS - {Change.NOTHING, Change.LITTLE, Change.WORDING, Change.CUT}
_GRAVEST = (Change.DENIES, Change.ASKS, Change.ANSWERS, Change.COMMENTS, Change.MORE, Change.CUT)


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


def changes(block: Block, told: tuple[Telling, Telling]) -> list[Difference]:
    """What one block changes, given what both texts tell; two answers for a cut beside an addition."""
    one, other = block.earlier, block.later
    if one and other and _apart(block):
        edge = block.start or block.end
        left = replace(block, later=(), edge=edge, whole=one[0].first and one[-1].last)
        right = replace(block, earlier=(), edge=edge, whole=other[0].first and other[-1].last)
        return [*changes(left, told), *changes(right, told)]
    if one and other:
        change = Change.TURN if _lends(one, block) != _lends(other, block) else replaced(one, other)
        return [Difference(block, change, max(len(one), len(other)))]
    block = _unlabelled(block)
    words = block.earlier or block.later
    return [Difference(block, _alone(block, told[1] if one else told[0]), len(words))]


def _unlabelled(block: Block) -> Block:
    """Words before a text without the label that they begin with, where they run on: `COPY: phó …`."""
    words = block.earlier or block.later
    if not block.edge or block.end or block.whole or words[-1].last or words[-1].pause:
        return block
    at = next((at for at, word in enumerate(words[:-1], 1) if word.pause == ":"), 0)
    if not at or not (frame(words[:at]) or credit(words[:at]) or passes_on(words[:at], leads=True)):
        return block
    rest = words[at:]
    return replace(block, earlier=rest) if block.earlier else replace(block, later=rest)


def _alone(block: Block, told: Telling) -> Change:
    """What words change that one text alone has, the other telling `told`."""
    change = _lone(block, told)
    hung = block.edge and block.end and block.apart and not block.whole
    if not hung:
        return change
    clause = sentences(block.earlier or block.later)[0]
    if (
        change is Change.NEGATION
        and block.earlier
        and len(clause) >= WHOLE_CLAUSE
        and not says(clause, "denial")
    ):
        change = Change.CUT  # what went on behind the comma negates itself at most (`quá hạn coi như bỏ`)
    return Change.ANSWERS if change is Change.CUT and replied(clause, told) else change


def _lone(block: Block, told: Telling) -> Change:
    words = block.earlier or block.later
    if block.earlier and not (block.edge or block.whole) and block.clause and not turns_back(words):
        return Change.CUT
    leads = block.edge and not block.end
    if not block.whole and not (block.edge and len(words) >= SHORT_ADDITION):
        return _inside(block, told, leads)
    if block.earlier and not block.whole:
        return _cut(block, told, leads)
    if block.whole or not leads:
        return _sentences(block, told, leads)
    # Whole sentences that the later text puts before one of both, with words that join them to it.
    parts = sentences(words)
    before = tuple(word for part in parts[:-1] for word in part)
    changes = [added(before, told, leads, new=True)] if before else []
    changes.append(added(parts[-1], told, leads, new=False))
    return next((c for c in _GRAVEST if c in changes), Change.NOTHING)


def _hung(block: Block) -> bool:
    """Whether the later text hangs words on the end of a sentence of both, set apart by a comma."""
    return bool(block.later) and block.edge and block.end and not block.whole and block.apart


def _inside(block: Block, told: Telling, leads: bool) -> Change:
    """What words change inside a sentence of both, or a few that hang on it."""
    words = block.earlier or block.later
    change = inserted(words, block.edge, block.end)
    if block.follows and not words[-1].pause:
        if kin_of(words, block.follows):
            return Change.ROLE
        if _lends(words, block):
            return Change.TURN
    return Change.MORE if _hung(block) and change is Change.CUT and tells(words, told, leads) else change


def _lends(words: Words, block: Block) -> bool:
    """Whether words make who borrows, before whom they stand, a lender."""
    return words[-1].plain == "cho" and block.follows is not None and block.follows.plain in _LENT


def _sentences(block: Block, told: Telling, leads: bool) -> Change:
    """What whole sentences change, or a clause that hangs on the end."""
    words = block.earlier or block.later
    change = added(words, told, leads, bool(block.later) and (block.whole or _hung(block)))
    if not block.earlier or change is not Change.CUT:
        return change
    if block.edge:
        return told_alone(words, told, leads)
    return Change.ANSWERS if len(sentences(words)) == 1 and replied(words, told) else change


def _cut(block: Block, told: Telling, leads: bool) -> Change:
    """What it changes that a cut took off: part of a sentence of both, and whole ones behind or before it."""
    parts = sentences(block.earlier)
    whole = parts[:-1] if leads else parts[1:]
    beside = parts[-1] if leads else parts[0]
    if block.apart and added(beside, told, leads, new=False) is Change.NOTHING:
        change = Change.CUT  # who passes a text on says so before a colon, too
    else:
        change = continued(beside, block.apart)
    if change is not Change.CUT or not whole:
        return change
    words = tuple(word for part in whole for word in part)
    # Nobody replies in the middle of a clause: what follows such a cut was cut with it.
    rest = added(words, told, leads, new=False) if block.apart else continued(words, apart=False)
    return Change.CUT if rest is Change.NOTHING else rest


def remarked(one: Word, other: Word) -> Difference:
    """What it changes that a word is marked otherwise: a slip, unless one of them is a word that matters."""
    change = replaced((one,), (other,))
    if one.name and other.name:
        change = Change.NAME
    elif change not in _MATTERS:
        change = Change.LITTLE
    return Difference(Block((one,), (other,)), change, 1)


_MATTERS = frozenset({Change.NEGATION, Change.NUMBER, Change.ROLE})


def _signs(words: Words, block: Block) -> bool:
    """Whether words at an end of both texts are a credit or a name that begins its sentence, and stand alone.

    Behind a name that a page puts before a text without a stop, a sentence begins with a capital.
    """
    if not credit(words) or not (words[0].first or says(words[:1], "credits")):
        return False
    follows = block.follows
    runs_on = block.start and follows is not None and not (follows.first or follows.name)
    return not runs_on if block.start and not block.end else _stands_alone(words, block)


def _stands_alone(words: Words, block: Block) -> bool:
    """Whether words at an end of both texts begin, or end, where a clause does; not `tháng xin cảm ơn`."""
    return (words[0].first or block.apart) if block.end else bool(words[-1].last or words[-1].pause)


def _apart(block: Block) -> bool:
    """Whether the two sides of a block are a cut and an addition, not one in place of the other."""
    one, other = block.earlier, block.later
    if one[0].first != other[0].first:
        return True
    sides = (one, other) if block.start or block.end else ()
    if any((frame(side) and _stands_alone(side, block)) or _signs(side, block) for side in sides):
        return True
    if {w.plain for w in one} & {w.plain for w in other}:
        return False
    if block.end and block.apart and not uncovered(other, "address", *WITHOUT_NEWS):
        return True  # a cut, and a word to those who read
    return all(side[0].first and side[-1].last and len(side) >= SENTENCE for side in (one, other))
