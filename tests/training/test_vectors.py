"""Word vectors: words of like company lie close, and what they teach folds into a reader's weights."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import Class, ngrams
from training.linear import Examples, Settings, Table, features, fit_table
from training.vectors import Settings as VectorSettings
from training.vectors import Vectors, make_vectors

WORDS = ngrams.Family("marked", "word", (1,), 14)
PLAN = VectorSettings(size=8, least=2, words=500)

# Cats and rain never meet; each thing has two names that stand in the same company.
CATS = ["con mèo đen kêu meo", "con miu đen kêu meo", "mèo trắng bắt chuột", "miu trắng bắt chuột"]
RAIN = ["trời mưa to ngập đường", "trời giông to ngập đường", "mưa lớn gió mạnh", "giông lớn gió mạnh"]


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return make_vectors((CATS + RAIN) * 20, (0, WORDS), PLAN)


def row(word: str) -> int:
    return int(ngrams.word_rows([word], WORDS)[0][0])


def likeness(vectors: Vectors, one: str, other: str) -> float:
    a, b = vectors.table[row(one)], vectors.table[row(other)]
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_words_of_like_company_lie_close(vectors: Vectors) -> None:
    assert likeness(vectors, "mèo", "miu") > 0.9
    assert likeness(vectors, "mưa", "giông") > 0.9
    assert likeness(vectors, "mèo", "mưa") < 0.3


def test_rare_and_unknown_words_have_none(vectors: Vectors) -> None:
    once = make_vectors([*CATS, "voi"], (0, WORDS), PLAN)
    assert not once.table[row("voi")].any()
    assert not vectors.table[row("voi")].any()
    assert vectors.table.shape == (1 << WORDS.bits, 8)


def test_the_same_texts_give_the_same_bits(vectors: Vectors) -> None:
    again = make_vectors(iter((CATS + RAIN) * 20), (0, WORDS), PLAN)
    assert again.table.tobytes() == vectors.table.tobytes()


def test_company_does_not_reach_into_the_next_text() -> None:
    found = make_vectors(["a b", "c d"] * 30, (0, WORDS), VectorSettings(size=2, least=1))
    assert likeness(found, "a", "b") != pytest.approx(likeness(found, "b", "c"))


def test_a_reader_knows_a_word_by_its_company(vectors: Vectors) -> None:
    """`miu` and `giông` are in no labelled text; only their vectors say what they are."""
    texts = ["mèo", "mèo đen", "mưa", "mưa to"] * 10
    shares = np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 10, np.float32)
    shown = Examples(texts, shares, np.ones(40, np.float32))
    classes = (Class("cat"), Class("rain"))
    settings = Settings(families=(WORDS,), strengths=(1.0,), meaning=2.0)
    table = features(texts, settings.families)
    asked = ["miu", "giông"]
    blind = fit_table(Table(table), shown, classes, settings).read(asked)
    seeing = fit_table(Table(table, vectors), shown, classes, settings).read(asked)
    np.testing.assert_allclose(blind[0], blind[1])
    assert seeing[0, 0] > 0.6
    assert seeing[1, 1] > 0.6
