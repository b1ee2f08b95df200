"""The recipe: what it gathers, what it holds out, that it repeats, and what it says of a change."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nlp
from nlp import Class
from nlp.folder import read_card
from sangtin.errors import UsageError
from tests.nlp.small import DAY, ROWS
from training import gathering
from training.gathering import SEED, Sourced, parts, seed_rows, wordless_rows
from training.rows import Row
from training.ship import Made, Order, gather, ship, with_variants


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seed posts of our own shape: eight of each class in turn, every fifth held out."""
    folder = tmp_path_factory.mktemp("seed")
    lines = [
        {
            "id": f"seed-t-{number}",
            "text": f"{row.text} {chr(97 + number % 26)}{chr(97 + number // 26)}",
            "label": row.target.label,
            "kind": row.target.kind,
            "split": "held" if number % 5 == 0 else "train",
            "event": f"e{number // 3}" if number % 2 else None,
        }
        for number, row in enumerate(ROWS * 8)
    ]
    (folder / "01.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def made(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, list[str]]:
    said: list[str] = []
    out = tmp_path_factory.mktemp("shipped") / "model"
    return ship(Order(Path("nowhere"), out, False, False, DAY, seed), said.append), said


def test_it_makes_a_model_of_the_labels_and_kinds(made: tuple[Made, list[str]]) -> None:
    model = nlp.load(made[0].folder)
    assert model.name == made[0].name
    assert model.labels == ("negative", "positive", "spam")
    assert read_card(made[0].folder).readers[0].thresholds


def test_its_figures_are_of_held_out_posts(made: tuple[Made, list[str]], seed: Path) -> None:
    figures = made[0].figures
    assert figures["seed, held-out posts"]["rows"] == len(seed_rows(seed, "held"))
    assert 0 < figures["seed, held out in turn"]["settled"] <= 1
    assert any("held out part 1" in line for line in made[1])


def test_again_it_makes_the_same_bytes(made: tuple[Made, list[str]], seed: Path, tmp_path: Path) -> None:
    again = ship(Order(Path("nowhere"), tmp_path / "model", False, False, DAY, seed), lambda _line: None)
    assert again.name == made[0].name
    for file in made[0].folder.rglob("*.safetensors"):
        assert file.read_bytes() == (again.folder / file.relative_to(made[0].folder)).read_bytes()


def test_a_taken_folder_is_refused_before_the_work(made: tuple[Made, list[str]], seed: Path) -> None:
    with pytest.raises(UsageError, match="never changed"):
        ship(Order(Path("nowhere"), made[0].folder, False, False, DAY, seed), lambda _line: None)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"transformer": Path("work")}, "--transformer"),
        ({"out": None}, "--out"),
        ({"reference": True}, "--reference"),
    ],
)
def test_our_own_posts_alone_replace_nothing(change: dict[str, Any], named: str, tmp_path: Path) -> None:
    """Refused before anything is read: there is neither a seed nor data here."""
    order = Order(tmp_path / "data", tmp_path / "model", False, False, DAY, tmp_path / "seed")
    with pytest.raises(UsageError, match=named):
        ship(replace(order, **change), lambda _line: None)
    assert list(tmp_path.iterdir()) == []
    assert (nlp.SHIPPED / "model.json").is_file()


def test_held_posts_are_never_gathered() -> None:
    rows = gather(Order(Path("nowhere"), None, False, False, DAY), lambda _line: None)
    held = {one.row.text for one in seed_rows(SEED, "held")}
    assert held
    assert not held & {one.row.text for one in with_variants(rows)}


def test_one_event_is_held_out_together(seed: Path) -> None:
    told: dict[str, set[int]] = {}
    lines = [json.loads(line) for line in (seed / "01.jsonl").read_text().splitlines()]
    part_of = {one.row.text: one.part for one in seed_rows(seed, "train")}
    for line in lines:
        if line["event"] and line["text"] in part_of:
            told.setdefault(line["event"], set()).add(part_of[line["text"]])
    assert all(len(held) == 1 for held in told.values())
    assert set(part_of.values()) == set(range(parts()))


def test_a_changed_copy_goes_where_its_text_goes() -> None:
    one = Sourced(Row("Đường ngập quá", Class("negative")), "seed", 3)
    public = Sourced(Row("Hàng đẹp", Class("positive"), 0.1), "aivivn-2019", 5)
    rows = with_variants([one, public])
    assert [(row.changed, row.part) for row in rows] == [(False, 3), (False, 5), (True, 3)]
    assert rows[2].row.weight < one.row.weight
    assert rows[2].row.target == one.row.target


def test_texts_without_words_are_noise() -> None:
    assert Counter(one.row.target for one in wordless_rows()).keys() == {Class("spam", "noise")}


def test_public_sets_map_only_labels_that_mean_ours(data: Path) -> None:
    policy = gathering.policy_rows(data)
    assert len(policy) > 10_000
    assert {one.part for one in policy} == set(range(parts()))
    rows = gathering.public_rows(data, policy)
    assert not {one.row.text for one in rows} & {one.row.text for one in policy}
    assert max(one.row.weight for one in rows) < 0.4
    assert {one.row.target.label for one in rows if one.source == "vihsd"} == {"negative"}


def test_floors_on_real_rows(data: Path) -> None:
    """On a sample of posts that it may know: far above chance, few clean ones called rubbish."""
    model = nlp.load(nlp.SHIPPED)
    rows = [one for one in gathering.policy_rows(data) if one.sure][::10]
    answers = model.read([one.row.text for one in rows])
    right = np.mean([answer.label == one.row.target.label for answer, one in zip(answers, rows, strict=True)])
    assert right > 0.9
    file = data / "uit-victsd" / "dev.jsonl"
    clean = [row for row in map(json.loads, file.read_text().splitlines()) if row["label"] == "0"][:800]
    said = model.read([row["text"] for row in clean if len(row["text"].split()) >= 3])
    assert np.mean([answer.kind in ("advert", "scam") for answer in said]) <= 0.02
    assert np.mean([answer.kind == "noise" for answer in said]) <= 0.03
