"""A model folder is sealed: what it holds is in its name, and any change is noticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import nlp
from nlp.folder import CARD, read_card
from sangtin.errors import InputError, MissingError, SangtinError, UsageError
from tests.nlp.small import make_model


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy"


def test_the_same_training_gives_the_same_name_and_bytes(folder: Path, tmp_path: Path) -> None:
    card = make_model(tmp_path / "again", {"negative": 0.5, "positive": 0.5, "spam": 0.9})
    assert card.name == read_card(folder).name
    files = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    assert all((folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)


def test_other_thresholds_make_another_name(folder: Path, tmp_path: Path) -> None:
    assert make_model(tmp_path / "other", {"negative": 0.6}).name != read_card(folder).name


def test_the_name_holds_the_day(folder: Path) -> None:
    assert str(read_card(folder).made) == "2026-01-02"


def test_a_folder_moved_elsewhere_still_loads(copied: Path, folder: Path) -> None:
    assert nlp.load(copied).name == nlp.load(folder).name


def test_not_a_model_folder(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no model\.json"):
        nlp.load(tmp_path)


def test_a_missing_file_is_named(copied: Path) -> None:
    (copied / "linear" / "weights.safetensors").unlink()
    with pytest.raises(InputError, match=r"weights\.safetensors is missing"):
        nlp.load(copied)


def test_a_changed_file_is_named(copied: Path) -> None:
    with (copied / "linear" / "reader.json").open("a") as writing:
        writing.write(" ")
    with pytest.raises(InputError, match=r"reader\.json was changed"):
        nlp.load(copied)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ["a", "b"]},
        {"readers": []},
        {"readers": [{"name": "../linear", "type": "linear"}]},
        {"readers": [{"name": "linear", "type": "linear", "thresholds": {"joy": 0.5}}]},
        {"readers": [{"name": "linear", "type": "linear", "thresholds": {"spam": 0.1}}]},
        {"readers": [{"name": "linear", "type": "magic", "thresholds": None}]},
        {"files": {"../../etc/passwd": "0"}},
        {"files": {"linear/\0": "0"}},
        {"files": {"a" * 300: "0"}},
        {"format": 2},
        {"name": "x"},
        {"surprise": 1},
    ],
)
def test_a_changed_card_is_refused(copied: Path, change: dict[str, object]) -> None:
    card = json.loads((copied / CARD).read_text())
    (copied / CARD).write_text(json.dumps(card | change))
    with pytest.raises(SangtinError) as raised:
        nlp.load(copied)
    assert str(copied) in raised.value.message


def test_find_by_name_folder_and_shipped(folder: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(folder, models / "mine")
    assert nlp.find("mine", models) == models / "mine"
    assert nlp.find(folder, models) == folder
    assert nlp.find("shipped", models) == nlp.SHIPPED
    assert nlp.find(nlp.load(nlp.SHIPPED).name, models) == nlp.SHIPPED


def test_a_folder_found_from_within_has_its_name(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copied)
    assert nlp.find(".", tmp_path / "models").name == "copy"
    monkeypatch.chdir(copied / "linear")
    assert nlp.find("..", tmp_path / "models").name == "copy"


def test_find_by_the_name_in_the_card(folder: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(folder, models / "mine")
    assert nlp.find(read_card(folder).name, models) == models / "mine"


def test_an_unknown_model_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sangtin model list"):
        nlp.find("nowhere", tmp_path)


def test_held_lists_the_shipped_one_first_and_leaves_out_damaged_ones(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "good")
    shutil.copytree(folder, tmp_path / "bad")
    shutil.copytree(folder, tmp_path / ".arriving.1")
    (tmp_path / "bad" / CARD).write_text("{")
    assert [place for place, _card in nlp.held(tmp_path)] == [nlp.SHIPPED, tmp_path / "good"]
