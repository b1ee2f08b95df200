"""A line of texts → how each is written: lengths, capitals, signs, repetitions, in buckets.

N-grams of unit length do not see that a text has three words or three hundred, or that it shouts; buckets do.
They raise macro-F1 by 1.3 points on shop-review spam and by 0.7 on students' feedback
(docs/decisions/0005-linear-reader.md).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from nlp.line import PLANE, SYMBOL, WORD, Bytes, Hashes, Ints, Line, word_starts

Floats = npt.NDArray[np.float64]

BUCKETS = 16  # most buckets of one measure
LENGTHS = 8  # coarse lengths that the other measures are crossed with

# Edges are near the deciles of each measure over the development data; a value in bucket i is ≥ edge i − 1.
WORDS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 28, 40, 60, 90, 140, 250)
COARSE = (3, 6, 11, 20, 40, 90, 200)
COUNT = (1, 2, 3, 5, 8, 13)
SHARE = (0.001, 0.01, 0.02, 0.04, 0.07, 0.12, 0.2, 0.35, 0.6, 0.9)
MARKS = (0.001, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.5)
DISTINCT = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.999)
MEAN_WORD = (1.5, 2, 2.5, 2.8, 3.1, 3.4, 3.7, 4, 4.5, 5, 6, 9)
LONGEST_WORD = (2, 4, 5, 6, 7, 8, 10, 13, 17, 25)
RUN = (2, 3, 4, 5, 7, 11)
CONSONANTS = (2, 3, 4, 5, 6, 8)

VOWELS = "aeiouy"
UPPER, MARKED, DIGIT, EMOJI, CONSONANT, LETTER = 1, 2, 4, 8, 16, 32


def style_rows(line: Line) -> Ints:
    """Row numbers, shape (texts, measures); each below `rows()`. Every text has as many."""
    columns = []
    counts = _word_counts(line)
    length = np.searchsorted(COARSE, counts[0], side="right")
    for number, (values, edges) in enumerate(_measures(line, counts)):
        bucket = np.searchsorted(edges, values, side="right")
        columns.append(number * BUCKETS * (LENGTHS + 1) + bucket)
        columns.append(number * BUCKETS * (LENGTHS + 1) + BUCKETS * (length + 1) + bucket)
    return np.stack(columns, axis=1)


def _measures(line: Line, counts: tuple[Floats, Floats, Floats]) -> list[tuple[Floats, tuple[float, ...]]]:
    """Each measure of the texts with its edges; the order is part of every reader that was trained on it."""
    words, longest, distinct = counts
    flags = np.where(line.raw >= PLANE, EMOJI, _flags()[np.minimum(line.raw, PLANE - 1)])
    characters = _count(line, line.raw != ord(" "))
    letters = np.maximum(_count(line, (flags & LETTER) > 0), 1)
    digits = _count(line, (flags & DIGIT) > 0)
    symbols = _count(line, line.classes == SYMBOL)
    filled = np.maximum(characters, 1)
    signs = [_count(line, line.raw == ord(sign)) for sign in '!?.,#@:/"(']
    return [
        (words, WORDS),
        (_count(line, (flags & UPPER) > 0) / letters, SHARE),
        (_count(line, (flags & MARKED) > 0) / letters, MARKS),
        (digits / filled, SHARE),
        (digits, COUNT),
        (symbols / filled, SHARE),
        (_count(line, (flags & EMOJI) > 0), COUNT),
        (distinct / np.maximum(words, 1), DISTINCT),
        (characters / np.maximum(words, 1), MEAN_WORD),
        (longest, LONGEST_WORD),
        (_longest_run(line, line.marked, line.raw != ord(" ")), RUN),
        (_longest_run(line, (flags & CONSONANT).astype(np.uint64), (flags & CONSONANT) > 0), CONSONANTS),
        *((sign, COUNT) for sign in signs),
    ]


def rows() -> int:
    """How many rows `style_rows` can name."""
    return (12 + 10) * BUCKETS * (LENGTHS + 1)


@lru_cache(maxsize=1)
def _flags() -> Bytes:
    """What each code point of the basic plane is, as a sum of flags."""
    flags = np.zeros(PLANE, np.uint8)
    for code in range(PLANE):
        char = chr(code)
        category = unicodedata.category(char)
        flags[code] = (
            UPPER * (category == "Lu")
            + LETTER * (category[0] == "L")
            + MARKED * (category[0] == "L" and (char in "đĐ" or bool(unicodedata.decomposition(char))))
            + DIGIT * (category == "Nd")
            + EMOJI * (category == "So")
            + CONSONANT * (char.isascii() and char.isalpha() and char.lower() not in VOWELS)
        )
    return flags


def _count(line: Line, which: npt.NDArray[np.bool_]) -> Floats:
    return np.bincount(line.text[which], minlength=line.texts).astype(np.float64)


def _word_counts(line: Line) -> tuple[Floats, Floats, Floats]:
    """Words, characters of the longest word, and distinct words of each text."""
    starts = word_starts(line)
    of = line.text[starts]
    words = np.bincount(of, minlength=line.texts).astype(np.float64)
    longest, distinct = np.zeros(line.texts), np.zeros(line.texts)
    if len(starts):
        inside = (line.classes == WORD) | (line.classes == SYMBOL)
        np.maximum.at(longest, of, np.add.reduceat(inside.astype(np.int64), starts))
        letters = np.where(inside, line.marked * (line.marked + np.uint64(_ODD)), np.uint64(0))
        keys: Hashes = (np.add.reduceat(letters, starts) << np.uint64(24)) | of.astype(np.uint64)
        first = np.unique(keys, return_index=True)[1]
        distinct = np.bincount(of[first], minlength=line.texts).astype(np.float64)
    return words, longest, distinct


# An odd multiplier, so that words of other letters rarely sum to the same key (anagrams do: a small error).
_ODD = 0x9E3779B1


def _longest_run(line: Line, values: Hashes, counted: npt.NDArray[np.bool_]) -> Floats:
    """Length of the longest run of one value in each text, among the characters that are counted."""
    new = np.ones(len(values), bool)
    new[1:] = (values[1:] != values[:-1]) | (line.text[1:] != line.text[:-1])
    starts = np.flatnonzero(new)
    longest = np.zeros(line.texts)
    if len(starts):
        lengths = np.diff(np.append(starts, len(values)))
        np.maximum.at(longest, line.text[starts], np.where(counted[starts], lengths, 0))
    return longest
