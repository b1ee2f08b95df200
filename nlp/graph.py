"""PhoBERT's weights → an ONNX graph of the fused operators that ONNX Runtime has for transformers.

    ids (texts, sub-words), lengths (texts) → logits (texts, classes)

Texts are padded on the right; what stands after a text's length changes nothing. In the last layer only the
first sub-word is computed beyond its keys and values: the classification head reads nothing else.

Whole numbers (int8): weights have a scale for each output, activations a fixed one that a calibration chose
(nlp.quantising), so that an answer does not depend on the other texts of its batch, as it would with scales
found while reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nlp.huggingface import Config, Weights

if TYPE_CHECKING:
    from onnx import ModelProto

# Part of the name of every graph that is kept: another way to build, another graph.
VERSION = "graph-2"

Floats = npt.NDArray[np.float32]
_OPSET, _IR = 17, 10  # what ONNX Runtime 1.23 and newer read
_FUSED = "com.microsoft"  # the domain of ONNX Runtime's fused operators


@dataclass(frozen=True, slots=True)
class Range:
    """How one matrix product reads its input in whole numbers.

    Each channel is multiplied by `shrink` first, then rounded to steps of `step` around `zero`. `most` is the
    largest whole number of its weights.
    """

    shrink: Floats
    step: float
    zero: int
    most: int


@dataclass(slots=True)
class _Drawing:
    """A graph in the making."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def constant(self, value: npt.ArrayLike, dtype: Any = np.float32) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        held = np.ascontiguousarray(np.asarray(value, dtype)).reshape(np.shape(value))
        self.constants.append(numpy_helper.from_array(held, name))
        return name

    def add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        return self.add_many(operator, inputs, 1, **attributes)[0]

    def add_many(self, operator: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"n{len(self.nodes)}.{i}" for i in range(outputs)]
        domain = _FUSED if operator in _OF_ONNX_RUNTIME else ""
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names


_OF_ONNX_RUNTIME = frozenset({"MultiHeadAttention", "BiasGelu", "MatMulIntegerToFloat"})


@dataclass(frozen=True, slots=True)
class _Model:
    """What drawing a layer needs: the config, the weights, and the ranges where it is of whole numbers."""

    drawing: _Drawing
    config: Config
    weights: Weights
    ranges: Mapping[str, Range] | None
    watch: bool
    bits: int = 16


def write_graph(
    file: Path, config: Config, weights: Weights, ranges: Mapping[str, Range] | None = None, *, bits: int = 16
) -> None:
    """Write a graph of 32-bit numbers, or with `ranges` of whole ones, to `file`.

    Beside whole numbers the table of words is kept in 16 bits, which loses less than the rounding after it;
    with `bits` 8, where size counts, each word in 8 bits of its greatest size.
    """
    _save(file, _Model(_Drawing(), config, weights, ranges, False, bits))


def write_watched(file: Path, config: Config, weights: Weights) -> list[str]:
    """Write a graph of 32-bit numbers that also gives the input of every matrix product; returns their names,
    in the order of the outputs after the logits."""
    return _save(file, _Model(_Drawing(), config, weights, None, True))


def products(config: Config) -> dict[str, tuple[str, ...]]:
    """Each matrix product that has a range, and the weights that it multiplies with."""
    found: dict[str, tuple[str, ...]] = {}
    for number in range(config.num_hidden_layers):
        layer = f"encoder.layer.{number}"
        found[f"{layer}.qkv"] = tuple(
            f"{layer}.attention.self.{part}.weight" for part in ("query", "key", "value")
        )
        found[f"{layer}.mixed"] = (f"{layer}.attention.output.dense.weight",)
        found[f"{layer}.wide"] = (f"{layer}.intermediate.dense.weight",)
        found[f"{layer}.narrow"] = (f"{layer}.output.dense.weight",)
    return found


def write_top(below: ModelProto, file: Path, config: Config, weights: Weights) -> None:
    """Write a graph of `write_graph` with a new last layer and head, of 32-bit numbers.

    `below` is that graph up to what its last layer reads (`below_top`); of `weights` the last layer's and the
    head's are used.
    """
    drawing = _Drawing(list(below.graph.node), list(below.graph.initializer))
    model = _Model(drawing, config, weights, None, False)
    _finish(file, model, _layer(model, below.graph.output[0].name, config.num_hidden_layers - 1))


def below_top(graph: ModelProto) -> ModelProto:
    """A graph of `write_graph` up to what its last layer reads, (texts, sub-words, hidden): its output."""
    from onnx import TensorProto, helper

    nodes = graph.graph.node
    normed = [place for place, node in enumerate(nodes) if node.op_type == "LayerNormalization"]
    kept = nodes[: normed[-3] + 1]  # the last layer itself has two
    used = {name for node in kept for name in node.input}
    held = [one for one in graph.graph.initializer if one.name in used]
    output = helper.make_tensor_value_info(kept[-1].output[0], TensorProto.FLOAT, None)
    found = helper.make_graph(kept, "phobert", graph.graph.input, [output], held)
    return helper.make_model(found, opset_imports=graph.opset_import, ir_version=_IR)


def _save(file: Path, model: _Model) -> list[str]:
    hidden = _embedded(model)
    for number in range(model.config.num_hidden_layers):
        hidden = _layer(model, hidden, number)
    return _finish(file, model, hidden)


def _finish(file: Path, model: _Model, hidden: str) -> list[str]:
    """Draw the head upon the last layer and write the graph."""
    from onnx import TensorProto, helper, save

    drawing = model.drawing
    logits = _head(model, hidden)
    drawing.nodes.append(helper.make_node("Identity", [logits], ["logits"]))
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(model.config.classes)])
    ]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in drawing.seen]
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "subwords"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
    ]
    graph = helper.make_graph(drawing.nodes, "phobert", inputs, outputs, drawing.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR), str(file))
    return list(drawing.seen)


def _embedded(model: _Model) -> str:
    """Word, position and type, normalised: (texts, sub-words, hidden)."""
    draw, weights = model.drawing, model.weights
    words = _words(model, weights["embeddings.word_embeddings.weight"])
    first = model.config.pad_token_id + 1
    places = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    length = draw.add("Shape", ["ids"], start=1, end=2)
    start = draw.constant([first], np.int64)
    end = draw.add("Add", [length, start])
    table_of_places = draw.constant(places[None])
    at = draw.add("Slice", [table_of_places, start, end, draw.constant([1], np.int64)])
    return _normalised(model, draw.add("Add", [words, at]), "embeddings.LayerNorm")


def _words(model: _Model, table: Floats) -> str:
    """The vector of each word."""
    draw = model.drawing
    if model.ranges is None:
        return draw.add("Gather", [draw.constant(table), "ids"])
    if model.bits > 8:
        return draw.add("Cast", [draw.add("Gather", [draw.constant(table, np.float16), "ids"])], to=1)
    steps = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
    whole = draw.add("Gather", [draw.constant(np.rint(table / steps), np.int8), "ids"])
    return draw.add(
        "Mul", [draw.add("Cast", [whole], to=1), draw.add("Gather", [draw.constant(steps), "ids"])]
    )


def _normalised(model: _Model, value: str, name: str) -> str:
    draw, weights = model.drawing, model.weights
    scale, shift = draw.constant(weights[f"{name}.weight"]), draw.constant(weights[f"{name}.bias"])
    return draw.add("LayerNormalization", [value, scale, shift], axis=-1, epsilon=model.config.layer_norm_eps)


def _layer(model: _Model, hidden: str, number: int) -> str:
    """One layer; the last gives the first sub-word alone: (texts, 1, hidden)."""
    draw, weights, name = model.drawing, model.weights, f"encoder.layer.{number}"
    last = number == model.config.num_hidden_layers - 1
    queries, keys, values = _queries(model, hidden, name, last=last)
    mixed = draw.add(
        "MultiHeadAttention",
        [queries, keys, values, "", "lengths"],
        num_heads=model.config.num_attention_heads,
    )
    out = f"{name}.attention.output"
    residual = _first(draw, hidden) if last else hidden
    table = _joined(weights, [f"{out}.dense"])
    hidden = _added(model, _product(model, mixed, f"{name}.mixed", table), residual, out)
    wide = _joined(weights, [f"{name}.intermediate.dense"])
    grown = draw.add(
        "BiasGelu", [_product(model, hidden, f"{name}.wide", (wide[0], None)), draw.constant(wide[1])]
    )
    narrow = _joined(weights, [f"{name}.output.dense"])
    return _added(model, _product(model, grown, f"{name}.narrow", narrow), hidden, f"{name}.output")


def _queries(model: _Model, hidden: str, name: str, *, last: bool) -> list[str]:
    """Queries, keys and values; in the last layer the query of the first sub-word alone."""
    draw, inside = model.drawing, f"{name}.attention.self"
    size = model.config.hidden_size
    if not last:
        table = _joined(model.weights, [f"{inside}.{part}" for part in ("query", "key", "value")])
        whole = _product(model, hidden, f"{name}.qkv", table)
        return draw.add_many("Split", [whole, draw.constant([size] * 3, np.int64)], 3, axis=2)
    pair = _product(
        model, hidden, f"{name}.qkv", _joined(model.weights, [f"{inside}.key", f"{inside}.value"])
    )
    query = _joined(model.weights, [f"{inside}.query"])
    one = draw.add(
        "Add", [draw.add("MatMul", [_first(draw, hidden), draw.constant(query[0])]), draw.constant(query[1])]
    )
    return [one, *draw.add_many("Split", [pair, draw.constant([size] * 2, np.int64)], 2, axis=2)]


def _first(draw: _Drawing, value: str) -> str:
    """The first sub-word of each text."""
    zero, one = draw.constant([0], np.int64), draw.constant([1], np.int64)
    return draw.add("Slice", [value, zero, one, one])


def _joined(weights: Weights, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Tables side by side, shape (inputs, outputs), and their biases."""
    tables = [weights[f"{name}.weight"].T for name in names]
    return np.concatenate(tables, axis=1), np.concatenate([weights[f"{name}.bias"] for name in names])


def _added(model: _Model, value: str, residual: str, name: str) -> str:
    """Normalised sum: one fused operator for both (SkipLayerNormalization) takes four times as long."""
    return _normalised(model, model.drawing.add("Add", [value, residual]), f"{name}.LayerNorm")


def _product(model: _Model, value: str, name: str, table: tuple[Floats, Floats | None]) -> str:
    """value × table + bias, in 32 bits or in whole numbers."""
    draw = model.drawing
    weight, bias = table
    if model.watch:
        draw.seen.append(value)
    if model.ranges is None:
        found = draw.add("MatMul", [value, draw.constant(weight)])
        return found if bias is None else draw.add("Add", [found, draw.constant(bias)])
    span = model.ranges[name]
    if not np.all(span.shrink == 1):
        value = draw.add("Mul", [value, draw.constant(span.shrink)])
        weight = weight / span.shrink[:, None]
    step, zero = draw.constant(span.step), draw.constant(span.zero, np.uint8)
    steps = np.maximum(np.abs(weight).max(axis=0), 1e-12) / span.most
    whole = draw.constant(np.rint(weight / steps), np.int8)
    inputs = [
        draw.add("QuantizeLinear", [value, step, zero]), whole, step, draw.constant(steps),
        zero, draw.constant(np.zeros(len(steps)), np.int8),
    ]  # fmt: skip
    return draw.add("MatMulIntegerToFloat", [*inputs, *([] if bias is None else [draw.constant(bias)])])


def _head(model: _Model, hidden: str) -> str:
    """RoBERTa's classification head on the first sub-word: (texts, classes)."""
    draw = model.drawing
    first = draw.add("Squeeze", [hidden, draw.constant([1], np.int64)])
    weight, bias = _joined(model.weights, ["classifier.dense"])
    grown = draw.add("Tanh", [draw.add("Gemm", [first, draw.constant(weight), draw.constant(bias)])])
    weight, bias = _joined(model.weights, ["classifier.out_proj"])
    return draw.add("Gemm", [grown, draw.constant(weight), draw.constant(bias)])
