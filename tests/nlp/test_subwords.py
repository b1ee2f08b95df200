"""PhoBERT's sub-words: those of its two files, with their places, whatever the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp import passage
from nlp.subwords import MERGES, UNKNOWN, VOCABULARY, Subwords
from sangtin.errors import InputError, MissingError
from tests.nlp.plain_bpe import PlainBpe
from tests.nlp.texts import generated, real
from tests.nlp.tiny import REAL, TEXTS, make_vocabulary

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="PhoBERT's files are not beside the test data")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vocabulary(tmp_path_factory.mktemp("vocabulary"))


def agree(folder: Path, texts: list[str]) -> None:
    subwords, plain = Subwords.load(folder), PlainBpe(folder)
    for text, numbers, encoded in zip(texts, subwords.numbers(texts), subwords.encode(texts), strict=True):
        assert numbers.tolist() == plain.ids(text)
        assert encoded.ids.tolist() == numbers.tolist()
        bare = "".join(text[start:end] for start, end in encoded.places)
        assert bare == text.replace(" ", "")  # every letter is in one sub-word, in order


def test_a_small_vocabulary_is_read_as_it_says(small: Path) -> None:
    agree(small, [*TEXTS, "", "quá tệ", "đ", "Đường_ngập", "☂ x☂y", "@@ a@@ </s> <mask>"])


def test_any_text_is_read_alike(small: Path) -> None:
    agree(small, [passage.words_of(text)[:500] for text in generated(300)])


@needs_real
@pytest.mark.data
def test_the_real_vocabulary_is_read_as_it_says() -> None:
    agree(REAL, [passage.words_of(text) for text in real(500)])
    assert Subwords.load(REAL).size == 64_001


def test_what_the_vocabulary_lacks_is_unknown(small: Path) -> None:
    assert Subwords.load(small).numbers(["☂☂"])[0].tolist() == [UNKNOWN, UNKNOWN]


def test_a_mark_in_a_post_is_text(small: Path) -> None:
    numbers = Subwords.load(small).numbers(["</s> <pad> <s>"])[0]
    assert not {0, 1, 2} & set(numbers.tolist())


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (VOCABULARY, None, "vocab.txt is missing"),
        (MERGES, None, "bpe.codes is missing"),
        (VOCABULARY, b"one\ntwo 2\n", "a line is not `sub-word count`"),
        (VOCABULARY, b"one 1\none 2\n", "names a sub-word twice"),
        (MERGES, b"a b\n", "a line is not `left right count`"),
        (VOCABULARY, b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_damaged_vocabulary_is_refused_in_words(
    tmp_path: Path, file: str, content: bytes | None, said: str
) -> None:
    make_vocabulary(tmp_path)
    (tmp_path / file).unlink() if content is None else (tmp_path / file).write_bytes(content)
    with pytest.raises((InputError, MissingError), match=said):
        Subwords.load(tmp_path)
