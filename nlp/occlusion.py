"""A text and a way to score it → the words that moved the score, by leaving each out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from nlp.answer import Moved

Score = Callable[[Sequence[str]], npt.NDArray[np.float64]]

MOST_PARTS = 200  # parts that a text is cut into: a page waits at most 150 ms for 200 re-readings
MOST_SHOWN = 12  # more marks than a reader takes in at a glance
LEAST = 0.02  # log-odds below which a part moved nothing that a person would notice
ALMOST = 1e-9


def occlude(text: str, score: Score, most: int = MOST_PARTS) -> list[Moved]:
    """Log-odds that the label loses when a part is left out, strongest first, at most MOST_SHOWN.

    `score` gives the label's probability for each text. Parts are words, or runs of words in a text of
    more than `most` of them.
    """
    parts = _parts(text, most)
    if not parts:
        return []
    odds = _log_odds(score([text, *(f"{text[:start]} {text[end:]}" for start, end in parts)]))
    moved = [
        Moved(start, end, float(odds[0] - rest)) for (start, end), rest in zip(parts, odds[1:], strict=True)
    ]
    moved.sort(key=lambda part: (-abs(part.weight), part.start))
    return [part for part in moved[:MOST_SHOWN] if abs(part.weight) >= LEAST]


def _parts(text: str, most: int) -> list[tuple[int, int]]:
    words = [match.span() for match in re.finditer(r"\S+", text)]
    run = -(-len(words) // most) or 1
    return [(words[i][0], words[min(i + run, len(words)) - 1][1]) for i in range(0, len(words), run)]


def _log_odds(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shares = np.clip(shares, ALMOST, 1 - ALMOST)
    odds: npt.NDArray[np.float64] = np.log(shares) - np.log1p(-shares)
    return odds
