"""A folder with weights ↔ a linear reader; a damaged one says what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file, save_file

from nlp import Class, ngrams
from nlp.linear import CARD, TABLE, LinearReader, softmax
from nlp.prepare import HEAD, TAIL, prepare
from sangtin.errors import InputError

FAMILY = ngrams.Family("marked", "word", (1,), 8)


def reader() -> LinearReader:
    draw = np.random.default_rng(1)
    return LinearReader(
        "linear",
        (Class("a"), Class("b", "x"), Class("b", "y")),
        (FAMILY,),
        draw.integers(-127, 128, (256, 3)).astype(np.int8),
        np.full((1, 3), 0.01, np.float32),
        np.zeros(3, np.float32),
        1.5,
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    reader().save(tmp_path / "linear")
    return tmp_path / "linear"


def test_saved_and_loaded_it_reads_alike(saved: Path) -> None:
    texts = ["một hai ba", "", "bốn"]
    again = LinearReader.load(saved, "linear")
    assert again.classes == reader().classes
    np.testing.assert_array_equal(again.read(texts), reader().read(texts))


def test_the_same_reader_makes_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    reader().save(tmp_path / "again")
    for name in (CARD, TABLE):
        assert (saved / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_logit_is_the_scaled_mean_of_its_rows() -> None:
    made = reader()
    rows = ngrams.grams(["một hai"], [FAMILY])[0].rows
    expected = made.weights[rows].sum(axis=0) * np.float64(np.float32(0.01)) / np.sqrt(len(rows))
    np.testing.assert_allclose(made.logits(["một hai"])[0], expected)
    np.testing.assert_allclose(made.read(["một hai"]), softmax(expected[None] / 1.5))


def test_softmax_bears_any_size() -> None:
    shares = softmax(np.array([[1e6, -1e6, 0.0], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_of_a_long_text_head_and_tail_are_read() -> None:
    long = "a" * HEAD + "b" * 10_000 + "c" * TAIL
    assert len(prepare(long)) == HEAD + 1 + TAIL
    assert "b" not in prepare(long)
    assert prepare("ngắn") == "ngắn"


def test_why_points_at_the_words() -> None:
    made = reader()
    text = "  một hai\nba"
    moved = made.why(text, "a")
    assert {text[part.start : part.end] for part in moved} <= {"một", "hai", "ba"}
    assert [abs(part.weight) for part in moved] == sorted((abs(part.weight) for part in moved), reverse=True)


def damage_card(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text())
        change(card)
        (folder / CARD).write_text(json.dumps(card))

    return damage


def damage_table(name: str, value: npt.NDArray[np.float32] | None) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        tensors = load_file(folder / TABLE)
        del tensors[name]
        save_file(tensors | ({} if value is None else {name: value}), folder / TABLE)

    return damage


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "no card": (lambda folder: (folder / CARD).unlink(), r"reader\.json is missing"),
    "card is not JSON": (lambda folder: _write(folder / CARD, b"{"), r"reader\.json is damaged"),
    "card is empty": (lambda folder: _write(folder / CARD, b""), r"reader\.json is damaged"),
    "unknown format": (damage_card(lambda card: card.update(format=9)), "format"),
    "unknown family": (damage_card(lambda card: card.update(families=[{"form": "odd"}])), "families"),
    "huge table": (damage_card(lambda card: card["families"][0].update(bits=60)), "bits"),  # type: ignore[index]
    "no temperature": (damage_card(lambda card: card.update(temperature=0)), "temperature"),
    "other normaliser": (damage_card(lambda card: card.update(normaliser="old")), "normalised by 'old'"),
    "no weights": (lambda folder: (folder / TABLE).unlink(), r"weights\.safetensors cannot be read"),
    "weights are a pickle": (lambda folder: _write(folder / TABLE, b"\x80\x04K\x01."), "cannot be read"),
    "cut weights": (
        lambda folder: _write(folder / TABLE, (folder / TABLE).read_bytes()[:99]),
        "cannot be read",
    ),
    "a tensor is missing": (damage_table("bias", None), "bias should be float32"),
    "another shape": (damage_table("bias", np.zeros(4, np.float32)), r"found float32 \(4,\)"),
    "another type": (damage_table("weights", np.zeros((256, 3), np.float32)), "weights should be int8"),
    "not finite": (damage_table("scale", np.full((1, 3), np.nan, np.float32)), "not finite"),
}


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_folder_says_what_is_wrong(saved: Path, tmp_path: Path, name: str) -> None:
    damage, said = DAMAGES[name]
    broken = tmp_path / "broken"
    shutil.copytree(saved, broken)
    damage(broken)
    with pytest.raises(InputError, match=said) as raised:
        LinearReader.load(broken, "linear")
    assert str(broken) in raised.value.message
