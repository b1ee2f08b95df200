"""Labels by row id → rows with the texts of the data folder, and what is wrong with a line."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from nlp import Class
from nlp.jsonl import objects
from sangtin.errors import InputError
from training.gathering import LABELS, labelled_rows, policy_rows

TEXTS = {"a-1": "Đường ngập cả tuần", "a-2": "Bán nhà gấp", "a-3": "Chiều nay họp tổ dân phố"}


@pytest.fixture
def rows_of_sets(tmp_path: Path) -> Path:
    """A data folder of two sets: a folder of two files, and a file in a folder."""
    folder = tmp_path / "data"
    (folder / "talk").mkdir(parents=True)
    (folder / "raw-text").mkdir()
    texts = list(TEXTS.items())
    lines = [json.dumps({"id": name, "text": text}) + "\n" for name, text in texts]
    (folder / "talk" / "dev.jsonl").write_text(lines[0])
    (folder / "talk" / "train.jsonl.gz").write_bytes(gzip.compress(lines[1].encode()))
    (folder / "raw-text" / "forum.jsonl.gz").write_bytes(gzip.compress(lines[2].encode()))
    return folder


def given(folder: Path, *labels: dict[str, object], name: str = "01.jsonl") -> Path:
    place = folder / "labels"
    place.mkdir(exist_ok=True)
    (place / name).write_text("".join(json.dumps(one) + "\n" for one in labels))
    return place


def label(
    of: str = "a-1", label: object = "negative", kind: object = None, **other: object
) -> dict[str, object]:
    return {"set": "talk", "id": of, "label": label, "kind": kind, "sure": True} | other


def test_texts_come_from_the_data_and_labels_from_us(rows_of_sets: Path, tmp_path: Path) -> None:
    place = given(
        tmp_path,
        label(),
        label("a-2", "spam", "advert", sure=False),
        label("a-3", "spam", "neutral", set="raw-text/forum"),
    )
    found = labelled_rows(place, rows_of_sets)
    assert [one.row.text for one in found] == list(TEXTS.values())
    assert [one.row.target for one in found] == [
        Class("negative"),
        Class("spam", "advert"),
        Class("spam", "neutral"),
    ]
    assert [one.source for one in found] == ["talk", "talk", "raw-text/forum"]


def test_an_unsure_label_counts_less(rows_of_sets: Path, tmp_path: Path) -> None:
    sure, unsure = labelled_rows(given(tmp_path, label(), label("a-2", sure=False)), rows_of_sets)
    assert sure.sure
    assert not unsure.sure
    assert unsure.row.weight < sure.row.weight == 1


def test_the_later_label_of_a_row_counts(rows_of_sets: Path, tmp_path: Path) -> None:
    given(tmp_path, label(label="positive"), name="02.jsonl")
    place = given(tmp_path, label(label="negative"), name="01.jsonl")
    assert [one.row.target.label for one in labelled_rows(place, rows_of_sets)] == ["positive"]


def test_no_row_is_labelled_twice_here() -> None:
    """Neither in two files nor in one: which of two labels counts is nothing to leave to a file's name."""
    rows = Counter(
        (row["set"], row["id"]) for file in LABELS.glob("*.jsonl") for _where, row in objects(file)
    )
    assert rows
    assert [row for row, times in rows.items() if times > 1] == []


def test_our_label_stands_before_the_policys(rows_of_sets: Path, tmp_path: Path) -> None:
    (rows_of_sets / "policy").mkdir()
    policy = [
        {"id": name, "set": "talk", "text": TEXTS[name], "label": "positive", "kind": None, "sure": True}
        for name in ("a-1", "a-2")
    ]
    lines = "".join(json.dumps(one) + "\n" for one in policy)
    (rows_of_sets / "policy" / "posts.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    ours = labelled_rows(given(tmp_path, label()), rows_of_sets)
    assert [one.row.text for one in policy_rows(rows_of_sets, ours)] == [TEXTS["a-2"]]


def test_no_labels_are_no_rows(tmp_path: Path) -> None:
    assert labelled_rows(tmp_path, tmp_path) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (label("a-9"), "'a-9', which .* lacks"),
        (label(set="elsewhere"), "the set 'elsewhere'"),
        (label(set="../talk"), "set: "),
        (label(label="bad"), "label: "),
        (label(kind="advert"), "spam has a kind"),
        (label(label="spam"), "spam has a kind"),
        (label(sure="yes?"), "sure: "),
        (label(text=TEXTS["a-1"]), "text: "),
        ({"set": "talk"}, "id: "),
    ],
)
def test_a_wrong_line_is_named(
    rows_of_sets: Path, tmp_path: Path, line: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said) as wrong:
        labelled_rows(given(tmp_path, label("a-2"), line), rows_of_sets)
    assert "01.jsonl:2" in wrong.value.message
    assert not any(text in wrong.value.message for text in TEXTS.values())


def test_the_labels_of_this_project_are_of_rows_that_are_there(data: Path) -> None:
    files = list(LABELS.glob("*.jsonl"))
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    found = labelled_rows(LABELS, data)
    assert len(found) <= lines
    assert bool(found) == bool(files)
