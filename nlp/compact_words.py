"""Texts → the numbers of their words and of the pairs that these make, a whole batch at a time.

A word is found by its hash; one that was never met, by its form without marks (`đuờng` reads as `đường`).
Most Vietnamese words are two syllables, written apart: pairs tell them. No dictionary of words is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.line import Hashes, Ints, line_of
from nlp.ngrams import word_hashes

Numbers = npt.NDArray[np.int64]

# Rows before the first word: nothing (between texts, and for a pair never met), what begins each text, and a
# word never met.
PAD, BEGIN, STRANGE = 0, 1, 2
FIRST = 3
# Of a longer text the head and the tail are read, in words: of the development data's posts 97 in 100 are
# shorter.
HEAD, TAIL = 120, 40


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Hashes of known words, sorted: word i has the number FIRST + i. `folded`, sorted, are those of forms
    without marks; `likeliest` is the number of the word that such a form most often stands for. `pairs` are
    hashes of known pairs, sorted: pair i has the number FIRST + i."""

    hashes: Hashes
    folded: Hashes
    likeliest: npt.NDArray[np.int32]
    pairs: Hashes

    def numbers(self, forms: Sequence[str]) -> tuple[Numbers, Ints]:
        """The numbers of all words of prepared texts, one text after the other, shape (2, words): of the
        word, and of the pair that it makes with the next; and how many words each text has.

        Each text begins with BEGIN, and has HEAD + TAIL words at most beside it.
        """
        line = line_of(forms)
        marked, text = word_hashes(line, "marked")
        kept = _kept(text, len(forms))
        found = _places(self.hashes, marked[kept])
        numbers = np.where(found >= 0, found + FIRST, STRANGE)
        if (found < 0).any():
            strange = np.flatnonzero(found < 0)
            near = _places(self.folded, word_hashes(line, "folded")[0][kept][strange])
            numbers[strange[near >= 0]] = self.likeliest[near[near >= 0]]
        counts = np.bincount(text[kept], minlength=len(forms))
        starts = np.cumsum(counts) - counts
        paired = _paired(_places(self.pairs, word_hashes(line, "marked", 2)[0]), text)[kept]
        both = np.insert(numbers, starts, BEGIN), np.insert(paired, starts, PAD)
        return np.stack(both), counts + 1


def _kept(text: Ints, texts: int) -> Ints:
    """Which words are read: those of the head and of the tail of each text."""
    counts = np.bincount(text, minlength=texts)
    place = np.arange(len(text)) - (np.cumsum(counts) - counts)[text]
    return np.flatnonzero((place < HEAD) | (place >= counts[text] - TAIL))


def _paired(places: Ints, text: Ints) -> Numbers:
    """Places of pairs → the number of the pair that each word begins; the last word of a text begins none."""
    begins = np.append(text[1:] == text[:-1], False) if len(text) else np.zeros(0, bool)
    numbers = np.full(len(text), PAD)
    numbers[begins] = np.where(places >= 0, places + FIRST, PAD)
    return numbers


def _places(known: Hashes, asked: Hashes) -> Ints:
    """Where each asked hash stands among the known ones; −1 where it does not."""
    if not len(known):
        return np.full(len(asked), -1)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[place] == asked, place, -1)
