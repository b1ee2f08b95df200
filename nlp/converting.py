"""A checkpoint → the ONNX graphs that read it, made once and kept under the hash of its weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from nlp.backend import Kind
from nlp.batching import Ints
from nlp.graph import VERSION, write_graph, write_watched
from nlp.huggingface import Checkpoint
from nlp.quantising import find_ranges, largest_weight

# Posts that ranges are found on and that back ends are compared on; half a minute for PhoBERT-base.
SAMPLE = 160

GRAPHS = "onnx"

Sample = Callable[[], Sequence[Ints]]


def graph_of(checkpoint: Checkpoint, kind: Kind, how: tuple[Path, Sample]) -> Path | None:
    """The graph of a kind, written if it is not in the cache; None for kinds that need none.

    `how` is the cache, and what gives sub-words of texts, special ones included, that ranges are found on.
    """
    if kind not in (Kind.ONNX_FP32, Kind.ONNX_INT8):
        return None
    (cache, texts), digest = how, checkpoint.digest
    bits = "" if kind is Kind.ONNX_FP32 else f"-{largest_weight()}"
    file = cache / GRAPHS / f"{digest[:16]}-{VERSION}-{kind}{bits}.onnx"
    if file.is_file():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    weights = checkpoint.weights()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if kind is Kind.ONNX_FP32:
            write_graph(draft, checkpoint.config, weights)
        else:
            watched = draft.with_name(f"{draft.name}.watched")
            outputs = write_watched(watched, checkpoint.config, weights)
            rows = [one[None] for one in texts()]
            ranges = find_ranges((watched, outputs), rows, (checkpoint.config, weights))
            watched.unlink()
            write_graph(draft, checkpoint.config, weights, ranges)
        draft.rename(file)
    finally:
        for left in (draft, draft.with_name(f"{draft.name}.watched")):
            left.unlink(missing_ok=True)
    return file


@lru_cache(maxsize=1)
def sample_posts() -> tuple[str, ...]:
    """Posts of the bundled sample: what ranges and speeds are measured on."""
    from sangtin.sample import generate

    texts = dict.fromkeys(post.text for post in generate(posts=1000))
    return tuple(texts)[:SAMPLE]
