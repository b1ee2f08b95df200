"""A text typed without diacritics → the same with its likeliest ones, by which words follow each other.

The marks of a clause are chosen at once (Viterbi 1967, over pairs of words; Rabiner 1989, "A Tutorial on
Hidden Markov Models"). `training.marks` counts the pairs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from nlp.prepare import prepare
from sangtin.text import strip_marks

# Part of every card of a reader that reads these forms: another table gives other marks.
MARKS = "viterbi-pairs-1"
TABLE = Path(__file__).parent / "marks.npz"
# A text with more marks than this share of its letters is typed with them: marked Vietnamese has a quarter,
# unmarked next to none.
MARKED = 0.08
# Fewer words tell nothing; where fewer of them are known, it is another language.
LEAST_WORDS, LEAST_KNOWN = 3, 0.6
# So many likeliest ways to mark a syllable are weighed.
WAYS = 10
# So many pairs that begin with a word are believed as much as how frequent the second word is.
HALF_BELIEVED = 100.0
UNKNOWN = -1

_WORD = re.compile(r"(?<![\w@#/.])[^\W\d_]+(?![\w@/]|\.\w)")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CLAUSE = re.compile(r"[.!?…;:,()]")


@dataclass(frozen=True, slots=True)
class Marks:
    """Words by number: how often each was met, and each pair (first shifted by 16 bits, second).

    `ways`: the numbers that a word may stand for; of one typed without marks, all that it is without them.
    """

    words: list[str]
    counts: list[float]
    pairs: dict[int, float]
    ways: dict[str, list[int]]
    total: float

    @classmethod
    def load(cls, file: Path = TABLE) -> Marks:
        """Read a table that `training.marks` wrote."""
        with np.load(file) as held:
            words = bytes(held["words"]).decode().split("\n")
            counts = held["counts"].astype(float).tolist()
            pairs = dict(zip(held["pairs"].tolist(), held["times"].astype(float).tolist(), strict=True))
        ways = {word: [number] for number, word in enumerate(words) if not word.isascii()}
        for number in sorted(range(len(words)), key=lambda one: (-counts[one], one)):
            found = ways.setdefault(strip_marks(words[number]), [])
            if len(found) < WAYS:
                found.append(number)
        return cls(words, counts, pairs, ways, sum(counts))

    def likeliest(self, clause: Sequence[str]) -> list[str]:
        """The words of a clause, in lower case, with their likeliest marks; unknown ones as they are."""
        rows: list[list[int]] = []
        steps: list[list[int]] = []
        before, scores = [UNKNOWN], [0.0]
        for word in clause:
            row = self.ways.get(word) or [UNKNOWN]
            scores, step = self._reached(before, scores, row)
            rows.append(row)
            steps.append(step)
            before = row
        at = scores.index(max(scores))
        found: list[str] = []
        for word, row, step in zip(reversed(clause), reversed(rows), reversed(steps), strict=True):
            found.append(word if row[at] == UNKNOWN else self.words[row[at]])
            at = step[at]
        return found[::-1]

    def _reached(
        self, before: Sequence[int], scores: Sequence[float], row: Sequence[int]
    ) -> tuple[list[float], list[int]]:
        """The best score of each way to mark the next word, and which way of the word before it comes from.

        A word is as likely behind another as it is frequent, unless the pair was met: so of all ways before,
        the best one is known at once, and only pairs that were met are looked at beside it.
        """
        rest = [score - self._behind(one) for one, score in zip(before, scores, strict=True)]
        best = rest.index(max(rest))
        found: list[float] = []
        step: list[int] = []
        for way in row:
            alone = 1.0 if way == UNKNOWN else HALF_BELIEVED * self.counts[way] / self.total
            top, at = rest[best] + math.log(alone), best
            for i, one in enumerate(before):
                met = self.pairs.get(one << 16 | way)
                if met and (score := rest[i] + math.log(met + alone)) > top:
                    top, at = score, i
            found.append(top)
            step.append(at)
        return found, step

    def _behind(self, word: int) -> float:
        """The logarithm of what the pairs that begin with a word are divided by."""
        return math.log(HALF_BELIEVED + (0.0 if word == UNKNOWN else self.counts[word]))


def forms_of(texts: Sequence[str]) -> list[str]:
    """Prepared forms of texts, unmarked ones with their likeliest marks."""
    return [with_marks(form) or form for form in map(prepare, texts)]


def with_marks(form: str) -> str | None:
    """A prepared form with its likeliest marks; None where it has its own, or is no Vietnamese.

    English in words that could be Vietnamese ones (`No one can do it`) gets some, too.
    """
    beyond = sum(map(str.isalpha, _BEYOND_ASCII.findall(form)))
    if beyond > MARKED * len(form) or beyond > MARKED * sum(map(str.isalpha, form)):
        return None
    found, ways = _WORD.findall(form), _marks().ways
    if len(found) < LEAST_WORDS or sum(word.lower() in ways for word in found) < LEAST_KNOWN * len(found):
        return None
    return marked(form)


def marked(form: str) -> str:
    """A prepared form with the likeliest marks on its words, whatever it is; nothing else of it changes."""
    made, at = [], 0
    for clause in _clauses(form, list(_WORD.finditer(form))):
        said = _marks().likeliest([word[0].lower() for word in clause])
        for word, likeliest in zip(clause, said, strict=True):
            made += [form[at : word.start()], _as_typed(word[0], likeliest)]
            at = word.end()
    return "".join([*made, form[at:]])


@cache
def _marks() -> Marks:
    return Marks.load()


def _clauses(form: str, words: Sequence[re.Match[str]]) -> Iterator[Sequence[re.Match[str]]]:
    """Words between which no sign ends a clause."""
    ends = [
        i
        for i, (one, other) in enumerate(pairwise(words), 1)
        if _CLAUSE.search(form, one.end(), other.start())
    ]
    for start, stop in pairwise([0, *ends, len(words)]):
        yield words[start:stop]


def _as_typed(typed: str, likeliest: str) -> str:
    """The marked word in the case of the typed one; a word that gets no marks as it was typed."""
    if likeliest == typed.lower():
        return typed
    if typed.isupper() and len(typed) > 1:
        return likeliest.upper()
    return likeliest[:1].upper() + likeliest[1:] if typed[0].isupper() else likeliest
