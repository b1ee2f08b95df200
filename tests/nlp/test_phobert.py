"""A folder in Hugging Face's layout is read alike on every back end of the base, in any company."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import nlp
from nlp import passage
from nlp.backend import TOLERANCE, Kind, cores
from nlp.batching import batches, fit
from nlp.calibrating import TEXTS, remembered
from nlp.converting import graph_of, sample_posts
from nlp.huggingface import open_checkpoint
from nlp.phobert import PhoBertReader, encode
from nlp.subwords import Subwords
from nlp.words import SEGMENTER
from sangtin.errors import InputError, MissingError, UsageError
from tests.nlp.texts import generated
from tests.nlp.tiny import LABELS, Shape, make_folder, make_vocabulary

POSTS = [
    "Đường ngập cả tuần mà không ai sửa, bức xúc quá 😡",
    "",
    "Cảm ơn các anh công an đã giúp bà con vùng lũ",
    "Bán nhà mặt tiền giá tốt, liên hệ 0900000001",
    "mưa " * 400,
    "a",
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("tiny") / "folder")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def reader(tiny: Path, cache: Path) -> PhoBertReader:
    return PhoBertReader.load(tiny, "phobert", nlp.Place(cache, "onnx-fp32"))


def test_a_model_says_on_how_many_cores_its_transformer_computes(tiny: Path, cache: Path) -> None:
    model = nlp.load(tiny, nlp.Place(cache, "onnx-fp32"))
    assert model.cores == cores()
    assert nlp.load(nlp.SHIPPED).cores == 1


def plain(folder: Path, text: str) -> np.ndarray:
    """RoBERTa's arithmetic for one text, as the papers have it (Vaswani et al. 2017, Liu et al. 2019)."""
    held = load_file(folder / "model.safetensors")
    w = {name.removeprefix("roberta."): table.astype(np.float64) for name, table in held.items()}
    config = json.loads((folder / "config.json").read_text())
    ids = encode(Subwords.load(folder), [text], 256)[0][0]

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        return np.asarray(x @ w[f"{name}.weight"].T + w[f"{name}.bias"])

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        spread = np.sqrt(x.var(axis=-1, keepdims=True) + config["layer_norm_eps"])
        even = (x - x.mean(axis=-1, keepdims=True)) / spread
        return np.asarray(even * w[f"{name}.weight"] + w[f"{name}.bias"])

    places = np.arange(len(ids)) + config["pad_token_id"] + 1
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][places]
    x = norm("embeddings.LayerNorm", x + w["embeddings.token_type_embeddings.weight"][0])
    heads = config["num_attention_heads"]
    for number in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{number}"
        q, k, v = (
            dense(f"{name}.attention.self.{part}", x).reshape(len(ids), heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(f"{name}.attention.output.LayerNorm", x + dense(f"{name}.attention.output.dense", mixed))
        grown = dense(f"{name}.intermediate.dense", x)
        grown = grown * (1 + np.vectorize(math.erf)(grown / math.sqrt(2))) / 2
        x = norm(f"{name}.output.LayerNorm", x + dense(f"{name}.output.dense", grown))
    said = dense("classifier.out_proj", np.tanh(dense("classifier.dense", x[0])))
    shares = np.exp(said - said.max())
    return np.asarray(shares / shares.sum())


def test_it_computes_what_the_papers_say(tiny: Path, reader: PhoBertReader) -> None:
    found = reader.read(POSTS)
    for text, shares in zip(POSTS, found, strict=True):
        assert np.abs(plain(tiny, text) - shares).max() < 1e-5


@pytest.mark.parametrize("kind", [Kind.ONNX_FP32, Kind.ONNX_INT8])
def test_a_text_has_one_answer_in_any_company(tiny: Path, cache: Path, kind: Kind) -> None:
    reader = PhoBertReader.load(tiny, "phobert", nlp.Place(cache, kind))
    together = reader.read(POSTS)
    alone = np.concatenate([reader.read([text]) for text in POSTS])
    turned = reader.read(POSTS[::-1])[::-1]
    assert np.abs(together - alone).max() < 1e-6
    assert np.abs(together - turned).max() < 1e-6


@pytest.mark.parametrize("many", [5_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_probabilities_of_any_text_sum_to_one(reader: PhoBertReader, many: int) -> None:
    shares = reader.read(list(generated(many, seed=3)))
    assert shares.shape == (many, len(LABELS))
    assert np.isfinite(shares).all()
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-9
    assert (shares >= 0).all()


def test_no_text_gives_no_answer(reader: PhoBertReader) -> None:
    assert reader.read([]).shape == (0, len(LABELS))


def test_labels_and_kinds_come_from_the_config(tiny: Path, cache: Path) -> None:
    model = nlp.load(tiny, nlp.Place(cache, "onnx-fp32"))
    assert model.labels == ("negative", "positive", "spam")
    answers = model.read(POSTS)
    assert all(not answer.settled for answer in answers)
    assert {answer.kind for answer in answers if answer.label == "spam"} <= {"advert", "neutral"}
    assert all(abs(sum(answer.scores.values()) - 1) < 1e-9 for answer in answers)
    assert any("no thresholds" in note for note in model.notes)
    assert any(SEGMENTER in note and passage.NORMALISER in note for note in model.notes)


def test_a_long_text_is_cut_and_counted(tiny: Path, cache: Path) -> None:
    model = nlp.load(tiny, nlp.Place(cache, "onnx-fp32"))
    model.read(POSTS)
    assert model.counted["cut"] == 1
    assert model.counted["read phobert"] == len(POSTS)


def test_head_and_tail_of_a_long_text_stay() -> None:
    ids, cut = fit(np.arange(1000), 254)
    assert cut
    assert len(ids) == 254
    assert ids[:63].tolist() == list(range(63))
    assert ids[63:].tolist() == list(range(1000 - 191, 1000))
    assert not fit(np.arange(254), 254)[1]


def test_batches_keep_the_budget_and_forget_nobody() -> None:
    lengths = np.random.default_rng(5).integers(1, 257, 500).tolist()
    found = list(batches(lengths, 512))
    assert sorted(np.concatenate(found).tolist()) == list(range(500))
    assert all(len(one) * max(lengths[i] for i in one) <= 512 for one in found)
    assert [one.tolist() for one in batches([900, 2], 512)] == [[1], [0]]
    assert list(batches([], 512)) == []


def test_graphs_are_made_once(tiny: Path, tmp_path: Path) -> None:
    place = nlp.Place(tmp_path, "onnx-int8")
    PhoBertReader.load(tiny, "phobert", place)
    made = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.onnx")}
    assert len(made) == 1
    PhoBertReader.load(tiny, "phobert", place)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()} == made


AT_ONCE = """
import sys
from pathlib import Path
import nlp
from nlp.phobert import PhoBertReader
PhoBertReader.load(Path(sys.argv[1]), "phobert", nlp.Place(Path(sys.argv[2]), "onnx-int8"))
"""


def test_two_first_uses_at_once_leave_each_other_alone(tiny: Path, tmp_path: Path) -> None:
    checkpoint, ids = open_checkpoint(tiny, tmp_path), encode(Subwords.load(tiny), POSTS, 256)[0]

    def texts() -> list[np.ndarray]:
        """What ranges are found on; meanwhile another process does all of the same."""
        subprocess.run([sys.executable, "-c", AT_ONCE, str(tiny), str(tmp_path)], check=True, timeout=120)
        return ids

    made = graph_of(checkpoint, Kind.ONNX_INT8, (tmp_path, texts))
    assert made is not None
    assert [file.name for file in made.parent.iterdir()] == [made.name]


def test_weights_without_a_head_are_refused_with_the_command(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "bare", labels=())
    with pytest.raises(UsageError, match=r"no classification head.*sangtin train fit .*--model"):
        nlp.load(folder, nlp.Place(tmp_path))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("no weights", "has no weights"),
        ("cut weights", "cannot be read"),
        ("other shape", "should have shape"),
        ("missing tensor", "found nothing"),
        ("not finite", "not finite"),
        ("other model", "reads PhoBERT's architecture"),
        ("no json", "config.json is damaged"),
        ("larger vocabulary", "belong to different models"),
        ("other segmenter", "Train the model again"),
        ("names without numbers", "config.json is damaged"),
        ("no names", "has no id2label"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_in_words(tmp_path: Path, damage: str, said: str) -> None:
    folder = make_folder(tmp_path / "folder", shape=Shape(layers=1))
    file, config = folder / "model.safetensors", json.loads((folder / "config.json").read_text())
    tensors = load_file(file)
    if damage == "no weights":
        file.unlink()
    elif damage == "cut weights":
        file.write_bytes(file.read_bytes()[:200])
    elif damage == "other shape":
        tensors["roberta.encoder.layer.0.output.dense.weight"] = np.zeros((3, 3), np.float32)
    elif damage == "missing tensor":
        del tensors["roberta.encoder.layer.0.attention.self.key.bias"]
    elif damage == "not finite":
        tensors["classifier.out_proj.bias"][0] = np.nan
    elif damage == "other model":
        config["model_type"] = "bert"
    elif damage == "names without numbers":
        config["id2label"] = {"first": "spam", "second": "negative"}
    elif damage == "no names":
        del config["id2label"]
    elif damage == "larger vocabulary":
        make_vocabulary(folder, 60)
        lines = (folder / "vocab.txt").read_text().splitlines()
        more = [f"more{i} 1" for i in range(config["vocab_size"])]
        (folder / "vocab.txt").write_text("\n".join([*lines, *more]))
    elif damage == "other segmenter":
        card = {"format": 1, "normaliser": passage.NORMALISER, "segmenter": "other-1", "temperature": 1.0}
        (folder / "reader.json").write_text(json.dumps(card))
    if damage in {"other shape", "missing tensor", "not finite"}:
        save_file(tensors, file)
    (folder / "config.json").write_text("{" if damage == "no json" else json.dumps(config))
    with pytest.raises((InputError, MissingError, UsageError), match=said):
        nlp.load(folder, nlp.Place(tmp_path, "onnx-fp32")).read(["a"])


def test_weights_in_sixteen_bits_are_read(tiny: Path, tmp_path: Path, cache: Path) -> None:
    half = tmp_path / "half"
    shutil.copytree(tiny, half)
    save_file(
        {k: v.astype(np.float16) for k, v in load_file(tiny / "model.safetensors").items()},
        half / "model.safetensors",
    )
    one, other = (PhoBertReader.load(each, "phobert", nlp.Place(cache, "onnx-fp32")) for each in (tiny, half))
    assert np.abs(one.read(POSTS) - other.read(POSTS)).max() < 0.03


def write_bf16(file: Path, tables: dict[str, np.ndarray]) -> None:
    """Safetensors of tables of 32-bit floats in bf16, rounded towards zero, by the format's own words."""
    head: dict[str, object] = {}
    body = b""
    for name, table in tables.items():
        data = (table.view(np.uint32) >> 16).astype("<u2").tobytes()
        ends = [len(body), len(body) + len(data)]
        head[name] = {"dtype": "BF16", "shape": table.shape, "data_offsets": ends}
        body += data
    said = json.dumps(head).encode()
    file.write_bytes(len(said).to_bytes(8, "little") + said + body)


def test_weights_in_bf16_are_read(tiny: Path, tmp_path: Path, cache: Path) -> None:
    short = tmp_path / "short"
    shutil.copytree(tiny, short)
    tables = {
        name: np.ascontiguousarray(table) for name, table in load_file(short / "model.safetensors").items()
    }
    write_bf16(short / "model.safetensors", tables)
    held = open_checkpoint(short, cache).weights()
    for name, table in tables.items():
        assert np.abs(held[name.removeprefix("roberta.")] - table).max() <= np.abs(table).max() * 2**-7
    assert nlp.load(short, nlp.Place(cache, "onnx-fp32")).read(["a"])[0].label


def test_a_plain_folder_is_named_after_all_that_decides_its_answers(tmp_path: Path) -> None:
    place, folder = nlp.Place(tmp_path / "cache", "onnx-fp32"), tmp_path / "best"
    first = nlp.load(make_folder(folder, shape=Shape(layers=1)), place).name
    assert first == nlp.load(folder, place).name
    copy = shutil.copytree(folder, tmp_path / first)
    assert nlp.load(copy, place).name == first
    write_temperature(folder, 0.5)
    cooled = nlp.load(folder, place).name
    make_folder(folder, seed=2, shape=Shape(layers=1))
    retrained = nlp.load(folder, place).name
    assert len({first, cooled, retrained}) == 3
    assert all(name.startswith("best-") for name in (first, cooled, retrained))


def write_temperature(folder: Path, temperature: float) -> None:
    """A reader.json of this version with a temperature."""
    card = {"format": 1, "normaliser": passage.NORMALISER, "segmenter": SEGMENTER, "temperature": temperature}
    (folder / "reader.json").write_text(json.dumps(card))


def test_auto_holds_what_is_served_against_32_bits(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder", shape=Shape(layers=1), seed=4)
    some, moved = sample_posts()[:TEXTS], {}
    for temperature in (1.0, 0.25):
        write_temperature(folder, temperature)
        tried = PhoBertReader.load(folder, "phobert", nlp.Place(tmp_path)).calibration
        assert tried is not None
        moved[temperature] = next(one.moved for one in tried.trials if one.kind is Kind.ONNX_INT8)
        one, other = (
            PhoBertReader.load(folder, "phobert", nlp.Place(tmp_path, kind)).read(some)
            for kind in (Kind.ONNX_FP32, Kind.ONNX_INT8)
        )
        assert moved[temperature] == pytest.approx(np.abs(one - other).max(), abs=1e-4)
    assert moved[0.25] != moved[1.0]


def test_a_remembered_choice_that_is_gone_is_made_anew(tiny: Path, tmp_path: Path) -> None:
    first = PhoBertReader.load(tiny, "phobert", nlp.Place(tmp_path)).calibration
    assert first is not None
    (file,) = (tmp_path / "back-ends").iterdir()
    gone = json.loads(file.read_text())
    gone["trials"][gone["chosen"]]["kind"] = Kind.TORCH_GPU
    file.write_text(json.dumps(gone))
    again = PhoBertReader.load(tiny, "phobert", nlp.Place(tmp_path)).calibration
    assert again is not None
    assert again.best.kind is not Kind.TORCH_GPU
    assert remembered(open_checkpoint(tiny, tmp_path).digest, 1.0, tmp_path) == again


@pytest.mark.parametrize("kind", [Kind.ONNX_FP32, Kind.ONNX_INT8])
def test_a_damaged_graph_in_the_cache_is_made_again(tiny: Path, tmp_path: Path, kind: Kind) -> None:
    place = nlp.Place(tmp_path, kind)
    before = PhoBertReader.load(tiny, "phobert", place).read(POSTS)
    (graph,) = (tmp_path / "onnx").iterdir()
    graph.write_bytes(graph.read_bytes()[:1000])
    assert (PhoBertReader.load(tiny, "phobert", place).read(POSTS) == before).all()


def test_an_unknown_back_end_is_named(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no back end 'fast'.*onnx-int8"):
        nlp.load(tiny, nlp.Place(tmp_path, "fast"))


def test_why_names_words_of_the_original(reader: PhoBertReader) -> None:
    text = "Đường ngập  cả tuần 😡 mà không ai sửa"
    moved = reader.why(text, "spam")
    assert moved
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in moved)
    assert [abs(one.weight) for one in moved] == sorted((abs(one.weight) for one in moved), reverse=True)
    assert len(reader.why("mưa to " * 2000, "spam")) <= 12


def test_every_back_end_has_a_tolerance() -> None:
    assert set(TOLERANCE) == set(Kind)
