"""A graph in 32 bits and texts → the fixed ranges in which each matrix product may read whole numbers.

A few channels of a transformer are a hundred times larger than the rest. Part of their size is moved into
the weights (Xiao et al. 2023, "SmoothQuant", with its strength of one half); then one step serves a product.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.graph import Floats, Range, products
from nlp.huggingface import Config, Weights
from nlp.session import open_session

STRENGTH = 0.5
STEPS = 255  # of an unsigned byte
# Without VNNI, ONNX Runtime's products of bytes add pairs in 16 bits: weights of 7 bits never overflow there
# (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
FULL, REDUCED = 127, 63

Ints = npt.NDArray[np.int64]


def largest_weight() -> int:
    """The largest whole number of a weight here: FULL where a processor adds products of bytes in 32 bits."""
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return REDUCED
    return FULL if any(flag in said for flag in ("vnni", "asimddp")) else REDUCED  # x86, ARM


def find_ranges(
    watched: tuple[Path, Sequence[str]],
    batches: Sequence[Ints],
    model: tuple[Config, Weights],
    most: int | None = None,
) -> dict[str, Range]:
    """Ranges of every product, from each channel's least and largest value over `batches`.

    `watched` is a graph of nlp.graph.write_watched and what it adds; a batch is one text's ids, (1, n).
    `most` is the largest whole number of a weight: unless given, what suits this processor.
    """
    (graph, outputs), (config, weights) = watched, model
    session = open_session(graph)
    low: dict[str, Floats] = {}
    high: dict[str, Floats] = {}
    for ids in batches:
        found = session.run({"ids": ids, "lengths": np.array([ids.shape[1]], np.int32)})[1:]
        for name, values in zip(outputs, found, strict=True):
            rows = values.reshape(-1, values.shape[-1])
            low[name] = np.minimum(low.get(name, rows[0]), rows.min(axis=0))
            high[name] = np.maximum(high.get(name, rows[0]), rows.max(axis=0))
    return {
        product: _range((low[output], high[output]), _strongest(weights, tables), most or largest_weight())
        for (product, tables), output in zip(products(config).items(), outputs, strict=True)
    }


def _strongest(weights: Weights, tables: Sequence[str]) -> Floats:
    """The largest weight of each input channel."""
    largest: Floats = np.max([np.abs(weights[table]).max(axis=0) for table in tables], axis=0)
    return largest


def _range(span: tuple[Floats, Floats], strongest: Floats, most: int) -> Range:
    low, high = np.minimum(span[0], 0), np.maximum(span[1], 0)
    largest = np.maximum(np.maximum(-low, high), 1e-5)
    grow = largest**STRENGTH / np.maximum(strongest, 1e-5) ** (1 - STRENGTH)
    shrink = (1 / np.maximum(grow, 1e-5)).astype(np.float32)
    least, greatest = float((low * shrink).min()), float((high * shrink).max())
    step = max(greatest - least, 1e-6) / STEPS
    return Range(shrink, step, round(-least / step), most)
