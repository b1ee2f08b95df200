"""Models that a record is read with: which are taken, and what is said of one that is gone or damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nlp.folder import read_card
from tests.nlp.small import DAY, ROWS, SETTINGS
from tests.pipeline.running import Home, write_jsonl
from training.fit import classes_of, examples, write_model
from training.linear import fit_linear
from training.rows import Row


def trained(folder: Path, kinds: dict[str, str]) -> str:
    """A small model at `folder` whose kinds are renamed; its name."""
    named = [Row(row.text, type(row.target)(row.target.label, _renamed(row, kinds))) for row in ROWS]
    classes = classes_of(named)
    reader = fit_linear(examples(named, classes), classes, SETTINGS)
    return write_model(folder, reader, {"spam": 0.5}, (DAY, "0" * 64)).name


def _renamed(row: Row, kinds: dict[str, str]) -> str | None:
    return kinds.get(row.target.kind, row.target.kind) if row.target.kind else None


def posts(folder: Path) -> str:
    return str(
        write_jsonl(folder / "posts.jsonl", [{"id": n, "text": row.text} for n, row in enumerate(ROWS)])
    )


@pytest.mark.parametrize("kinds", [{"advert": "ads"}, {"noise": "Noise", "neutral": ""}])
def test_kinds_that_no_record_keeps_are_refused_before_they_read(
    home: Home, tmp_path: Path, kinds: dict[str, str]
) -> None:
    trained(tmp_path / "strange", kinds)
    said = home.run("model", "use", str(tmp_path / "strange"), expect=2)
    assert next(iter(kinds.values())) in said
    assert "advert, scam, noise, neutral" in said


def test_fewer_kinds_than_a_record_keeps_will_do(home: Home, tmp_path: Path) -> None:
    name = trained(tmp_path / "good", {"noise": "advert"})
    assert name in home.run("model", "use", str(tmp_path / "good"))
    home.run("import", posts(tmp_path), "--source", "a")
    home.run("sieve")


def test_doctor_names_a_model_that_is_gone_or_damaged_and_use_mends_a_copy(
    home: Home, tmp_path: Path
) -> None:
    name = trained(tmp_path / "good", {})
    home.run("model", "use", str(tmp_path / "good"))
    kept = home.folder / "models" / name
    with (kept / "linear" / "weights.safetensors").open("ab") as writing:
        writing.write(b"x")
    said = home.run("doctor", expect=1)
    assert "!!  model" in said
    assert "sangtin model use shipped" in said
    assert all(check in said for check in ("waiting", "index"))
    home.run("model", "use", str(tmp_path / "good"))
    assert read_card(kept).name == name
    assert [file.name for file in kept.parent.glob(".*")] == []
    shutil.rmtree(kept)
    assert "!!  model" in home.run("doctor", expect=1)
    assert f"{name}, is gone" in home.run("sieve", expect=4)
