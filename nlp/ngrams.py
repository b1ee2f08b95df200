"""Texts → hashed character and word n-grams, a whole batch at a time (tests/bench/reading.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlp.line import SYMBOL, WORD, Hashes, Ints, Line, line_of, word_starts
from nlp.style import style_rows

# Multipliers of splitmix64 and xxHash64 (odd 64-bit constants with good avalanche).
STEP = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xC2B2AE3D27D4EB4F)
SECOND = np.uint64(0xD6E8FEB86659FD93)

LONGEST_WORD = 63  # characters of a word that count by place; the rest share the last place

Form = Literal["marked", "folded"]
Unit = Literal["char", "word", "style"]


@dataclass(frozen=True, slots=True)
class Family:
    """One sort of n-gram: of which form, of what unit, of which orders, in 2**bits rows.

    The unit `style` is how a text is written; it has no order.
    """

    form: Form
    unit: Unit
    orders: tuple[int, ...]
    bits: int


@dataclass(frozen=True, slots=True)
class Grams:
    """Distinct n-grams of each text of a batch: `rows` (sorted within a text) and `counts` a text."""

    rows: Ints
    counts: Ints


def grams(forms: Sequence[str], families: Sequence[Family]) -> list[Grams]:
    """The distinct n-grams of each of `forms`, family by family."""
    line = line_of(forms)
    return [_style(line) if family.unit == "style" else _family(line, family) for family in families]


def word_rows(forms: Sequence[str], family: Family) -> tuple[Ints, Ints]:
    """The row of every single word of the forms, in order, as often as it stands there; and its text."""
    line = line_of(forms)
    hashes, text = word_hashes(line, family.form)
    return (hashes >> np.uint64(64 - family.bits)).astype(np.int64), text


def word_hashes(line: Line, form: Form, order: int = 1) -> tuple[Hashes, Ints]:
    """The hash of every run of `order` words of a line in that form, in order, and the text it stands in."""
    return _words(line, line.marked if form == "marked" else line.folded, (order,))[0]


def _style(line: Line) -> Grams:
    """How each text is written, as rows in an order of their own."""
    rows = style_rows(line)
    return Grams(rows.ravel(), np.full(line.texts, rows.shape[1]))


def _mix(values: Hashes) -> Hashes:
    """Spread every bit of a value over all 64 (the finish of xxHash64)."""
    values = values * FIRST
    values ^= values >> np.uint64(29)
    values *= SECOND
    values ^= values >> np.uint64(32)
    return values


def _family(line: Line, family: Family) -> Grams:
    """The distinct n-grams of one family for each text of a batch."""
    codes = line.marked if family.form == "marked" else line.folded
    pairs = (
        _chars(line, codes, family.orders) if family.unit == "char" else _words(line, codes, family.orders)
    )
    bits = np.uint64(family.bits)
    keys = np.concatenate([(t.astype(np.uint64) << bits) | (h >> (np.uint64(64) - bits)) for h, t in pairs])
    keys.sort()
    keep = np.ones(len(keys), bool)
    keep[1:] = keys[1:] != keys[:-1]
    keys = keys[keep]
    rows = (keys & np.uint64((1 << family.bits) - 1)).astype(np.int64)
    return Grams(rows, np.bincount((keys >> bits).astype(np.int64), minlength=line.texts))


def _joined(hashes: Hashes, text: Ints, orders: Sequence[int]) -> list[tuple[Hashes, Ints]]:
    """n-grams of each order over a row of hashes, none reaching from one text into the next."""
    found, run = [], hashes
    for order in range(1, max(orders) + 1):
        if order > 1:
            run = run[:-1] * STEP + hashes[order - 1 :]
        if order in orders:
            whole = text[: len(run)] == text[order - 1 :] if len(run) else np.zeros(0, bool)
            found.append((_mix(run[whole] + np.uint64(order)), text[: len(run)][whole]))
        if len(run) < 2:
            break
    return found or [(hashes[:0], text[:0])]


def _chars(line: Line, codes: Hashes, orders: Sequence[int]) -> list[tuple[Hashes, Ints]]:
    """Character n-grams, spaces included."""
    return _joined(_mix(codes + np.uint64(1)), line.text, orders)


def _words(line: Line, codes: Hashes, orders: Sequence[int]) -> list[tuple[Hashes, Ints]]:
    """Word n-grams; of a run of one symbol the first counts."""
    starts = word_starts(line)
    if not len(starts):
        return [(np.zeros(0, np.uint64), np.zeros(0, np.int64))]
    begun = np.zeros(len(codes), np.int64)
    begun[starts] = 1
    since = np.arange(len(codes)) - starts[np.maximum(np.cumsum(begun) - 1, 0)]
    since = np.clip(since, 0, LONGEST_WORD)
    letters = _mix(codes * np.uint64(LONGEST_WORD + 1) + since.astype(np.uint64))
    counts = (line.classes == WORD) | ((line.classes == SYMBOL) & (since == 0))
    hashes = np.add.reduceat(np.where(counts, letters, np.uint64(0)), starts)
    return _joined(_mix(hashes), line.text[starts], orders)
