"""A text with found words and words that moved its label → segments to draw one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.services import Moved

# Three strengths are as many as readers tell apart in an underline; each is a third of the strongest word.
STRENGTHS = 3
# Two lines of a row show about so many characters on a phone; what ends later may be out of sight.
SEEN = 90
# Words before a found one that say what it is about.
BEFORE = 25


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters drawn alike. `strength`: 1–3 towards the label, −1 – −3 against it, 0 neither."""

    text: str
    found: bool
    strength: int


def segments(text: str, found: Iterable[tuple[int, int]] = (), moved: Sequence[Moved] = ()) -> list[Segment]:
    """Cut a text where its marks begin and end; the segments joined are the text."""
    spans = [(max(0, start), min(end, len(text))) for start, end in found]
    strongest = max((abs(m.weight) for m in moved), default=1.0)
    weights = [(m.start, min(m.end, len(text)), _strength(m.weight, strongest)) for m in moved]
    cuts = sorted({0, len(text), *(c for s in spans for c in s), *(c for w in weights for c in w[:2])})
    # By character, so that a long text of found words costs its length and not the square of their number.
    marked, strengths = bytearray(cuts[-1]), [0] * cuts[-1]
    for a, b in spans:
        marked[a:b] = b"\1" * (b - a)
    for a, b, strength in reversed(weights):
        strengths[a:b] = [strength] * (b - a)
    return [Segment(text[a:b], bool(marked[a]), strengths[a]) for a, b in pairwise(cuts)]


def excerpt(text: str, found: Sequence[tuple[int, int]], length: int = 240) -> list[Segment]:
    """About `length` characters around the first found word, cut at white space, with an ellipsis."""
    first, first_end = found[0] if found else (0, 0)
    start = 0 if first_end <= SEEN else _word_start(text, min(first - BEFORE, len(text) - SEEN))
    end = len(text) if len(text) - start <= length else _word_end(text, start + length)
    moved = [(a - start, b - start) for a, b in found if b > start and a < end]
    parts = segments(text[start:end], moved)
    head = [Segment("… ", False, 0)] if start else []
    tail = [Segment(" …", False, 0)] if end < len(text) else []
    return [*head, *parts, *tail]


def _strength(weight: float, strongest: float) -> int:
    level = min(STRENGTHS, 1 + int(STRENGTHS * abs(weight) / strongest))
    return level if weight > 0 else -level


def _word_start(text: str, near: int) -> int:
    space = text.find(" ", near)
    return near if space < 0 or space > near + 30 else space + 1


def _word_end(text: str, near: int) -> int:
    space = text.rfind(" ", 0, near)
    return near if space < near - 30 else space
