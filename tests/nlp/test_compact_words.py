"""Texts → numbers of words: by hash, by the form without marks, head and tail of long ones."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.compact_words import BEGIN, FIRST, HEAD, PAD, STRANGE, TAIL, Words
from nlp.line import line_of
from nlp.ngrams import word_hashes

PAIRS = ("đường ngập", "ngập quá")
KNOWN = ("đường", "ngập", "duong", "quá", "!")


def hashes_of(*words: str) -> np.ndarray:
    return np.array([word_hashes(line_of([word]), "marked")[0][0] for word in words], np.uint64)


def pairs_of(*pairs: str) -> np.ndarray:
    return np.array([word_hashes(line_of([pair]), "marked", 2)[0][0] for pair in pairs], np.uint64)


@pytest.fixture(scope="module")
def words() -> Words:
    """Five known words; without marks, `duong` most often means `đường`."""
    hashes = np.sort(hashes_of(*KNOWN))
    plain = hashes_of("duong", "ngap", "qua", "!")
    likeliest = [place(hashes, one) for one in ("đường", "ngập", "quá", "!")]
    order = np.argsort(plain)
    return Words(hashes, plain[order], np.array(likeliest, np.int32)[order], np.sort(pairs_of(*PAIRS)))


def place(hashes: np.ndarray, word: str) -> int:
    return int(np.searchsorted(hashes, hashes_of(word)[0])) + FIRST


def read(words: Words, *texts: str) -> list[list[int]]:
    numbers, counts = words.numbers(texts)
    return [one.tolist() for one in np.split(numbers[0], np.cumsum(counts)[:-1])]


def test_each_word_has_its_number(words: Words) -> None:
    of = {word: place(words.hashes, word) for word in KNOWN}
    assert len(set(of.values())) == len(KNOWN)
    found = read(words, "Đường NGẬP quá!!!", "duong ngập")
    assert found[0] == [BEGIN, of["đường"], of["ngập"], of["quá"], of["!"]]
    assert found[1] == [BEGIN, of["duong"], of["ngập"]]


def test_a_word_begins_the_pair_that_it_makes_with_the_next(words: Words) -> None:
    numbers, counts = words.numbers(["đường ngập", "", "quá ngập quá đường", "ngập"])
    of = {pair: int(np.searchsorted(words.pairs, pairs_of(pair)[0])) + FIRST for pair in PAIRS}
    assert counts.tolist() == [3, 1, 5, 2]
    assert numbers[1].tolist() == [
        *(PAD, of["đường ngập"], PAD),
        PAD,
        *(PAD, PAD, of["ngập quá"], PAD, PAD),
        *(PAD, PAD),
    ]


def test_an_unknown_word_is_known_by_its_form_without_marks(words: Words) -> None:
    assert read(words, "đuờng ngâp qúa") == read(words, "đường ngập quá")


def test_what_was_never_met_is_strange(words: Words) -> None:
    assert read(words, "blockchain quá") == [[BEGIN, STRANGE, place(words.hashes, "quá")]]


def test_every_text_begins_even_an_empty_one(words: Words) -> None:
    assert read(words, "", "   ", "quá", "") == [
        [BEGIN],
        [BEGIN],
        [BEGIN, place(words.hashes, "quá")],
        [BEGIN],
    ]


def test_of_a_long_text_head_and_tail_are_read(words: Words) -> None:
    found = read(words, " ".join(["đường"] * HEAD + ["quá"] * 500 + ["ngập"] * TAIL), "quá")
    of = {word: place(words.hashes, word) for word in KNOWN}
    assert found == [[BEGIN] + [of["đường"]] * HEAD + [of["ngập"]] * TAIL, [BEGIN, of["quá"]]]


def test_who_knows_no_word_finds_all_strange() -> None:
    none = np.zeros(0, np.uint64)
    assert read(Words(none, none, np.zeros(0, np.int32), none), "quá tệ") == [[BEGIN, STRANGE, STRANGE]]
