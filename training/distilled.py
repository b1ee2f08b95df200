"""The weights of a student → the folder of a transformer reader, in whole numbers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp import Class
from nlp.compact import Asked
from nlp.graph import write_graph, write_watched
from nlp.huggingface import KIND_MARK, Config
from nlp.pieces import PAD, Pieces
from nlp.prepare import prepare
from nlp.quantising import REDUCED, find_ranges
from nlp.transformer import GRAPH, VOCABULARY, write_card
from training.encoder_shape import NORM, head_size

Weights = Mapping[str, npt.NDArray[Any]]
SHOWN = 1_000  # texts that ranges are found on


@dataclass(frozen=True, slots=True)
class Student:
    """A student on its way into a compact reader, when it is asked, and texts to find ranges on."""

    asked: Asked
    weights: Weights
    vocabulary: Path
    texts: Sequence[str]

    def save(self, folder: Path, classes: tuple[Class, ...]) -> None:
        """Write its folder; alone it would answer at the temperature 1."""
        write_student(folder, self.weights, self.texts, (self.vocabulary, classes, 1.0))


def write_student(
    folder: Path, weights: Weights, texts: Sequence[str], made: tuple[Path, tuple[Class, ...], float]
) -> None:
    """Write the folder that `TransformerReader.load` reads. `made`: vocabulary, classes, temperature."""
    vocabulary, classes, temperature = made
    folder.mkdir(parents=True)
    shutil.copyfile(vocabulary, folder / VOCABULARY)
    write_card(folder, classes, temperature)
    config, tables = config_of(weights, classes), renamed(weights)
    step = max(1, len(texts) // SHOWN)
    ids, _cut = Pieces.load(vocabulary).numbers([prepare(text) for text in texts[::step][:SHOWN]])
    with tempfile.TemporaryDirectory() as scratch:
        watched = Path(scratch) / "watched.onnx"
        outputs = write_watched(watched, config, tables)
        rows = [one[None] for one in ids]
        ranges = find_ranges((watched, outputs), rows, (config, tables), REDUCED)
    write_graph(folder / GRAPH, config, tables, ranges, bits=8)


def config_of(weights: Weights, classes: Sequence[Class]) -> Config:
    """RoBERTa's description of an encoder's weights."""
    vocabulary, hidden = weights["word.weight"].shape
    names = [f"{one.label}{KIND_MARK}{one.kind}" if one.kind else one.label for one in classes]
    return Config(
        model_type="roberta",
        hidden_size=hidden,
        num_hidden_layers=sum(name.endswith("qkv.weight") for name in weights),
        num_attention_heads=hidden // head_size(hidden),
        intermediate_size=weights["layers.0.wide.weight"].shape[0],
        max_position_embeddings=weights["place.weight"].shape[0],
        vocab_size=vocabulary,
        layer_norm_eps=NORM,
        pad_token_id=PAD,
        id2label=dict(enumerate(names)),
    )


def renamed(weights: Weights) -> dict[str, npt.NDArray[np.float32]]:
    """The weights by RoBERTa's names, in 32 bits."""
    tables = {name: one.astype(np.float32) for name, one in weights.items()}
    hidden = tables["word.weight"].shape[1]
    found = {
        "embeddings.word_embeddings.weight": tables["word.weight"],
        "embeddings.position_embeddings.weight": tables["place.weight"],
        "embeddings.token_type_embeddings.weight": np.zeros((1, hidden), np.float32),
    }
    found |= _both(tables, "norm", "embeddings.LayerNorm")
    found |= _both(tables, "dense", "classifier.dense") | _both(tables, "proj", "classifier.out_proj")
    layers = sum(name.endswith("qkv.weight") for name in tables)
    for number in range(layers):
        own, other = f"layers.{number}", f"encoder.layer.{number}"
        for part in ("weight", "bias"):
            split = np.split(tables[f"{own}.qkv.{part}"], 3)
            for name, one in zip(("query", "key", "value"), split, strict=True):
                found[f"{other}.attention.self.{name}.{part}"] = one
        found |= _both(tables, f"{own}.out", f"{other}.attention.output.dense")
        found |= _both(tables, f"{own}.first", f"{other}.attention.output.LayerNorm")
        found |= _both(tables, f"{own}.wide", f"{other}.intermediate.dense")
        found |= _both(tables, f"{own}.narrow", f"{other}.output.dense")
        found |= _both(tables, f"{own}.second", f"{other}.output.LayerNorm")
    return found


def _both(tables: Mapping[str, Any], own: str, other: str) -> dict[str, Any]:
    return {f"{other}.{part}": tables[f"{own}.{part}"] for part in ("weight", "bias")}
