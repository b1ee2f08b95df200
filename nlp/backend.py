"""How a transformer is computed: which library, in which numbers, in what batches, by how many at once."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlp.batching import Ints, batches, padded
from nlp.huggingface import Checkpoint
from nlp.session import Session, open_session
from nlp.subwords import PAD
from sangtin.errors import MissingError, UsageError

Logits = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.int32]


class Kind(StrEnum):
    """A library and the numbers it computes in."""

    ONNX_FP32 = "onnx-fp32"
    ONNX_INT8 = "onnx-int8"
    TORCH_FP32 = "torch-fp32"
    TORCH_BF16 = "torch-bf16"
    TORCH_GPU = "torch-gpu"


AUTO = "auto"

# How far a probability may lie from that of ONNX Runtime in 32 bits, on trained weights; all but 32 bits are
# also measured on each machine before they are chosen (nlp.calibrating).
TOLERANCE = {
    Kind.ONNX_FP32: 1e-4,
    Kind.TORCH_FP32: 1e-4,
    Kind.TORCH_BF16: 0.03,
    Kind.TORCH_GPU: 0.03,
    Kind.ONNX_INT8: 0.03,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A back end and how it is fed: sub-words a batch, batches at once, threads for each."""

    kind: Kind
    budget: int
    workers: int
    threads: int


class Backend(Protocol):
    """What a reader asks: logits of padded sub-words. Any number of threads may ask at once."""

    def logits(self, ids: Ints, lengths: Lengths) -> Logits:
        """Shape (texts, classes), for ids (texts, sub-words) padded on the right."""
        ...


@dataclass(frozen=True, slots=True)
class OnnxBackend:
    """A graph of nlp.graph, by ONNX Runtime on the processor."""

    session: Session

    def logits(self, ids: Ints, lengths: Lengths) -> Logits:
        """Shape (texts, classes)."""
        found: Logits = self.session.run({"ids": ids, "lengths": lengths})[0].astype(np.float64)
        return found


def open_backend(choice: Choice, checkpoint: Checkpoint, graph: Path | None) -> Backend:
    """The back end of a choice; `graph` is that of the kind, where the kind is of ONNX."""
    if graph is not None:
        return OnnxBackend(open_session(graph, choice.threads))
    needs_torch(choice.kind)
    from nlp.torchside import TorchBackend

    return TorchBackend.load(checkpoint, choice.kind.removeprefix("torch-"), choice.threads)


def needs_torch(kind: Kind) -> None:
    """Say what to install where a back end needs torch and it is not there."""
    if has_torch():
        return
    raise MissingError(f'The back end {kind} needs torch. Install it: make install EXTRAS="phobert"')


def has_torch() -> bool:
    """Whether torch and transformers are installed; they are not imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("torch", "transformers"))


def kind_of(name: str) -> Kind | None:
    """The back end that a setting names, None for `auto`; UsageError for an unknown one."""
    if name == AUTO:
        return None
    try:
        return Kind(name)
    except ValueError:
        known = ", ".join([AUTO, *Kind])
        raise UsageError(f"There is no back end {name!r}. Choose one of {known}.") from None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Running:
    """A back end at work: texts go in as they come, batches of like lengths are computed side by side."""

    def __init__(self, backend: Backend, choice: Choice) -> None:
        self.backend, self.choice = backend, choice
        self._pool = ThreadPoolExecutor(choice.workers) if choice.workers > 1 else None

    def start(self, texts: Sequence[Ints]) -> list[tuple[Ints, Future[Logits]]]:
        """Begin to compute texts; each batch is the places of its texts and the logits to come."""
        started = []
        for places in batches([len(one) for one in texts], self.choice.budget):
            table = padded([texts[place] for place in places], PAD)
            started.append((places, self._submitted(*table)))
        return started

    def logits(self, texts: Sequence[Ints]) -> Logits:
        """Shape (texts, classes), in their order."""
        return gathered(self.start(texts), len(texts))

    def _submitted(self, ids: Ints, lengths: Lengths) -> Future[Logits]:
        if self._pool is not None:
            return self._pool.submit(self.backend.logits, ids, lengths)
        done: Future[Logits] = Future()
        done.set_result(self.backend.logits(ids, lengths))
        return done


def gathered(started: Sequence[tuple[Ints, Future[Logits]]], many: int) -> Logits:
    """Logits of `many` texts in their order, as soon as all batches are done."""
    found: Logits | None = None
    for places, future in started:
        part = future.result()
        found = np.empty((many, part.shape[1])) if found is None else found
        found[places] = part
    return np.zeros((0, 0)) if found is None else found
