"""Word vectors: words of like company lie close, and what they teach folds into a reader's weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from nlp import Class, ngrams
from nlp.line import line_of
from training.linear import Examples, Settings, Table, features, fit_table
from training.vectors import Settings as VectorSettings
from training.vectors import Units, Vectors, meet

WORDS = ngrams.Family("marked", "word", (1,), 14)
PLAN = VectorSettings(size=8, least=2, words=500)

# Cats and rain never meet; each thing has two names that stand in the same company.
CATS = ["con mèo đen kêu meo", "con miu đen kêu meo", "mèo trắng bắt chuột", "miu trắng bắt chuột"]
RAIN = ["trời mưa to ngập đường", "trời giông to ngập đường", "mưa lớn gió mạnh", "giông lớn gió mạnh"]


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return meet((CATS + RAIN) * 20, PLAN).words.of_family(0, WORDS)


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
    once = meet([*CATS, "voi"], PLAN).words.of_family(0, WORDS)
    assert not once.table[row("voi")].any()
    assert not vectors.table[row("voi")].any()
    assert vectors.table.shape == (1 << WORDS.bits, 8)


def test_the_same_texts_give_the_same_bits(vectors: Vectors) -> None:
    again = meet(iter((CATS + RAIN) * 20), PLAN).words.of_family(0, WORDS)
    assert again.table.tobytes() == vectors.table.tobytes()


def test_pairs_are_known_by_the_words_around_them() -> None:
    texts = [
        "rất con mèo kêu to",
        "",
        "rất chú miu kêu to",
        "hôm nay trời mưa lớn",
        "hôm nay cơn giông lớn",
    ] * 20
    pairs = meet(texts, VectorSettings(size=6, least=2)).pairs

    def vector(pair: str) -> npt.NDArray[np.float32]:
        found = ngrams.word_hashes(line_of([pair]), "marked", 2)[0]
        held: npt.NDArray[np.float32] = pairs.table[pairs.hashes == found][0]
        return held

    def near(one: str, other: str) -> float:
        return float(
            vector(one) @ vector(other) / np.linalg.norm(vector(one)) / np.linalg.norm(vector(other))
        )

    assert near("con mèo", "chú miu") > 0.9
    assert near("trời mưa", "cơn giông") > 0.9
    assert near("con mèo", "trời mưa") < 0.3


def test_each_word_is_known_by_its_form_without_marks() -> None:
    met = meet([*CATS, "meo den", "mèo đen"], VectorSettings(size=2, least=2)).words
    marked, plain = (ngrams.word_hashes(line_of([text]), "marked")[0] for text in ("mèo", "meo"))
    assert list(met.folded[met.hashes == marked]) == list(plain)
    assert (np.diff(met.hashes.astype(object)) > 0).all()


def test_where_words_share_a_row_the_most_met_has_it() -> None:
    met = Units(
        np.array([1 << 60, 1 << 62], np.uint64),
        np.array([1, 2], np.uint64),
        np.array([9, 3]),
        np.array([[1.0], [2.0]], np.float32),
    )
    assert met.of_family(0, ngrams.Family("marked", "word", (1,), 1)).table[0, 0] == 1.0


def test_company_does_not_reach_into_the_next_text() -> None:
    found = meet(["a b", "c d"] * 30, VectorSettings(size=2, least=1)).words.of_family(0, WORDS)
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
    seeing = fit_table(Table(table, (vectors,)), shown, classes, settings).read(asked)
    np.testing.assert_allclose(blind[0], blind[1])
    assert seeing[0, 0] > 0.6
    assert seeing[1, 1] > 0.6
