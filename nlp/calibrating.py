"""A machine and a reader → the back end that reads fastest here, found by a short trial and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from nlp.backend import Backend, Choice, Kind, Running, cores, has_torch
from nlp.batching import Ints
from nlp.linear import softmax

VERSION = 2
# How far a probability of the check batch may move against 32 bits before a faster kind is refused.
MOVES = 0.03
BUDGETS = (128, 256, 512, 1024, 2048)
FIRST_BUDGET = 512
# Texts that a trial reads, and how often; the fastest time counts, since others use the machine too.
TEXTS, TURNS = 48, 2
CHOICES = "back-ends"

Opener = Callable[[Choice], Backend]


class Trial(BaseModel):
    """What one way to read did: posts a second, and how far a probability moved against 32 bits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    budget: int
    workers: int
    threads: int
    posts_a_second: float
    moved: float

    @property
    def allowed(self) -> bool:
        """Whether its answers are near enough to those in 32 bits."""
        return self.moved <= MOVES


class Calibration(BaseModel):
    """What was tried on a machine with a reader, and what was chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    machine: str
    reader: str
    chosen: int
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The trial that was chosen."""
        return self.trials[self.chosen]

    @property
    def choice(self) -> Choice:
        """The way to read that was chosen."""
        best = self.best
        return Choice(best.kind, best.budget, best.workers, best.threads)


@dataclass(frozen=True, slots=True)
class Subject:
    """A reader to calibrate: its digest and temperature, how to open a back end of it, texts as sub-words."""

    digest: str
    temperature: float
    opener: Opener
    texts: Sequence[Ints]


def remembered(digest: str, temperature: float, cache: Path) -> Calibration | None:
    """What was found on this machine earlier; None where nothing was, or it cannot be read."""
    try:
        found = Calibration.model_validate_json(_file(digest, temperature, cache).read_bytes())
    except (OSError, ValueError):
        return None
    return found if found.version == VERSION else None


def calibrated(subject: Subject, cache: Path) -> Calibration:
    """The fastest way to read here whose answers stay near those in 32 bits; remembered in `cache`."""
    known = remembered(subject.digest, subject.temperature, cache)
    return known or recalibrated(subject, cache)


def recalibrated(subject: Subject, cache: Path) -> Calibration:
    """The same, found anew whatever is remembered."""
    texts = subject.texts[:TEXTS]
    trials = list(_trials(replace(subject, texts=texts)))
    fast = max((i for i, one in enumerate(trials) if one.allowed), key=lambda i: trials[i].posts_a_second)
    found = Calibration(
        version=VERSION, machine=machine(), reader=subject.digest[:16], chosen=fast, trials=tuple(trials)
    )
    file = _file(subject.digest, subject.temperature, cache)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(json.loads(found.model_dump_json()), indent=1) + "\n", encoding="utf-8")
    draft.rename(file)
    return found


def told(found: Calibration) -> str:
    """What was chosen and why, in a line for a person."""
    best = found.best
    others = [one for one in found.trials if one.kind != best.kind and one.budget == by_hand(one.kind).budget]
    said = [
        f"{one.kind} {one.posts_a_second:.0f}"
        + ("" if one.allowed else f" but a probability moved by {one.moved:.3f}")
        for one in others
    ]
    return (
        f"{best.kind}, {best.budget} sub-words a batch, {best.workers}×{best.threads} threads: "
        f"{best.posts_a_second:.0f} posts/s on {found.machine}" + (f" ({'; '.join(said)})" if said else "")
    )


def machine() -> str:
    """What decides how fast each back end is here."""
    import importlib.metadata

    parts = [_processor(), f"{cores()} cores", f"onnxruntime {importlib.metadata.version('onnxruntime')}"]
    if has_torch():
        parts += [f"torch {importlib.metadata.version('torch')}", *_gpus()]
    return ", ".join(parts)


def by_hand(kind: Kind) -> Choice:
    """How a back end that a person named is fed, where nothing was tried."""
    workers = 1 if kind is Kind.TORCH_GPU else cores()
    budget = 16_384 if kind is Kind.TORCH_GPU else FIRST_BUDGET
    if kind.startswith("onnx"):
        return Choice(kind, budget, workers, 1)
    return Choice(kind, budget, 1, cores())


def _trials(subject: Subject) -> Iterator[Trial]:
    """Each kind as it would be fed untried; then the best kind with other budgets, and with other threads."""
    tried = []
    base: np.ndarray | None = None
    for kind in _kinds():
        backend, choice = subject.opener(by_hand(kind)), by_hand(kind)
        shares = softmax(Running(backend, choice).logits(subject.texts) / subject.temperature)
        base = shares if base is None else base
        trial = _timed(backend, choice, subject.texts, float(np.abs(shares - base).max(initial=0)))
        tried.append((trial, backend))
        yield trial
    best, backend = max((one for one in tried if one[0].allowed), key=lambda one: one[0].posts_a_second)
    tried.clear()
    start = Choice(best.kind, best.budget, best.workers, best.threads)
    fastest = best
    for budget in BUDGETS:
        if budget != start.budget:
            trial = _timed(backend, replace(start, budget=budget), subject.texts, best.moved)
            fastest = max(fastest, trial, key=lambda one: one.posts_a_second)
            yield trial
    if best.kind.startswith("onnx") and cores() > 1:
        other = Choice(best.kind, fastest.budget, 1, cores())
        yield _timed(subject.opener(other), other, subject.texts, best.moved)


def _timed(backend: Backend, choice: Choice, texts: Sequence[Ints], moved: float) -> Trial:
    running = Running(backend, choice)
    least = float("inf")
    for _ in range(TURNS):
        began = time.perf_counter()
        running.logits(texts)
        least = min(least, time.perf_counter() - began)
    rate = len(texts) / max(least, 1e-9)
    return Trial(**asdict(choice), posts_a_second=round(rate, 1), moved=round(moved, 5))


def _kinds() -> Iterator[Kind]:
    """What can be tried here; 32 bits first, which the rest is held against."""
    yield Kind.ONNX_FP32
    yield Kind.ONNX_INT8
    if not has_torch():
        return
    from nlp import torchside

    if torchside.has_bf16():
        yield Kind.TORCH_BF16
    if torchside.has_gpu():
        yield Kind.TORCH_GPU


def _file(digest: str, temperature: float, cache: Path) -> Path:
    """Where the choice for a reader is kept; a sharper temperature moves the same probabilities further."""
    key = hashlib.sha256(f"{machine()} {digest} {temperature!r}".encode()).hexdigest()[:16]
    return cache / CHOICES / f"{key}.json"


def _gpus() -> Iterator[str]:
    """The GPUs whose driver runs here, and which of them this process is left; torch is not asked."""
    for file in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        with contextlib.suppress(OSError):
            told = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
            yield told.get("Model", "a GPU").strip()
    if (left := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        yield f"GPUs {left or 'hidden'}"


def _processor() -> str:
    """The processor's name with what it computes in."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    known = {key.strip(): value for key, value in said.items()}
    flags = set(known.get("flags", known.get("Features", "")).split())
    wanted = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimddp")
    name = known.get("model name", platform.machine()).strip()
    return f"{name} ({' '.join(flag for flag in wanted if flag in flags) or 'no vector units'})"
