"""Pieces of words: what is cut where, what of a long text is read, and which vocabularies are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pieces import END, HEAD, SPECIAL, START, TAIL, UNKNOWN, Pieces
from sangtin.errors import InputError

LINES = [*SPECIAL, "đường", "ngập", "quá", "##á", "qu", "a", "b", "##b", "!", "😂", "2", "0", "##0"]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces.of(LINES)


def told(pieces: Pieces, text: str) -> list[str]:
    return [LINES[i] for i in pieces.numbers([text])[0][0].tolist()]


def test_the_longest_known_piece_goes_first(pieces: Pieces) -> None:
    assert told(pieces, "Đường ngập quá!!😂") == ["<s>", "đường", "ngập", "quá", "!", "!", "😂", "</s>"]
    assert told(pieces, "quáá") == ["<s>", "quá", "##á", "</s>"]
    assert told(pieces, "quá200") == ["<s>", "quá", "2", "##0", "##0", "</s>"]


def test_what_has_no_pieces_is_unknown_as_a_whole(pieces: Pieces) -> None:
    assert told(pieces, "xyz a") == ["<s>", "<unk>", "a", "</s>"]
    assert told(pieces, "a" * 65) == ["<s>", "<unk>", "</s>"]


def test_head_and_tail_of_a_long_text_are_read(pieces: Pieces) -> None:
    (short, long), cut = pieces.numbers(["a " * (HEAD + TAIL), "a " * 200 + "b " * TAIL])
    assert cut == 1
    assert len(short) == len(long) == HEAD + TAIL + 2
    assert long[1 : HEAD + 1].tolist() == [LINES.index("a")] * HEAD
    assert long[HEAD + 1 : -1].tolist() == [LINES.index("b")] * TAIL


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_has_numbers_whatever_is_beside_it(texts: list[str]) -> None:
    pieces = Pieces.of(LINES)
    found, _cut = pieces.numbers(texts)
    assert [one.tolist() for one in found] == [pieces.numbers([text])[0][0].tolist() for text in texts]
    for one in found:
        assert one[0] == START
        assert one[-1] == END
        assert one.max() < len(LINES)


def test_a_vocabulary_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    assert Pieces.load(file).size == len(LINES)
    np.testing.assert_array_equal(Pieces.load(file).numbers(["z"])[0][0], [START, UNKNOWN, END])


@pytest.mark.parametrize("lines", [LINES[1:], [*LINES, "a"], ["a"]])
def test_another_file_is_refused(lines: list[str], tmp_path: Path) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no vocabulary of pieces"):
        Pieces.load(file)


def test_a_missing_or_broken_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        Pieces.load(tmp_path / "vocabulary.txt")
    (tmp_path / "vocabulary.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        Pieces.load(tmp_path / "vocabulary.txt")
