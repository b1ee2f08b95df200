"""The reference run: what a change of it says, that the card tells it, and what it must show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlp
from sangtin.errors import InputError
from training import reference
from training.reference import CARD, Run

FILLED = {"rows": 10.0, "macro-F1": 0.8, "average precision": 0.9}


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(reference, "FILE", tmp_path / "reference.json")
    return tmp_path / "reference.json"


def test_what_differs_from_the_reference_run_is_said() -> None:
    before = {"seed": {"macro-F1": 0.8, "rows": 10.0, "accuracy": 0.9}, "old": {"macro-F1": 0.1}}
    now = {"seed": {"macro-F1": 0.85, "rows": 10.0}, "new": {"macro-F1": 0.5}}
    assert reference.lines(now, before) == [
        "seed: macro-F1 0.8500 (+0.05), rows 10, accuracy gone since the reference run",
        "new: macro-F1 0.5000 (new)",
        "old: gone since the reference run",
    ]


def test_a_run_that_is_kept_is_the_next_reference(file: Path) -> None:
    run = Run("2026-01-02-0123abcd", {"seed": {"macro-F1": 0.123456, "rows": 10.0}})
    said: list[str] = []
    reference.compare(run, False, said.append)
    assert not file.exists()
    reference.compare(run, True, said.append)
    assert said == ["seed: macro-F1 0.1235 (new), rows 10 (new)"] * 2
    assert reference.read() == Run(run.model, {"seed": {"macro-F1": 0.1235, "rows": 10.0}})


def test_a_run_without_a_model_is_read(file: Path) -> None:
    file.write_text(json.dumps({"seed": FILLED}))
    assert reference.read() == Run("", {"seed": FILLED})


@pytest.mark.parametrize("text", ['{"a": 1}', '{"model": {"rows": 1}}', '{"a": "b"}', "[]", "{"])
def test_a_damaged_reference_says_so(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(InputError, match="is damaged"):
        reference.read()


def test_a_figure_that_a_trial_lacks_is_a_dash_and_one_that_none_has_no_column() -> None:
    figures = {"a": FILLED, "b": {"rows": 1_200.0, "macro-F1": 0.5}, "clean c": {"rows": 3.0}}
    assert reference.trials(figures) == [
        "| rows | count | macro-F1 | average precision |",
        "|---|---|---|---|",
        "| a | 10 | 0.800 | 0.900 |",
        "| b | 1,200 | 0.500 | – |",
    ]


def test_the_card_tells_the_reference_run() -> None:
    """Its name and every table; `python -m training.reference` writes them."""
    run = reference.read()
    card = CARD.read_text(encoding="utf-8")
    assert nlp.load(nlp.SHIPPED).name == run.model
    assert card.count(f"`{run.model}`") == 1
    assert reference.rewrite(card, run) == card


def test_a_figure_that_moves_moves_the_card() -> None:
    """Each trial's, wherever it stands, and the model's name."""
    run, card = reference.read(), CARD.read_text(encoding="utf-8")
    assert reference.rewrite(card, Run("2026-01-02-0123abcd", run.figures)) != card
    for name, of in run.figures.items():
        measure = "negatives" if "negatives" in of else "rows"
        moved = {**run.figures, name: {**of, measure: of[measure] + 1}}
        assert reference.rewrite(card, Run(run.model, moved)) != card, name


def test_a_card_without_its_tables_says_so() -> None:
    with pytest.raises(InputError, match="model card has nothing like"):
        reference.rewrite("# Model card\n\n`2026-01-02-0123abcd`\n", reference.read())


def test_the_reference_run_is_whole() -> None:
    figures = reference.read().figures
    assert "seed, held-out posts" in figures
    assert "unseen sources" in figures


def test_few_clean_comments_are_called_rubbish_and_half_are_settled() -> None:
    clean = [of for name, of in reference.read().figures.items() if name.startswith("clean ")]
    assert len(clean) == 3
    for of in clean:
        assert of["advert or scam"] <= 0.02
        assert of["noise"] <= 0.03
    assert sum(of["settled"] * of["rows"] for of in clean) / sum(of["rows"] for of in clean) >= 0.5


def test_each_table_has_its_own_way_of_telling_a_share() -> None:
    """Shares in hundredths of a percent, ranks in thousandths, a dash where there is none."""
    assert reference.clean(
        {"clean vihsd": {"rows": 1980.0, "advert or scam": 0.00404, "noise": 0.0217, "settled": 0.597}}
    ) == [
        "| rows of | rows | advert or scam | noise | settled |",
        "|---|---|---|---|---|",
        "| vihsd | 1,980 | 0.40% | 2.17% | 59.70% |",
    ]
    ranks = {"ROC AUC": 0.9766, "average precision": 0.7234}
    shares = {"calibration error": 0.0011, "raised": 0.0155, "precision": 0.7707, "recall": 0.5613}
    assert reference.flags({"flag: scam": {"rows": 44_400.0, "flagged": 0.0213, **ranks, **shares}})[2:] == [
        "| scam | 44,400 | 2.13% | 0.977 | 0.723 | 0.001 | 1.55% | 0.771 | 0.561 |"
    ]
    told = {"rows": 1584.0, "near": 0.2702, **ranks, "settled": 0.7973}
    assert reference.public({"public a": told, "public b": {**told, "set macro-F1": 0.6429}})[2:] == [
        "| a | 1,584 | 27.02% | 0.723 | 0.977 | – | 79.73% | – |",
        "| b | 1,584 | 27.02% | 0.723 | 0.977 | 0.643 | 79.73% | – |",
    ]


def test_precision_at_a_rare_label_is_told_in_words() -> None:
    first, settled = "precision of the first 30 of 10,000", "precision of settled"
    of = {"negatives": 11_584.0, "others": 27_789.0, "average precision": 0.0563, "recall of settled": 0.414}
    of |= {first: 0.1149, f"{first}, low": 0.1008, f"{first}, high": 0.128}
    of |= {settled: 0.0299, f"{settled}, low": 0.0282, f"{settled}, high": 0.0317}
    told = " ".join(reference.rare({"negative at 0.3 %": of}).split())
    assert "11,584 negatives and 27,789 other posts" in told
    assert "3.0% is negative (95 % interval 2.8% to 3.2%), and that is 41% of all negatives" in told
    assert told.endswith("by its chance, 11% (10% to 13%); average precision 0.056")
