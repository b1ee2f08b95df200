"""Flags beside a model: chances of their own, no effect on labels, refused when damaged."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import Class, ngrams
from nlp.answering import answered
from nlp.flags import FOLDER, Flags
from nlp.folder import read_card, write_card
from nlp.linear import LinearReader
from sangtin.errors import InputError
from tests.nlp.small import DAY, ROWS, SETTINGS
from training.fit import classes_of, examples, write_model
from training.linear import fit_linear

FAMILY = ngrams.Family("folded", "word", (1,), 8)
LEAST = {"scam": 0.5, "unreliable-looking": 0.9}


def flags() -> Flags:
    """`bấm` makes a scam likely, `lan` a post unreliable-looking; other words say nothing."""
    weights = np.zeros((256, 2), np.int8)
    for column, word in enumerate(("bam", "lan")):
        weights[ngrams.grams([word], [FAMILY])[0].rows, column] = 100
    scale, bias = np.full((1, 2), 0.1, np.float32), np.array([-4, -4], np.float32)
    classes = tuple(map(Class, LEAST))
    return Flags(LinearReader(FOLDER, classes, (FAMILY,), weights, scale, bias, 1.0), LEAST)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("flagged") / "model"
    classes = classes_of(ROWS)
    reader = fit_linear(examples(ROWS, classes), classes, SETTINGS)
    write_model(out, reader, {"negative": 0.5}, (DAY, "0" * 64), flags=flags())
    return out


def test_each_flag_has_a_chance_of_its_own(folder: Path) -> None:
    one, both, none, empty = nlp.load(folder).read(["bấm", "bấm lan", "nhà", ""])
    assert one.flags["scam"] > 0.99
    assert one.flags["unreliable-looking"] < 0.1
    assert min(both.flags.values()) > 0.9
    assert max(none.flags.values()) < 0.1
    assert all(0 <= chance <= 1 for answer in (one, both, none, empty) for chance in answer.flags.values())


def test_a_flag_is_raised_from_its_least_chance() -> None:
    held = flags()
    assert held.raised({"scam": 0.5, "unreliable-looking": 0.89}) == ("scam",)
    assert held.raised({"scam": 0.49, "unreliable-looking": 0.9}) == ("unreliable-looking",)


def test_flags_change_no_label(folder: Path) -> None:
    model = nlp.load(folder)
    texts = [row.text for row in ROWS]
    with_flags, without = model.read(texts), replace(model, flags=None).read(texts)
    assert [replace(answer, flags={}) for answer in with_flags] == without
    assert all(not answer.flags for answer in without)


def test_a_text_has_the_same_chances_in_any_company(folder: Path) -> None:
    model = nlp.load(folder)
    texts = ["bấm " * 4_000, "", *(row.text for row in ROWS)] * 30
    together = model.read(texts)
    assert all(model.read([text])[0].flags == together[texts.index(text)].flags for text in texts[:5])


def test_why_a_text_is_flagged_is_told_for_each_flag_by_itself(folder: Path) -> None:
    model = nlp.load(folder)
    text = "nhà bấm cửa lan đường"
    for flag, word in (("scam", "bấm"), ("unreliable-looking", "lan")):
        strongest = model.why_flagged(text, flag)[0]
        assert (text[strongest.start : strongest.end], strongest.weight > 0) == (word, True)
    assert model.why_flagged("", "scam") == []
    assert model.why_flagged(text, "nonsense") == []
    assert replace(model, flags=None).why_flagged(text, "scam") == []


def test_classify_tells_them_beside_the_rest(folder: Path) -> None:
    rows = list(answered(nlp.load(folder), [("line 1", {"id": 1, "text": "bấm"})]))
    assert set(rows[0]) == {"id", "label", "kind", "scores", "settled", "reader", "model", "flags"}
    assert set(json.loads(json.dumps(rows[0]))["flags"]) == set(LEAST)


def test_they_are_sealed_with_the_model(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    card = json.loads((broken / "model.json").read_text())
    (broken / "model.json").write_text(json.dumps(card | {"flags": {"scam": 0.1}}))
    with pytest.raises(InputError, match="was changed"):
        nlp.load(broken)


def test_a_model_must_name_the_flags_it_holds(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    card = read_card(folder)
    write_card(other, DAY, card.readers, (card.labels, card.data), flags={"scam": 0.5})
    with pytest.raises(InputError, match="holds the flags scam, unreliable-looking, the model names scam"):
        nlp.load(other)


def test_a_model_without_flags_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    card = read_card(nlp.SHIPPED)
    assert nlp.load(nlp.SHIPPED).name == card.name
    names = {
        write_card(tmp_path / "a", DAY, card.readers, (card.labels, card.data), flags=one).name
        for one in (None, {}, LEAST)
    }
    assert len(names) == 2
