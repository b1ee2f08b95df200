"""A batch of texts → one line of code points, with the class of each and the text that it belongs to.

Every feature is then one pass of numpy over the line, whatever the number of texts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

SPACE, WORD, SYMBOL = 0, 1, 2
PLANE = 1 << 16  # code points above it are symbols (emoji): they keep their own code


@dataclass(frozen=True, slots=True)
class Line:
    """Code points as written, in lower case, and without marks; class and text of each; texts in all."""

    raw: Ints
    marked: Hashes
    folded: Hashes
    classes: Bytes
    text: Ints
    texts: int


def line_of(forms: Sequence[str]) -> Line:
    """The texts one after the other, each between two spaces."""
    padded = "".join(f" {form} " for form in forms)
    raw = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32)
    text = np.repeat(np.arange(len(forms)), [len(form) + 2 for form in forms])
    classes, marked, folded = _tables()
    beyond = raw >= PLANE
    place = np.where(beyond, 0, raw)
    return Line(
        raw=raw.astype(np.int64),
        marked=np.where(beyond, raw, marked[place]).astype(np.uint64),
        folded=np.where(beyond, raw, folded[place]).astype(np.uint64),
        classes=np.where(beyond, SYMBOL, classes[place]).astype(np.uint8),
        text=text,
        texts=len(forms),
    )


def word_starts(line: Line) -> Ints:
    """Where words begin; a word is a run of letters and digits, or a run of one symbol."""
    before = np.concatenate([[SPACE], line.classes[:-1]])
    changed = line.marked != np.concatenate([line.marked[:1], line.marked[:-1]])
    new = (line.classes != before) | ((line.classes == SYMBOL) & changed)
    return np.flatnonzero((line.classes != SPACE) & new)


@lru_cache(maxsize=1)
def _tables() -> tuple[Bytes, npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """For each code point of the basic plane: its class, its lower case, that without marks.

    Every digit reads as 0: which number it is says little, that there is one says much.
    """
    classes = np.full(PLANE, SYMBOL, np.uint8)
    marked = np.arange(PLANE, dtype=np.uint32)
    folded = marked.copy()
    for code in range(PLANE):
        char = chr(code)
        category = unicodedata.category(char)
        if char.isspace() or category in ("Cc", "Cf"):
            classes[code], marked[code], folded[code] = SPACE, ord(" "), ord(" ")
        elif category == "Nd":
            classes[code], marked[code], folded[code] = WORD, ord("0"), ord("0")
        elif char.isalnum() or char == "_" or category[0] == "M":
            lower = char.lower()[0]
            classes[code], marked[code] = WORD, ord(lower)
            folded[code] = ord("d") if lower == "đ" else ord(unicodedata.normalize("NFD", lower)[0])
    return classes, marked, folded
