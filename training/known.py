"""What a network knows before it sees a label: words and vectors, met in texts or taken from a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp import SHIPPED
from nlp.compact import GRAPH, WORDS, read_words
from nlp.compact_words import FIRST, Words
from training.graph import vectors_in
from training.vectors import Floats, Met, Settings, meet


@dataclass(frozen=True, slots=True)
class Known:
    """What a network knows before it sees a label: words and pairs, and vectors of each, (units, size)."""

    words: Words
    vectors: tuple[Floats, Floats]

    @classmethod
    def of(cls, met: Met) -> Known:
        """Words that were met; a form without marks stands for the most met of those that have it."""
        words, pairs = met.words, met.pairs
        order = np.lexsort((-words.counts, words.folded))
        folded, first = np.unique(words.folded[order], return_index=True)
        likeliest = (order[first] + FIRST).astype(np.int32)
        return cls(Words(words.hashes, folded, likeliest, pairs.hashes), (words.table, pairs.table))

    @classmethod
    def of_reader(cls, folder: Path) -> Known:
        """The words of a compact reader, with the vectors that it has learned."""
        words, pairs = vectors_in(folder / GRAPH)
        return cls(read_words(folder / WORDS), (words[FIRST:], pairs[FIRST:]))


def known_to(texts: Iterable[str]) -> Known:
    """What the shipped model knows where it is a compact one, else what the texts themselves teach."""
    shipped = SHIPPED / "compact"
    if (shipped / GRAPH).is_file():
        return Known.of_reader(shipped)
    return Known.of(meet(texts, Settings()))
