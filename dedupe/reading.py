"""A text → its reading: the words that a comparison aligns, and the shingles that it counts."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.normal import folded_words, forms
from dedupe.sketch import shingles


@dataclass(frozen=True, slots=True)
class Reading:
    """What two texts are compared by."""

    text: str
    words: tuple[str, ...]
    shingles: frozenset[bytes]


def read(text: str) -> Reading:
    """Read a text for comparison."""
    return Reading(text, tuple(folded_words(text).split()), frozenset(shingles(forms([text])[0].letters)))
