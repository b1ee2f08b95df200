"""A text and a way to score it → the words that moved the score, by leaving each out.

A longer text costs no more than one of `most` words. It is cut into passages, each is read by itself, and
those that stand out most are left out of the whole; what that moves, the words of the passage share, as
leaving each out of the passage says. Where it can be afforded, the strongest are left out of the whole again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from nlp.answer import Moved
from nlp.prepare import HEAD, TAIL

Score = Callable[[Sequence[str]], npt.NDArray[np.float64]]
Floats = npt.NDArray[np.float64]
Span = tuple[int, int]

# Words of a text of which each is left out: a page waits at most 150 ms for the linear reader and 1 s for a
# compact one (tests/bench/why.py), and this costs two thirds of it.
MOST_PARTS = 160
MOST_SHOWN = 12  # more marks than a reader takes in at a glance
LEAST = 0.02  # log-odds below which a part moved nothing that a person would notice
ALMOST = 1e-9
# A passage holds a fifth of the words that a short text may have, at least a clause; this many are looked at
# whatever they cost.
PASSAGES, CLAUSE, FEWEST = 5, 8, 3


def occlude(text: str, score: Score, most: int = MOST_PARTS) -> list[Moved]:
    """Log-odds that the label loses when a word is left out, strongest first, at most MOST_SHOWN.

    `score` gives the label's probability for each text. In a text of more than `most` words those of the
    passages that moved the label most are given.
    """
    if len(text) > HEAD + 1 + TAIL:  # no reader reads what is between
        left_out = len(text) - HEAD - 1 - TAIL
        return [_back(part, left_out) for part in occlude(f"{text[:HEAD]} {text[-TAIL:]}", score, most)]
    words = [match.span() for match in re.finditer(r"\S+", text)]
    if len(words) > most:
        moved = _by_passage(text, words, score, most)
    else:
        moved = _moved(words, _lost(text, words, score))
    moved.sort(key=lambda part: (-abs(part.weight), part.start))
    return [part for part in moved[:MOST_SHOWN] if abs(part.weight) >= LEAST]


def _back(part: Moved, left_out: int) -> Moved:
    """Where a part of head and tail stands in the whole text."""
    if part.start < HEAD:
        return Moved(part.start, min(part.end, HEAD), part.weight)
    return Moved(part.start + left_out, part.end + left_out, part.weight)


def _by_passage(text: str, words: Sequence[Span], score: Score, most: int) -> list[Moved]:
    """The words of the passages that moved the score of the whole, each with its share of that."""
    size = max(CLAUSE, most // PASSAGES)
    passages = [words[i : i + size] for i in range(0, len(words), size)]
    spans = [(passage[0][0], passage[-1][1]) for passage in passages]
    alone = _log_odds(score([text[start:end] for start, end in spans]))
    many = max(FEWEST, (most * most - len(words)) // (len(words) + size * size))
    first = np.argsort(-np.abs(alone - np.median(alone)), kind="stable")[:many].tolist()
    found: list[Moved] = []
    for i, lost in zip(first, _lost(text, [spans[i] for i in first], score).tolist(), strict=True):
        if abs(lost) >= LEAST:
            found += _shared(text, passages[i], score, lost)
    best = sorted(found, key=lambda part: -abs(part.weight))[: 2 * MOST_SHOWN]
    if 2 * len(best) * len(words) > most * most:
        return found
    parts = [(part.start, part.end) for part in best]
    return _moved(parts, _lost(text, parts, score))


def _shared(text: str, words: Sequence[Span], score: Score, lost: float) -> list[Moved]:
    """What a passage moved, shared by its words that move it the same way; by all of it where none does."""
    start, end = words[0][0], words[-1][1]
    within = [(one - start, other - start) for one, other in words]
    mine = np.maximum(_lost(text[start:end], within, score) * np.sign(lost), 0)
    if not mine.sum():
        return [Moved(start, end, lost)]
    return [part for part in _moved(words, lost * mine / mine.sum()) if part.weight]


def _lost(text: str, parts: Sequence[Span], score: Score) -> Floats:
    """How many log-odds the score loses without each part."""
    if not parts:
        return np.zeros(0)
    odds = _log_odds(score([text, *(f"{text[:start]} {text[end:]}" for start, end in parts)]))
    lost: Floats = odds[0] - odds[1:]
    return lost


def _moved(parts: Sequence[Span], weights: Floats) -> list[Moved]:
    return [Moved(start, end, weight) for (start, end), weight in zip(parts, weights.tolist(), strict=True)]


def _log_odds(shares: Floats) -> Floats:
    shares = np.clip(shares, ALMOST, 1 - ALMOST)
    odds: Floats = np.log(shares) - np.log1p(-shares)
    return odds
