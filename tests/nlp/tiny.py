"""A small random PhoBERT in Hugging Face's layout, with a small vocabulary of our own or a real one."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from nlp.subwords import MERGES, VOCABULARY, Subwords

# The real tokenizer's files lie beside the development data.
DATA = os.environ.get("SANGTIN_TEST_DATA")
REAL = Path(DATA).resolve().parent / "assets" / "phobert-tokenizer" if DATA else Path("/nowhere")

LABELS = ("negative", "positive", "spam/advert", "spam/neutral")

TEXTS = (
    "Đường ngập cả tuần mà không ai sửa , bức_xúc quá",
    "Cảm_ơn các anh công_an đã giúp bà_con vùng lũ",
    "Bán nhà mặt_tiền giá tốt , liên_hệ 0900000001",
    "Mai trời có mưa không mọi người ?",
    "Giảm_giá 50 % toàn_bộ váy áo , inbox shop ngay @user #sale",
    "Rác chất đống đầu hẻm , hôi_thối không chịu nổi",
    "Công_viên mới đẹp quá , cả nhà thích mê",
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the weights are, and how many times larger some channels are than the rest."""

    layers: int = 3
    hidden: int = 32
    heads: int = 4
    wide: int = 64
    positions: int = 258
    loud: float = 4.0


def make_vocabulary(folder: Path, merges: int = 120) -> Path:
    """Byte pair encoding learned from TEXTS, in PhoBERT's two files."""
    words = Counter(word for text in TEXTS for word in text.split())
    parts = {word: (*word[:-1], word[-1] + "</w>") for word in words}
    learned: list[tuple[str, str]] = []
    for _ in range(merges):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in zip(parts[word], parts[word][1:], strict=False):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        learned.append(best)
        parts = {word: _merged(part, best) for word, part in parts.items()}
    pieces = {piece for part in parts.values() for piece in part} | {a + b for a, b in learned}
    pieces |= {letter for word in words for letter in word} | {letter + "</w>" for letter in "aeiou.,!?@#"}
    entries = sorted(p.removesuffix("</w>") if p.endswith("</w>") else p + "@@" for p in pieces)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / VOCABULARY).write_text("".join(f"{entry} 1\n" for entry in entries), encoding="utf-8")
    (folder / MERGES).write_text("".join(f"{a} {b} 1\n" for a, b in learned), encoding="utf-8")
    return folder


def _merged(parts: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if found and (found[-1], part) == pair:
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def make_folder(
    folder: Path,
    *,
    labels: tuple[str, ...] = LABELS,
    seed: int = 1,
    shape: Shape | None = None,
    vocabulary: Path | None = None,
) -> Path:
    """A folder with config, weights and vocabulary; without `labels` its weights have no head."""
    if vocabulary is None:
        make_vocabulary(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (VOCABULARY, MERGES):
            shutil.copyfile(vocabulary / name, folder / name)
    size = Subwords.load(folder).size
    save_file(weights(shape or Shape(), size, len(labels), seed), str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps(config(shape or Shape(), size, labels)), encoding="utf-8")
    return folder


def config(shape: Shape, size: int, labels: tuple[str, ...]) -> dict[str, object]:
    """config.json as transformers writes it."""
    return {
        "architectures": ["RobertaForSequenceClassification" if labels else "RobertaForMaskedLM"],
        "model_type": "roberta",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.wide,
        "max_position_embeddings": shape.positions,
        "vocab_size": size,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
        "hidden_act": "gelu",
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "tokenizer_class": "PhobertTokenizer",
        **({"id2label": {str(i): label for i, label in enumerate(labels)}} if labels else {}),
    }


def weights(shape: Shape, size: int, classes: int, seed: int) -> dict[str, np.ndarray]:
    """Random weights, large enough that texts differ; a few channels are much larger, as trained ones are."""
    draw = np.random.default_rng(seed)
    hidden = shape.hidden

    def table(*of: int) -> np.ndarray:
        return np.asarray(draw.standard_normal(of) * 2 / np.sqrt(of[-1]), np.float32)

    found = {
        "roberta.embeddings.word_embeddings.weight": table(size, hidden),
        "roberta.embeddings.position_embeddings.weight": table(shape.positions, hidden) / 4,
        "roberta.embeddings.token_type_embeddings.weight": table(1, hidden) / 4,
    }

    def dense(name: str, inputs: int, outputs: int) -> None:
        found[f"{name}.weight"] = table(outputs, inputs)
        found[f"{name}.bias"] = table(outputs) / 10

    def norm(name: str) -> None:
        scale = 1 + draw.standard_normal(hidden) / 10
        scale[::13] *= shape.loud
        found[f"{name}.weight"] = scale.astype(np.float32)
        found[f"{name}.bias"] = table(hidden) / 10

    norm("roberta.embeddings.LayerNorm")
    for number in range(shape.layers):
        layer = f"roberta.encoder.layer.{number}"
        for part in ("query", "key", "value"):
            dense(f"{layer}.attention.self.{part}", hidden, hidden)
        dense(f"{layer}.attention.output.dense", hidden, hidden)
        norm(f"{layer}.attention.output.LayerNorm")
        dense(f"{layer}.intermediate.dense", hidden, shape.wide)
        dense(f"{layer}.output.dense", shape.wide, hidden)
        norm(f"{layer}.output.LayerNorm")
    if classes:
        dense("classifier.dense", hidden, hidden)
        dense("classifier.out_proj", hidden, classes)
    return found
