"""A transformer's graph in whole numbers ↔ the weights of its last layer and head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp import Class
from nlp.graph import write_top
from nlp.huggingface import KIND_MARK, Config
from nlp.pieces import HEAD, PAD, SPECIAL, TAIL
from training.adam import Floats
from training.last_layer import Layer

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

# Our names of the last layer's tables → RoBERTa's.
TABLES = {
    "query": "attention.self.query",
    "keys": "attention.self.key",
    "values": "attention.self.value",
    "out": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
NORMS = {"first": "attention.output.LayerNorm", "second": "output.LayerNorm"}
HEADS = {"dense": "classifier.dense", "proj": "classifier.out_proj"}


def layer_of(graph: ModelProto) -> Layer:
    """The last layer and the head of a graph that `nlp.graph.write_graph` wrote with ranges."""
    import onnx

    constants = {one.name: onnx.numpy_helper.to_array(one) for one in graph.graph.initializer}
    made = {node.output[0]: node for node in graph.graph.node}
    nodes = _top(graph)

    def of(operator: str) -> list[NodeProto]:
        return [node for node in nodes if node.op_type == operator]

    def product(node: NodeProto, name: str, added: str) -> dict[str, Floats]:
        whole = constants[node.input[1]].astype(np.float32) * constants[node.input[3]]
        before = made[made[node.input[0]].input[0]]  # what was multiplied before it was rounded
        if before.op_type == "Mul":
            whole = whole * constants[before.input[1]][:, None]
        return {name: whole, f"{name} +": constants[added]}

    def pair(node: NodeProto, name: str) -> dict[str, Floats]:
        return {name: constants[node.input[1]], f"{name} +": constants[node.input[2]]}

    both, out, wide, narrow = of("MatMulIntegerToFloat")
    (looked,), (asked,) = of("MatMul"), of("MultiHeadAttention")
    together = product(both, "both", both.input[6])
    (keys, values), (_unused, shift) = (np.split(together[name], 2, axis=-1) for name in ("both", "both +"))
    shifted = next(node for node in of("Add") if node.input[0] == looked.output[0])
    found = {"query": constants[looked.input[1]], "query +": constants[shifted.input[1]]}
    found |= {"keys": keys, "values": values, "values +": shift}
    found |= product(out, "out", out.input[6]) | product(narrow, "narrow", narrow.input[6])
    found |= product(wide, "wide", of("BiasGelu")[0].input[1])
    for name, node in zip((*NORMS, *HEADS), (*of("LayerNormalization"), *of("Gemm")), strict=True):
        found |= pair(node, name)
    weights = {name: np.array(one, np.float32) for name, one in found.items()}
    return Layer(weights, _told(asked, "num_heads"), _told(of("LayerNormalization")[0], "epsilon"))


def write_layer(below: ModelProto, layer: Layer, classes: Sequence[Class], file: Path) -> None:
    """Write the graph of a layer and its head upon the layers below them."""
    weights, size = layer.weights, len(layer.weights["query"])
    layers = sum(node.op_type == "MultiHeadAttention" for node in below.graph.node) + 1
    names = [f"{one.label}{KIND_MARK}{one.kind}" if one.kind else one.label for one in classes]
    config = Config(
        model_type="roberta",
        hidden_size=size,
        num_hidden_layers=layers,
        num_attention_heads=layer.heads,
        intermediate_size=weights["wide"].shape[1],
        max_position_embeddings=HEAD + TAIL + 2 + PAD + 1,
        vocab_size=len(SPECIAL),  # the table of words stands below
        layer_norm_eps=layer.least,
        pad_token_id=PAD,
        id2label=dict(enumerate(names)),
    )
    inside = {ours: f"encoder.layer.{layers - 1}.{theirs}" for ours, theirs in (TABLES | NORMS).items()}
    renamed = {f"{inside['keys']}.bias": np.zeros(size, np.float32)}  # it moves no answer
    for ours, theirs in (inside | HEADS).items():
        renamed[f"{theirs}.weight"] = weights[ours].T
        if f"{ours} +" in weights:
            renamed[f"{theirs}.bias"] = weights[f"{ours} +"]
    write_top(below, file, config, renamed)


def _top(graph: ModelProto) -> list[NodeProto]:
    """The nodes of the last layer and the head."""
    nodes = list(graph.graph.node)
    normed = [place for place, node in enumerate(nodes) if node.op_type == "LayerNormalization"]
    return nodes[normed[-3] + 1 :]


def _told(node: NodeProto, name: str) -> Any:
    """What an attribute of a node holds."""
    import onnx

    return next(onnx.helper.get_attribute_value(one) for one in node.attribute if one.name == name)
