"""The transformer reader: one answer a text whatever is beside it, near its weights, refused when damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nlp.graph import write_graph
from nlp.linear import softmax
from nlp.prepare import prepare
from nlp.reader import Place, load_reader
from nlp.transformer import CARD, GRAPH, VOCABULARY, TransformerReader
from sangtin.errors import InputError
from tests.nlp.students import CLASSES, TEXTS, make_student, weights_of
from tests.nlp.texts import HARD as STRANGE
from training.distilled import config_of, renamed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_student(tmp_path_factory.mktemp("student") / "transformer")


@pytest.fixture(scope="module")
def reader(folder: Path) -> TransformerReader:
    found = load_reader(folder, "transformer", "transformer", Place())
    assert isinstance(found, TransformerReader)
    return found


def test_it_tells_the_classes_of_its_card_apart(reader: TransformerReader) -> None:
    said = reader.read(TEXTS)
    assert reader.classes == CLASSES
    assert said.shape == (len(TEXTS), len(CLASSES))
    np.testing.assert_allclose(said.sum(axis=1), 1)


def test_whole_numbers_are_near_the_weights(reader: TransformerReader, folder: Path, tmp_path: Path) -> None:
    weights = weights_of()
    for name in (CARD, VOCABULARY):
        shutil.copyfile(folder / name, tmp_path / name)
    write_graph(tmp_path / GRAPH, config_of(weights, CLASSES), renamed(weights))
    exact = TransformerReader.load(tmp_path, "exact")
    assert np.abs(exact.read(TEXTS) - reader.read(TEXTS)).max() < 0.05


def test_an_answer_is_the_same_alone_and_in_company(reader: TransformerReader) -> None:
    texts = [*TEXTS, *STRANGE]
    together = reader.read(texts)
    alone = np.concatenate([reader.read([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_no_texts_have_no_answers(reader: TransformerReader) -> None:
    assert reader.read([]).shape == (0, len(CLASSES))


def test_temperature_divides_logits(reader: TransformerReader) -> None:
    forms = [prepare(text) for text in TEXTS]
    np.testing.assert_allclose(reader.read(TEXTS), softmax(reader.logits(forms) / 1.5))


def test_texts_that_were_cut_are_counted(folder: Path) -> None:
    reader = TransformerReader.load(folder, "transformer")
    reader.counted.clear()
    reader.read(TEXTS)
    assert reader.counted == {"read": len(TEXTS), "cut": 1}


def test_it_says_which_words_moved_a_label(reader: TransformerReader) -> None:
    text = "đường ngập quá! bán nhà"
    for part in reader.why(text, "spam"):
        assert text[part.start : part.end].strip()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda place: (place / CARD).unlink(), "missing"),
        (lambda place: (place / CARD).write_text('{"format": 2}'), "damaged"),
        (lambda place: _change(place, normaliser="reader-0"), "trained on text made by reader-0"),
        (lambda place: _change(place, classes=[["a", None], ["b", None]]), "tells 4 classes apart"),
        (lambda place: (place / GRAPH).write_bytes(b"nothing"), "cannot be read"),
        (lambda place: (place / VOCABULARY).unlink(), "missing"),
    ],
)
def test_a_damaged_folder_is_refused(
    damage: Callable[[Path], object], said: str, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "transformer"
    shutil.copytree(folder, place)
    damage(place)
    with pytest.raises(InputError, match=said):
        TransformerReader.load(place, "transformer")


def _change(place: Path, **to: object) -> None:
    card = json.loads((place / CARD).read_text())
    (place / CARD).write_text(json.dumps(card | to))
