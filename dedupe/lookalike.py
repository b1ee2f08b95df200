"""A text in letters of other scripts → the same in the Latin letters that they are drawn like."""

from __future__ import annotations

import unicodedata
from functools import cache

from dedupe.lexicon import lines


@cache
def lookalikes() -> dict[str, str]:
    """Letter → the Latin letter that it is drawn like, capitals apart."""
    table: dict[str, str] = {}
    for line in lines("lookalikes"):
        latin, letters = line.split("=")
        table |= dict.fromkeys(letters, latin)
    return table


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(lookalikes())


def latin(text: str) -> str:
    """A text with lookalikes as Latin letters; a mark on one, apart or not, is a mark on its Latin letter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_translation()))
