"""The compact reader: one answer a text whatever is beside it, whole when saved, refused when damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp import Class
from nlp.compact import CARD, GRAPH, INPUTS, LINEAR, TRANSFORMER, WORDS, Asked, CompactReader, unsure
from nlp.compact_words import FIRST
from nlp.linear import softmax
from nlp.prepare import prepare
from nlp.transformer import write_card
from sangtin.errors import InputError
from tests.nlp.small import ROWS, SETTINGS
from tests.nlp.students import student
from training.compact import Settings, Trained, fit_compact
from training.fit import classes_of, examples
from training.known import Known
from training.linear import fit_linear
from training.network import Shape
from training.vectors import Settings as VectorSettings
from training.vectors import meet

TEXTS = [row.text for row in ROWS]
NETWORK = Settings(Shape(filters=24), rounds=30, texts=8, rate=0.01, word_rate=0.01)


@pytest.fixture(scope="module")
def trained() -> Trained:
    classes = classes_of(ROWS)
    shown = examples(ROWS, classes)
    known = Known.of(meet(TEXTS * 3, VectorSettings(size=16, least=2)))
    return fit_compact(shown, fit_linear(shown, classes, SETTINGS), known, NETWORK)


@pytest.fixture(scope="module")
def saved(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader") / "compact"
    trained.save(folder)
    return folder


@pytest.fixture(scope="module")
def reader(saved: Path) -> CompactReader:
    return CompactReader.load(saved, "compact")


def test_it_learns_its_rows(reader: CompactReader) -> None:
    said = reader.read(TEXTS).argmax(axis=1)
    assert np.mean([reader.classes[i] == row.target for i, row in zip(said, ROWS, strict=True)]) > 0.9


def test_written_it_answers_as_it_was_trained(reader: CompactReader, trained: Trained) -> None:
    np.testing.assert_allclose(reader.read(TEXTS), trained.read(TEXTS), atol=1e-5)


def test_the_answer_is_the_mean_of_both(reader: CompactReader, trained: Trained) -> None:
    forms = [prepare(text) for text in TEXTS]
    linear = reader.linear.logits(forms)
    network = (reader.logits(forms) - (1 - reader.share) * linear) / reader.share
    assert np.abs(network - linear).max() > 0.1
    np.testing.assert_allclose(
        reader.read(TEXTS), softmax((network * reader.share + linear * (1 - reader.share)) / 1.0)
    )


def test_a_text_is_answered_alike_in_any_company(reader: CompactReader) -> None:
    many = [*TEXTS, "", "quá " * 3_000, *(f"{text} thật không" for text in TEXTS)] * 5
    together = reader.read(many)
    assert together.shape == (len(many), len(reader.classes))
    np.testing.assert_allclose(together.sum(axis=1), 1)
    for text in ("", TEXTS[0], "quá " * 3_000):
        np.testing.assert_allclose(reader.read([text])[0], together[many.index(text)], atol=1e-6)


def test_why_points_at_the_words(reader: CompactReader) -> None:
    text = TEXTS[0]
    moved = reader.why(text, "negative")
    assert moved
    assert {text[part.start : part.end] for part in moved} <= set(text.split())


def test_the_same_reader_makes_the_same_bytes(trained: Trained, saved: Path, tmp_path: Path) -> None:
    trained.save(tmp_path / "again")
    for file in (CARD, GRAPH, WORDS, f"{LINEAR}/weights.safetensors"):
        assert (saved / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_whoever_may_read_the_card_may_read_the_weights(saved: Path) -> None:
    modes = {file.stat().st_mode for file in saved.rglob("*") if file.is_file()}
    assert modes == {(saved / CARD).stat().st_mode}


def test_what_it_learned_is_known_to_the_next(saved: Path, trained: Trained) -> None:
    known = Known.of_reader(saved)
    units = (known.words.hashes, known.words.pairs)
    for vectors, hashes, name in zip(known.vectors, units, INPUTS, strict=True):
        assert vectors.shape == (len(hashes), 16)
        np.testing.assert_allclose(vectors, trained.weights[name][FIRST:], atol=0.02)


@pytest.fixture(scope="module")
def asking(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> CompactReader:
    """A reader with a student that is asked below 0.9."""
    folder = tmp_path_factory.mktemp("asking")
    asked = Asked(below=0.9, share=0.4, temperature=1.3)
    replace(trained, student=student(asked, folder, trained.classes)).save(folder / "compact")
    return CompactReader.load(folder / "compact", "compact")


def test_the_student_is_asked_where_they_are_unsure(asking: CompactReader, reader: CompactReader) -> None:
    texts = [*TEXTS, "đường đẹp mà rác", "cho hỏi mua bánh", "mưa quá"]
    alone, together = reader.read(texts), asking.read(texts)
    which = unsure(alone, reader.classes, 0.9)
    assert 0 < len(which) < len(texts)
    sure = np.setdiff1d(np.arange(len(texts)), which)
    np.testing.assert_array_equal(together[sure], alone[sure])
    assert asking.deep is not None
    forms = [prepare(texts[i]) for i in which]
    mean = 0.4 * asking.deep.reader.logits(forms) + 0.6 * asking.logits(forms)
    np.testing.assert_allclose(together[which], softmax(mean / 1.3), atol=1e-9)


def test_kinds_of_one_label_make_it_sure_together() -> None:
    classes = (Class("negative"), Class("spam", "advert"), Class("spam", "noise"))
    shares = np.array([[0.1, 0.45, 0.45], [0.5, 0.45, 0.05]])
    assert unsure(shares, classes, 0.8).tolist() == [1]


def test_what_the_student_read_is_counted(asking: CompactReader, reader: CompactReader) -> None:
    asking.counted.clear()
    asking.read(["đường đẹp mà rác " * 60])
    assert asking.counted == {"read": 1, "cut": 1}
    reader.read(TEXTS)
    assert not reader.counted


def test_a_student_of_other_classes_is_refused(trained: Trained, tmp_path: Path) -> None:
    asked = Asked(below=0.9, share=0.4, temperature=1.3)
    other = replace(trained, student=student(asked, tmp_path, trained.classes))
    other.save(tmp_path / "compact")
    write_card(tmp_path / "compact" / TRANSFORMER, trained.classes[::-1], 1.0)
    with pytest.raises(InputError, match="tells other classes"):
        CompactReader.load(tmp_path / "compact", "compact")


def change_card(**values: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text())
        (folder / CARD).write_text(json.dumps(card | values))

    return damage


def shuffle_words(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    held = load_file(folder / WORDS)
    save_file(held | {"hashes": np.ascontiguousarray(held["hashes"][::-1])}, folder / WORDS)


def other_graph(folder: Path) -> None:
    from onnx import TensorProto, helper, save

    graph = helper.make_graph(
        [helper.make_node("Identity", ["rows"], ["found"])],
        "other",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["many"])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, ["many"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    save(model, str(folder / GRAPH))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no card": (lambda folder: (folder / CARD).unlink(), r"reader\.json is missing"),
    "card is not JSON": (lambda folder: (folder / CARD).write_text("{"), r"reader\.json is damaged"),
    "unknown format": (change_card(format=9), "format"),
    "a share of two": (change_card(share=2), "share"),
    "no temperature": (change_card(temperature=0), "temperature"),
    "an odd field": (change_card(odd=1), "odd"),
    "no linear reader": (lambda folder: shutil.rmtree(folder / LINEAR), "is missing"),
    "no words": (lambda folder: (folder / WORDS).unlink(), r"words\.safetensors cannot be read"),
    "words out of order": (shuffle_words, "out of order"),
    "no graph": (lambda folder: (folder / GRAPH).unlink(), "cannot be read as an ONNX graph"),
    "a cut graph": (
        lambda folder: (folder / GRAPH).write_bytes((folder / GRAPH).read_bytes()[:500]),
        "cannot be read as an ONNX graph",
    ),
    "another graph": (other_graph, "does not read words"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_folder_says_what_is_wrong(saved: Path, tmp_path: Path, name: str) -> None:
    damage, said = DAMAGES[name]
    broken = tmp_path / "broken"
    shutil.copytree(saved, broken)
    damage(broken)
    with pytest.raises(InputError, match=said):
        CompactReader.load(broken, "compact")


def test_readers_of_other_classes_do_not_fit(saved: Path, tmp_path: Path) -> None:
    rows = [row for row in ROWS if row.target.kind != "noise"]
    classes = classes_of(rows)
    mixed = tmp_path / "mixed"
    shutil.copytree(saved, mixed)
    fit_linear(examples(rows, classes), classes, SETTINGS).save(mixed / LINEAR)
    with pytest.raises(InputError, match="tells 5 classes apart, the linear reader 4"):
        CompactReader.load(mixed, "compact")
