"""Every back end that is here gives the same answers; a pickle is read once, as tensors and nothing else."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import RobertaForSequenceClassification

import nlp
from nlp import torchside
from nlp.backend import TOLERANCE, Kind
from nlp.calibrating import remembered
from nlp.phobert import PhoBertReader, encode
from nlp.subwords import Subwords
from sangtin.errors import InputError, MissingError
from sangtin.python import ROOT
from tests.nlp.tiny import Shape, make_folder

POSTS = ["Đường ngập cả tuần 😡", "", "Cảm ơn các anh công an", "mưa " * 400, "Bán nhà giá tốt 0900000001"]


def test_transformers_computes_the_same(tiny: Path, cache: Path) -> None:
    theirs = RobertaForSequenceClassification.from_pretrained(tiny).eval()
    found = PhoBertReader.load(tiny, "phobert", nlp.Place(cache, "onnx-fp32")).read(POSTS)
    for ids, shares in zip(encode(Subwords.load(tiny), POSTS, 256)[0], found, strict=True):
        with torch.inference_mode():
            said = theirs(torch.from_numpy(ids)[None]).logits.softmax(-1)[0].numpy()
        assert np.abs(said - shares).max() < 1e-4


# Weights as random as these magnify every rounding; the tolerances are for trained ones (docs/benchmarks.md).
@pytest.mark.parametrize("kind", [Kind.TORCH_FP32, Kind.TORCH_BF16, Kind.ONNX_INT8, Kind.TORCH_GPU])
def test_back_ends_agree(tmp_path: Path, kind: Kind) -> None:
    if kind is Kind.TORCH_GPU and not torchside.has_gpu():
        pytest.skip("no GPU here")
    if kind is Kind.TORCH_BF16 and not torchside.has_bf16():
        pytest.skip("no bf16 here")
    folder = make_folder(tmp_path / "folder", shape=Shape(layers=2), seed=4)
    calm(folder)
    one = PhoBertReader.load(folder, "phobert", nlp.Place(tmp_path, "onnx-fp32")).read(POSTS)
    other = PhoBertReader.load(folder, "phobert", nlp.Place(tmp_path, kind)).read(POSTS)
    assert np.abs(one - other).max() <= TOLERANCE[kind]
    assert one.std(axis=0).max() > 0.005  # and the answers do differ from text to text


def calm(folder: Path) -> None:
    """Make a random model's logits as small as an untrained one's."""
    from safetensors.torch import save_file

    held = load_file(folder / "model.safetensors")
    held["classifier.out_proj.weight"] *= 0.1
    save_file(held, folder / "model.safetensors")


def test_auto_tries_torch_too_and_remembers(tiny: Path, tmp_path: Path) -> None:
    reader = PhoBertReader.load(tiny, "phobert", nlp.Place(tmp_path))
    assert reader.calibration is not None
    tried = {trial.kind for trial in reader.calibration.trials}
    assert {Kind.ONNX_FP32, Kind.ONNX_INT8} <= tried
    assert (Kind.TORCH_BF16 in tried) == torchside.has_bf16()
    assert remembered(reader.checkpoint.digest, 1.0, tmp_path) == reader.calibration


def pickled(tiny: Path, folder: Path) -> Path:
    make_folder(folder)
    torch.save(load_file(tiny / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return folder


def test_a_pickle_of_tensors_is_converted_once(tiny: Path, tmp_path: Path, cache: Path) -> None:
    folder = pickled(tiny, tmp_path / "pickled")
    place = nlp.Place(tmp_path / "cache", "onnx-fp32")
    first = nlp.load(folder, place).read(POSTS)
    assert first == nlp.load(tiny, nlp.Place(cache, "onnx-fp32")).read(POSTS)
    made = list((tmp_path / "cache" / "safetensors").iterdir())
    assert [file.suffix for file in made] == [".safetensors"]
    stamp = made[0].stat().st_mtime_ns
    nlp.load(folder, place)
    assert made[0].stat().st_mtime_ns == stamp


class Harmful:
    """What a pickle can do to who loads it."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (f"open({self.mark!r}, 'w').close()",)


@pytest.mark.parametrize("how", ["torch", "pickle", "noise"])
def test_a_pickle_that_would_run_something_is_refused(tiny: Path, tmp_path: Path, how: str) -> None:
    folder, mark = pickled(tiny, tmp_path / "pickled"), tmp_path / "ran"
    file = folder / "pytorch_model.bin"
    if how == "torch":
        torch.save({"a": Harmful(str(mark))}, file)
    else:
        file.write_bytes(pickle.dumps(Harmful(str(mark))) if how == "pickle" else b"\x80\x05noise")
    with pytest.raises(InputError, match="holds more than tensors, or is damaged; it was not loaded"):
        nlp.load(folder, nlp.Place(tmp_path / "cache"))
    assert not mark.exists()
    assert not list((tmp_path / "cache").rglob("*.safetensors"))


def test_code_in_a_folder_is_never_run(tiny: Path, tmp_path: Path) -> None:
    folder, mark = make_folder(tmp_path / "folder"), tmp_path / "ran"
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSequenceClassification": "modeling_own.Own"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "modeling_own.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    for kind in ("onnx-fp32", "torch-fp32"):
        nlp.load(folder, nlp.Place(tmp_path / "cache", kind)).read(["a"])
    assert not mark.exists()


def test_code_in_a_folder_is_never_run_from_within_it(tiny: Path, tmp_path: Path) -> None:
    folder, mark = pickled(tiny, tmp_path / "pickled"), tmp_path / "ran"
    for room in ("nlp", "sangtin", "crawlers"):
        (folder / room).mkdir()
        (folder / room / "__init__.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    (folder / "posts.jsonl").write_text(json.dumps({"id": 1, "text": "a"}) + "\n")
    command = [sys.executable, "-P", "-m", "sangtin", "--home", str(tmp_path / "home"), "classify"]
    done = subprocess.run(
        [*command, "posts.jsonl", "--model", ".", "--backend", "onnx-fp32"],
        capture_output=True, check=False, text=True, timeout=120,
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not mark.exists()


def test_a_gpu_that_is_not_there_is_said(tiny: Path, cache: Path) -> None:
    if torchside.has_gpu():
        pytest.skip("a GPU is here")
    with pytest.raises(MissingError, match="no GPU that torch can use"):
        nlp.load(tiny, nlp.Place(cache, "torch-gpu"))


def test_the_command_line_gives_the_same_on_each(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(POSTS)))
    rows = {}
    for kind in (Kind.ONNX_FP32, Kind.TORCH_FP32):
        command = [sys.executable, "-m", "sangtin", "--home", str(tmp_path / "home"), "classify", str(file)]
        done = subprocess.run(
            [*command, "--model", str(tiny), "--backend", kind], capture_output=True, check=True, timeout=120
        )
        rows[kind] = [json.loads(line) for line in done.stdout.splitlines()]
    for one, other in zip(*rows.values(), strict=True):
        assert (one["id"], one["label"], one["settled"]) == (other["id"], other["label"], False)
        assert all(abs(one["scores"][label] - other["scores"][label]) < 1e-4 for label in one["scores"])
