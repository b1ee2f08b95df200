"""Labelled rows → a model folder: any labels, the same bytes twice, nothing half-made."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import Class
from nlp.folder import read_card
from nlp.linear import LinearReader
from sangtin.errors import UsageError
from tests import commands
from tests.nlp.small import DAY, ROWS, fit_small
from training.bounding import How, rethreshold
from training.evaluation import evaluate
from training.fit import classes_of, examples, refuse_taken, split_rows
from training.linear import Examples, Settings, fit_linear
from training.rows import Row, text_key
from training.thresholds import Bounds


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_the_same_rows_give_the_same_bytes(fitted: Path, tmp_path: Path) -> None:
    fit_small(ROWS * 20, ROWS * 10, tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(fitted)


def test_it_learns_its_rows(fitted: Path) -> None:
    report = evaluate(nlp.load(fitted), ROWS)
    assert report.accuracy > 0.95
    assert report.coverage > 0.9
    assert report.confusion["negative"]["negative"] == 5


def test_without_dev_a_tenth_is_held_out(tmp_path: Path) -> None:
    rows = [Row(f"{row.text} {turn}{chr(97 + turn % 26)}x", row.target) for turn in range(40) for row in ROWS]
    card = fit_small(rows, [], tmp_path / "model")
    assert card.labels == ("negative", "positive", "spam")
    assert card.readers[0].thresholds


def test_any_set_of_labels(tmp_path: Path) -> None:
    rows = [Row("ngon quá", Class("1")), Row("dở tệ", Class("0"))] * 60
    fit_small(rows, rows, tmp_path / "model")
    answers = nlp.load(tmp_path / "model").read(["ngon", "dở", ""])
    assert [answer.label for answer in answers[:2]] == ["1", "0"]
    assert {answer.kind for answer in answers} == {None}


def test_a_taken_folder_is_refused(fitted: Path) -> None:
    before = bytes_of(fitted)
    with pytest.raises(UsageError, match="never changed"):
        fit_small(ROWS, ROWS, fitted)
    assert bytes_of(fitted) == before


@pytest.mark.parametrize("out", ["file/model", "\udcff" + "n" * 300, "gone"])
def test_what_cannot_be_written_is_refused_before_a_model_is_trained(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="Choose another --out"):
        refuse_taken(tmp_path / out)
    refuse_taken(tmp_path / "new" / "model")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "gone"]


def test_one_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="single label"):
        fit_small([Row("a", Class("x"))] * 20, [], tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_strange_label_in_dev_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'joy'"):
        fit_small(ROWS, [Row("vui", Class("joy"))], tmp_path / "model")


def test_too_few_rows_to_hold_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few rows"):
        fit_small([Row("a", Class("x")), Row("b", Class("y"))], [], tmp_path / "model")


def test_copies_stay_on_one_side_and_other_rows_where_they_were() -> None:
    alone = [Row(f"bài {n}", Class("x" if n % 2 else "y")) for n in range(300)]
    sides = split_rows(alone)
    copies = [Row(f"{row.text.upper()} ...", row.target) for row in alone]
    kept, held = split_rows([*alone, *copies])
    assert {text_key(row.text) for row in kept}.isdisjoint(text_key(row.text) for row in held)
    assert len(kept) + len(held) == 600
    assert 0.03 < len(held) / 600 < 0.2
    assert split_rows([*alone, *alone]) == (sides[0] * 2, sides[1] * 2)
    digests = [int.from_bytes(sha256(row.text.encode()).digest()[:4]) % 10 for row in alone]
    assert sides[1] == [row for row, turn in zip(alone, digests, strict=True) if turn == 0]


def test_a_tenth_that_weighs_nothing_is_not_enough_to_choose_on() -> None:
    rows = [Row(f"bài {n}", Class("x" if n % 2 else "y")) for n in range(100)]
    kept, held = split_rows(rows)
    assert len(kept) > len(held) > 0
    with pytest.raises(UsageError, match="weight above 0"):
        split_rows([replace(row, weight=0.0) if row in held else row for row in rows])


def test_a_row_without_a_kind_is_shared_out() -> None:
    rows = [*ROWS, Row("rao vặt", Class("spam"))]
    classes = classes_of(rows)
    assert Class("spam") not in classes
    shares = examples(rows, classes).shares
    assert shares[-1].sum() == pytest.approx(1)
    assert {classes[i].label for i in np.flatnonzero(shares[-1])} == {"spam"}


def test_soft_shares_are_learned() -> None:
    shares = np.array([[0.7, 0.3]] * 50 + [[0.1, 0.9]] * 50, np.float32)
    made = fit_linear(
        Examples(["mèo"] * 50 + ["chó"] * 50, shares, np.ones(100, np.float32)),
        (Class("a"), Class("b")),
        Settings(balance=0.0),
    )
    assert made.read(["mèo"])[0, 0] == pytest.approx(0.7, abs=0.08)
    assert made.read(["chó"])[0, 0] == pytest.approx(0.1, abs=0.08)


def test_a_weight_of_nothing_teaches_nothing() -> None:
    rows = [*ROWS, *(Row("Cảm ơn bác sĩ", Class("negative"), 0.0) for _turn in range(50))]
    classes = classes_of(ROWS)
    with_them, without = (fit_linear(examples(held, classes), classes, Settings()) for held in (rows, ROWS))
    texts = ["Cảm ơn bác sĩ"]
    assert with_them.read(texts).argmax() == without.read(texts).argmax()


def test_eight_bits_hold_the_weights() -> None:
    classes = classes_of(ROWS)
    made = fit_linear(examples(ROWS, classes), classes, Settings())
    assert made.weights.dtype == np.int8
    assert np.abs(made.weights).max() == 127


def test_thresholds_chosen_again_make_a_new_model(fitted: Path, tmp_path: Path) -> None:
    card = rethreshold([fitted], ROWS * 10, tmp_path / "new", How(DAY, Bounds(error=0.0, missed=0.0)))
    before = read_card(fitted)
    assert card.name != before.name
    assert card.data != before.data
    texts = [row.text for row in ROWS]
    one, other = nlp.load(fitted).read(texts), nlp.load(tmp_path / "new").read(texts)
    assert [a.scores for a in one] == [a.scores for a in other]


def test_thresholds_refuse_labels_the_model_lacks(fitted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="joy"):
        rethreshold([fitted], [Row("vui", Class("joy"))], tmp_path / "new", How(DAY, Bounds()))


def test_a_reader_survives_its_folder(fitted: Path, tmp_path: Path) -> None:
    reader = LinearReader.load(fitted / "linear", "linear")
    reader.save(tmp_path / "linear")
    assert bytes_of(tmp_path / "linear") == bytes_of(fitted / "linear")


def sangtin(*arguments: str) -> subprocess.CompletedProcess[str]:
    return commands.run_text(*arguments)


def test_fit_thresholds_and_evaluate_from_the_command_line(tmp_path: Path) -> None:
    rows = [
        {"body": f"{row.text} {turn}", "verdict": row.target.label.upper(), "sort": row.target.kind}
        for turn in range(30)
        for row in ROWS
    ]
    half = len(rows) // 2
    for name, part in (("a", rows[:half]), ("b", rows[half:])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    one, two = str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")
    renamed = "NEGATIVE=negative,POSITIVE=positive,SPAM=spam"
    fields = ["--text", "body", "--label", "verdict", "--map", renamed]
    out = str(tmp_path / "model")
    done = sangtin("train", "fit", "--train", one, "--train", two, *fields, "--kind", "sort", "--out", out)
    assert done.returncode == 0, done.stderr
    done = sangtin("evaluate", two, "--model", out, *fields, "--json")
    report = json.loads(done.stdout)
    assert set(report) == {
        *("n", "macro_f1", "accuracy", "per_class", "average_precision", "roc_auc", "ece", "coverage"),
        *("settled_macro_f1", "confusion", "prevalence"),
    }
    assert report["n"] == len(rows) - half
    assert report["macro_f1"] > 0.9
    assert report["roc_auc"] is None
    shown = sangtin("evaluate", two, "--model", out, *fields).stdout
    assert re.search(
        r"at 0\.3% of posts \([\d,]+ rows, [\d,]+ others\):\n  average precision [\d.]+ \[", shown
    )
    new = str(tmp_path / "new")
    done = sangtin(
        "train", "thresholds", "--model", out, "--dev", two, *fields, "--max-error", "0", "--out", new
    )
    assert done.returncode == 0, done.stderr
    assert sangtin("train", "fit", "--train", one, *fields, "--out", out).returncode == 2
    same = sangtin("train", "fit", "--train", one, "--dev", one, *fields, "--out", new + "3")
    assert (same.returncode, "held out" in same.stderr) == (2, True), same.stderr
    assert sangtin("train", "fit", "--train", one, "--out", new + "2", "--max-error", "lots").returncode == 2


def test_a_model_that_settles_nothing_is_told_what_it_takes(tmp_path: Path) -> None:
    rows = [{"text": f"{word} bài {n}", "label": word} for n in range(100) for word in ("ngon", "tệ")]
    for name, part in (("rows", rows[:140]), ("dev", rows[140:180])):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in part))
    command = ["train", "fit", "--train", str(tmp_path / "rows"), "--dev", str(tmp_path / "dev")]
    done = sangtin(*command, "--out", str(tmp_path / "model"))
    assert "settles nothing: no threshold keeps the bounds on 30 held-out rows" in done.stderr, done.stderr


def test_a_binary_model_has_an_auc(tmp_path: Path) -> None:
    rows = [Row("ngon quá", Class("1")), Row("dở tệ", Class("0"))] * 60
    fit_small(rows, rows, tmp_path / "model")
    report = evaluate(nlp.load(tmp_path / "model"), rows)
    assert report.roc_auc == pytest.approx(1)
    assert asdict(report)["average_precision"]["1"] == pytest.approx(1)
