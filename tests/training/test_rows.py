"""Labelled JSONL → rows, and what is wrong with a line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from nlp import Class
from sangtin.errors import InputError, SangtinError, UsageError
from training.rows import Fields, Row, data_hash, groups, read_map, read_rows, unseen


def written(folder: Path, *rows: object, name: str = "rows.jsonl") -> Path:
    file = folder / name
    content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return file


def test_rows_of_several_files_in_order(tmp_path: Path) -> None:
    one = written(tmp_path, {"text": "a", "label": "x"})
    two = written(tmp_path, {"text": "b", "label": 1}, {"text": "c", "label": None}, name="more.jsonl.gz")
    assert read_rows([one, two], Fields()) == [Row("a", Class("x")), Row("b", Class("1"))]


def test_named_fields_map_kind_and_weight(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"body": "a", "verdict": "0", "sort": "advert", "sure": True},
        {"body": "b", "verdict": "1", "sort": None, "sure": False},
        {"body": "c", "verdict": "1", "sure": 2.5},
    )
    fields = Fields("body", "verdict", "sort", "sure", read_map("0=spam, 1=positive"))
    assert read_rows([file], fields) == [
        Row("a", Class("spam", "advert"), 1.0),
        Row("b", Class("positive"), 0.4),
        Row("c", Class("positive"), 2.5),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"label": "x"}, "holds no text"),
        ({"text": 5, "label": "x"}, "holds no text"),
        ({"text": "a", "label": ["x"]}, "neither a word nor a whole number"),
        ({"text": "a", "label": True}, "neither a word nor a whole number"),
        ({"text": "a", "label": "x", "kind": 3}, "kind 3 is not a word"),
        ({"text": "a", "label": "x", "weight": -1}, "not a number from 0 to"),
        ({"text": "a", "label": "x", "weight": 1e30}, "not a number from 0 to"),
        ({"text": "a", "label": "x", "weight": float("nan")}, "not a number from 0 to"),
        ({"text": "a", "label": "x", "weight": "much"}, "not a number from 0 to"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: object, said: str) -> None:
    file = written(tmp_path, {"text": "good", "label": "x"}, row)
    with pytest.raises(InputError, match=said) as raised:
        read_rows([file], Fields(kind="kind", weight="weight"))
    assert f"{file}:2" in raised.value.message


def test_no_labelled_row_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--label"):
        read_rows([written(tmp_path, {"text": "a"})], Fields())
    with pytest.raises(SangtinError, match=r"none\.jsonl"):
        read_rows([tmp_path / "none.jsonl"], Fields())


def test_rows_that_all_weigh_nothing_are_refused(tmp_path: Path) -> None:
    nothing = [{"text": text, "label": text, "weight": weight} for text, weight in (("a", 0), ("b", 1e-40))]
    with pytest.raises(UsageError, match="weight 0"):
        read_rows([written(tmp_path, *nothing)], Fields(weight="weight"))
    file = written(tmp_path, *nothing, {"text": "c", "label": "c", "weight": 1e6})
    assert len(read_rows([file], Fields(weight="weight"))) == 3


@pytest.mark.parametrize("said", ["0=a,1", "0=", "0=a, 1= "])
def test_a_map_without_a_sign_or_a_new_name(said: str) -> None:
    assert read_map("") == {}
    with pytest.raises(UsageError, match="old=new"):
        read_map(said)


def test_the_hash_sees_every_part() -> None:
    row = Row("a", Class("x"))
    others = [
        Row("b", Class("x")),
        Row("a", Class("y")),
        Row("a", Class("x", "k")),
        Row("a", Class("x"), 0.5),
    ]
    assert len({data_hash([one]) for one in [row, *others]}) == 5
    assert data_hash([row]) == data_hash([Row("a", Class("x"))])
    assert data_hash([Row("\ud800", Class("x"))])


def test_copies_are_led_by_one_of_them_in_any_order() -> None:
    x, y = Class("x"), Class("y")
    rows = [
        Row("Đường ngập", x),
        Row("ĐƯỜNG NGẬP...", y),
        Row("trời đẹp", x, group="c1"),
        Row("mưa to", y, group="c1"),
        Row("Trời   đẹp!", x),
        Row("😀", x),
        Row("!!!", x),
    ]
    found = groups(rows)
    assert found == [1, 1, 4, 4, 4, 5, 6]
    turned = groups(rows[::-1])
    assert [rows[::-1][lead].text for lead in turned[::-1]] == [rows[lead].text for lead in found]


def test_rows_that_dev_holds_in_other_writing_are_not_learned_from() -> None:
    x = Class("x")
    rows = [Row("Đường ngập", x), Row("đường khô", x), Row("nước cạn", x, group="c1")]
    assert unseen(rows, [Row("đường NGẬP?", x), Row("khác hẳn", x, group="c1")]) == [rows[1]]
    with pytest.raises(UsageError, match="held out"):
        unseen(rows, rows)


def test_only_of_a_review_is_the_cluster_one_of_copies(tmp_path: Path) -> None:
    review = {"text": "a", "label": "x", "reviewer": "an", "cluster": "c1"}
    file = written(tmp_path, review, review | {"cluster": None}, {"text": "b", "label": "x", "cluster": "c1"})
    assert [row.group for row in read_rows([file], Fields())] == ["c1", "", ""]
