"""The weights of a network → an ONNX graph that answers for a table of words, vectors in eight bits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nlp.compact import INPUTS
from nlp.compact_words import PAD
from training.adam import Floats, Weights
from training.network import WINDOW

if TYPE_CHECKING:
    from onnx import NodeProto

OPSET, IR = 17, 8  # read by ONNX Runtime 1.14 and later
FAR = 1e9


def write_graph(weights: Weights, file: Path) -> None:
    """Write a graph with the inputs `words` and `pairs`, shape (texts, places), and the output `logits`.

    A text stands between empty places, one at least on either side. Same weights, same bytes.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    constants: dict[str, npt.NDArray[Any]] = {
        name: one for name, one in weights.items() if name not in INPUTS
    }
    for name in INPUTS:
        constants[f"whole {name}"], constants[f"scale {name}"] = quantised(weights[name])
    constants |= {
        "pad": np.array(PAD, np.int64),
        "far": np.array(FAR, np.float32),
        "one": np.array(1, np.float32),
        "last": np.array([2], np.int64),
        "middle": np.array([1], np.int64),
        "flat": np.array([0, -1], np.int64),
    }
    for i in range(WINDOW):
        constants[f"from{i}"] = np.array([i], np.int64)
        constants[f"to{i}"] = np.array([i - WINDOW + 1 or 2**31], np.int64)
    graph = helper.make_graph(
        _nodes(),
        "compact",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "places"]) for name in INPUTS],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(weights["bias"])])],
        [numpy_helper.from_array(np.ascontiguousarray(one), name) for name, one in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    checker.check_model(model)
    file.write_bytes(model.SerializeToString(deterministic=True))


def quantised(vectors: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Each row in 8 bits of its greatest size, and what a step of each row is worth, shape (rows, 1)."""
    scale = np.maximum(np.abs(vectors).max(axis=1, keepdims=True) / 127, np.finfo(np.float32).tiny)
    return np.rint(vectors / scale).astype(np.int8), scale.astype(np.float32)


def vectors_in(file: Path) -> tuple[Floats, Floats]:
    """The vectors of words and of pairs that a graph holds, each of shape (rows, size)."""
    import onnx

    held = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(file).graph.initializer}
    words, pairs = (held[f"whole {name}"].astype(np.float32) * held[f"scale {name}"] for name in INPUTS)
    return words, pairs


def _nodes() -> list[NodeProto]:
    """The steps of `training.network.answer`, with empty places hidden from pooling."""
    from onnx import TensorProto, helper

    def step(name: str, gives: str, *takes: str, **how: Any) -> NodeProto:
        return helper.make_node(name, list(takes), [gives], gives, **how)

    beside = [f"beside{i}" for i in range(WINDOW)]
    middle = WINDOW // 2
    found = []
    for name in INPUTS:
        found += [
            step("Gather", f"small {name}", f"whole {name}", name),
            step("Cast", f"wide {name}", f"small {name}", to=TensorProto.FLOAT),
            step("Gather", f"steps {name}", f"scale {name}", name),
            step("Mul", f"vectors {name}", f"wide {name}", f"steps {name}"),
        ]
    return [
        *found,
        *(
            step("Slice", name, "vectors words", f"from{i}", f"to{i}", "middle")
            for i, name in enumerate(beside)
        ),
        step("Slice", "paired", "vectors pairs", f"from{middle}", f"to{middle}", "middle"),
        step("Concat", "seen", *beside, "paired", axis=2),
        step("MatMul", "sums", "seen", "filters"),
        step("Add", "shifted", "sums", "shift"),
        step("Relu", "windows", "shifted"),
        step("Slice", "inside", "words", f"from{middle}", f"to{middle}", "middle"),
        step("Equal", "empty", "inside", "pad"),
        step("Cast", "holes", "empty", to=TensorProto.FLOAT),
        step("Unsqueeze", "hidden", "holes", "last"),
        step("Sub", "shown", "one", "hidden"),
        step("Mul", "own", "windows", "shown"),
        step("ReduceMax", "greatest", "own", axes=[1], keepdims=0),
        step("MatMul", "raw", "windows", "looks"),
        step("Mul", "depth", "hidden", "far"),
        step("Sub", "looked", "raw", "depth"),
        step("Softmax", "shares", "looked", axis=1),
        step("Transpose", "turned", "shares", perm=[0, 2, 1]),
        step("MatMul", "means", "turned", "windows"),
        step("Reshape", "rowed", "means", "flat"),
        step("Concat", "pooled", "greatest", "rowed", axis=1),
        step("MatMul", "product", "pooled", "out"),
        step("Add", "logits", "product", "bias"),
    ]
