"""Published weights are found by name, and said to be missing in words; doctor says how they are read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import nlp
from nlp.backend import Kind
from nlp.calibrating import Calibration, Trial, told
from nlp.hub import PUBLISHED, licence_note
from tests import commands
from tests.nlp.tiny import Shape, make_folder


def sangtin(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Nothing is fetched by a test, whatever the machine can reach or holds.
    known = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home / "hub")}
    return commands.run_text("--home", str(home), *arguments, environment=known)


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    file = tmp_path / "posts.jsonl"
    file.write_text(json.dumps({"id": 1, "text": "Đường ngập quá trời"}) + "\n")
    return file


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_missing_weights_say_where_to_put_them(tmp_path: Path, posts: Path, name: str) -> None:
    done = sangtin(tmp_path / "home", "classify", str(posts), "--model", name)
    assert done.returncode == 4
    assert f"The weights of {name} are not on this machine" in done.stderr
    assert str(tmp_path / "home" / "models" / name.rpartition("/")[2]) in done.stderr
    assert "Traceback" not in done.stderr


def test_weights_that_were_put_there_are_found_by_name(tmp_path: Path, posts: Path) -> None:
    placed = make_folder(tmp_path / "home" / "models" / "phobert-base")
    assert nlp.find("vinai/phobert-base", tmp_path / "home" / "models") == placed
    assert nlp.find("phobert-base", tmp_path / "home" / "models") == placed
    done = sangtin(
        tmp_path / "home", "classify", str(posts), "--model", "vinai/phobert-base", "--backend", "onnx-fp32"
    )
    assert done.returncode == 0, done.stderr
    assert "settles nothing" in done.stderr
    assert json.loads(done.stdout)["settled"] is False


@pytest.mark.parametrize("left", [["config.json"], ["config.json", "vocab.txt", "model.safetensors"]])
def test_a_fetch_that_was_broken_off_is_not_taken(tmp_path: Path, posts: Path, left: list[str]) -> None:
    whole = make_folder(tmp_path / "whole")
    kept = tmp_path / "home" / "hub" / "hub" / "models--vinai--phobert-base"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("abc")
    (kept / "snapshots" / "abc").mkdir(parents=True)
    command = ["classify", str(posts), "--model", "vinai/phobert-base", "--backend", "onnx-fp32"]
    for name in left:
        shutil.copyfile(whole / name, kept / "snapshots" / "abc" / name)
    refused = sangtin(tmp_path / "home", *command)
    assert refused.returncode == 4
    assert "could not be fetched" in refused.stderr
    shutil.copytree(whole, kept / "snapshots" / "abc", dirs_exist_ok=True)
    assert sangtin(tmp_path / "home", *command).returncode == 0


def test_a_plain_folder_in_use_is_shown_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, weights = tmp_path / "home", make_folder(tmp_path / "phobert-base-v2", shape=Shape(layers=1))
    monkeypatch.setenv("SANGTIN_BACKEND", "onnx-fp32")
    assert sangtin(home, "init").returncode == 0
    used = sangtin(home, "model", "use", str(weights))
    assert used.returncode == 0, used.stderr
    assert "AGPL-3.0" in used.stderr
    assert "settles nothing" in used.stderr
    listed = sangtin(home, "model", "list").stdout.splitlines()
    assert [line.startswith("* phobert-base-v2-") for line in listed] == [False, False, True]
    shown = sangtin(home, "model", "show", str(weights))
    assert shown.returncode == 0, shown.stderr
    assert "labels: negative, positive, spam · no thresholds" in shown.stdout
    assert "phobert: settles nothing" in shown.stdout
    (found,) = [one for one in json.loads(sangtin(home, "model", "list", "--json").stdout) if one["in_use"]]
    assert (found["name"], found["labels"]) == (Path(found["folder"]).name, ["negative", "positive", "spam"])


def test_evaluate_says_what_a_person_should_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANGTIN_BACKEND", "onnx-fp32")
    weights = make_folder(tmp_path / "phobert-base-v2", shape=Shape(layers=1))
    rows = [{"text": "ngập quá", "label": "negative"}, {"text": "bán nhà", "label": "spam"}]
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = sangtin(tmp_path / "home", "evaluate", str(labelled), "--model", str(weights))
    assert done.returncode == 0, done.stderr
    assert "AGPL-3.0" in done.stderr
    assert "settles nothing" in done.stderr


def test_a_strict_licence_is_said() -> None:
    assert "AGPL-3.0" in (licence_note("models/phobert-base-v2/") or "")
    assert "AGPL-3.0" in (licence_note("vinai/phobert-base-v2") or "")
    assert licence_note("vinai/phobert-base") is None


def test_doctor_says_how_the_model_in_use_is_read(tmp_path: Path) -> None:
    home, weights = tmp_path / "home", make_folder(tmp_path / "weights")
    assert sangtin(home, "init").returncode == 0
    used = sangtin(home, "model", "use", str(weights))
    assert used.returncode == 0, used.stderr
    said = sangtin(home, "doctor").stdout
    line = next(line for line in said.splitlines() if "phobert " in line)
    assert "posts/s on" in line
    assert "onnx-" in line


def trial(kind: Kind, rate: float, moved: float) -> Trial:
    return Trial(kind=kind, budget=512, workers=2, threads=1, posts_a_second=rate, moved=moved)


def test_what_was_refused_is_said_with_the_reason() -> None:
    trials = (trial(Kind.ONNX_FP32, 12, 0), trial(Kind.ONNX_INT8, 40, 0.2), trial(Kind.TORCH_BF16, 20, 0.01))
    found = Calibration(version=1, machine="a machine", reader="abc", chosen=2, trials=trials)
    line = told(found)
    assert line.startswith("torch-bf16, 512 sub-words a batch, 2×1 threads: 20 posts/s on a machine")
    assert "onnx-int8 40 but a probability moved by 0.200" in line
    assert "onnx-fp32 12" in line
