"""Texts → hashed n-grams: the distinct ones of each text, whatever stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import ngrams
from nlp.line import SPACE, SYMBOL, WORD, line_of, word_starts
from nlp.style import style_rows

BITS = 20


def sets(texts: Sequence[str], family: ngrams.Family) -> list[set[int]]:
    """The rows of each text."""
    found = ngrams.grams(texts, [family])[0]
    ends = np.cumsum(found.counts)
    return [set(part.tolist()) for part in np.split(found.rows, ends[:-1])]


def words(*orders: int, form: ngrams.Form = "marked") -> ngrams.Family:
    return ngrams.Family(form, "word", orders, BITS)


def chars(*orders: int) -> ngrams.Family:
    return ngrams.Family("marked", "char", orders, BITS)


def test_character_n_grams_are_those_of_the_padded_text() -> None:
    text = "ab cab"
    padded = f" {text} "
    expected = {padded[i : i + n] for n in (1, 2, 3) for i in range(len(padded) - n + 1)}
    assert len(sets([text], chars(1, 2, 3))[0]) == len(expected)


def test_word_n_grams_are_counted_once() -> None:
    assert len(sets(["a b a b a"], words(1))[0]) == 2
    assert len(sets(["a b a b a"], words(1, 2))[0]) == 4
    assert len(sets(["a b c"], words(1, 2, 3))[0]) == 6


def test_a_shared_word_is_a_shared_row() -> None:
    one, other = sets(["đường ngập quá", "ngập"], words(1))
    assert other < one


def test_case_and_digits_do_not_matter() -> None:
    assert sets(["ĐƯỜNG 123"], words(1)) == sets(["đường 987"], words(1))


def test_folded_words_meet_unmarked_ones() -> None:
    assert sets(["đường ngập"], words(1, form="folded")) == sets(["duong ngap"], words(1, form="folded"))
    assert sets(["đường ngập"], words(1)) != sets(["duong ngap"], words(1))


def test_a_run_of_one_symbol_is_one_word() -> None:
    assert sets(["quá!!!!"], words(1)) == sets(["quá !"], words(1))
    assert len(sets(["😀😀😂"], words(1))[0]) == 2


@pytest.mark.parametrize("family", [words(1, 2), chars(1, 2, 3)])
def test_nothing_reaches_into_the_next_text(family: ngrams.Family) -> None:
    texts = ["một hai", "", "x", "ba bốn năm"]
    assert sets(texts, family) == [sets([text], family)[0] for text in texts]


def test_no_texts() -> None:
    for found in ngrams.grams([], [words(1), chars(2), ngrams.Family("marked", "style", (), 12)]):
        assert len(found.rows) == 0
        assert len(found.counts) == 0


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(), min_size=1, max_size=20))
def test_any_text_alone_and_together(texts: list[str]) -> None:
    for family in (words(1, 2), chars(1, 3), ngrams.Family("marked", "style", (), 12)):
        together = sets(texts, family)
        assert together[0] == sets(texts[:1], family)[0]
        assert all(0 <= row < 1 << family.bits for found in together for row in found)


def test_rows_spread_evenly() -> None:
    texts = [
        f"t{chr(97 + a)}{chr(97 + b)}{chr(97 + c)}" for a in range(26) for b in range(26) for c in range(26)
    ]
    found = ngrams.grams(texts, [words(1)])[0].rows
    buckets = np.bincount(found >> (BITS - 4), minlength=16)
    assert len(np.unique(found)) > len(texts) * 0.98
    assert buckets.min() > len(texts) / 16 * 0.85


def test_classes_of_code_points() -> None:
    line = line_of(["aĐ9_\n\u200b!😀"])
    assert line.classes.tolist() == [SPACE, WORD, WORD, WORD, WORD, SPACE, SPACE, SYMBOL, SYMBOL, SPACE]
    assert len(word_starts(line)) == 3


def test_style_tells_how_a_text_is_written() -> None:
    def differ(one: str, other: str) -> int:
        rows = style_rows(line_of([one, other]))
        return int((rows[0] != rows[1]).sum())

    assert differ("đường ngập quá", "đường ngặp quá") == 0
    assert differ("đường ngập quá", "ĐƯỜNG NGẬP QUÁ") > 0
    assert differ("đường ngập quá", "duong ngap qua") > 0
    assert differ("đẹp", "đẹppppp") > 0
    assert differ("ngon", "ngon ngon ngon ngon") > 0
    assert differ("ngon", "ngon!!!") > 0
    assert differ("ngon", "sdfgh") > 0


def test_style_has_as_many_rows_for_every_text() -> None:
    rows = style_rows(line_of(["", "a", "dài " * 300]))
    assert rows.shape[0] == 3
    assert (np.diff(np.sort(rows, axis=1), axis=1) > 0).all()
