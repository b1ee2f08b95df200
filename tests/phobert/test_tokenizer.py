"""Our sub-words are those of transformers' PhobertTokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PhobertTokenizer

from nlp import passage
from nlp.subwords import MERGES, VOCABULARY, Subwords
from tests.nlp.texts import generated, real
from tests.nlp.tiny import REAL, TEXTS, make_vocabulary


def agree(folder: Path, texts: list[str]) -> None:
    theirs = PhobertTokenizer(str(folder / VOCABULARY), str(folder / MERGES))
    for text, numbers in zip(texts, Subwords.load(folder).numbers(texts), strict=True):
        # A mark in a post is text here, and there if told so.
        assert (
            theirs.convert_tokens_to_ids(theirs.tokenize(text, split_special_tokens=True)) == numbers.tolist()
        )


def test_on_a_small_vocabulary(tmp_path: Path) -> None:
    agree(make_vocabulary(tmp_path), [*TEXTS, "", *(passage.words_of(text)[:300] for text in generated(300))])


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="PhoBERT's files are not beside the test data")
@pytest.mark.parametrize("many", [2_000, pytest.param(120_000, marks=pytest.mark.soak)])
def test_on_the_real_vocabulary_and_real_posts(many: int) -> None:
    agree(REAL, [passage.words_of(text) for text in real(many)])
