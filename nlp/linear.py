"""The linear reader: hashed n-grams × quantised weights → probabilities.

    logit = bias + Σ over families: scale × (Σ of the int8 weights of its distinct n-grams) / √(their number)

The sums are of whole numbers, so an answer does not depend on the batch or on the order of additions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from nlp import ngrams
from nlp.answer import Class, Moved, Probabilities
from nlp.cards import read_json
from nlp.occlusion import occlude
from nlp.prepare import NORMALISER, prepare
from sangtin.errors import InputError

TABLE = "weights.safetensors"
CARD = "reader.json"
TEXTS_A_BATCH = 512
# Peak memory of a batch is some 300 bytes a character; this bounds it near 150 MB.
CHARACTERS_A_BATCH = 500_000


class _FamilyCard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: ngrams.Form
    unit: ngrams.Unit
    orders: list[int] = Field(max_length=8)
    bits: int = Field(ge=4, le=22)


class _ClassCard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: str
    kind: str | None


class _Card(BaseModel):
    """reader.json: what the weights mean."""

    model_config = ConfigDict(extra="forbid")

    format: int = Field(ge=1, le=1)
    normaliser: str
    families: list[_FamilyCard] = Field(min_length=1)
    classes: list[_ClassCard] = Field(min_length=2)
    temperature: float = Field(gt=0)


@dataclass(frozen=True, slots=True, eq=False)
class LinearReader:
    """Weights int8 (rows of all families, classes), scale (families, classes), bias (classes)."""

    name: str
    classes: tuple[Class, ...]
    families: tuple[ngrams.Family, ...]
    weights: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    temperature: float

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearReader:
        """Read a folder and check every part of it; InputError says what is wrong."""
        card = read_json(folder / CARD, _Card)
        if card.normaliser != NORMALISER:
            raise InputError(
                f"{folder} was trained on text normalised by {card.normaliser!r}; this version does it by "
                f"{NORMALISER!r}. Train the model again with `sangtin train fit`, or take another model."
            )
        families = tuple(ngrams.Family(f.form, f.unit, tuple(f.orders), f.bits) for f in card.families)
        classes = tuple(Class(c.label, c.kind) for c in card.classes)
        weights, scale, bias = _read_table(folder / TABLE, families, len(classes))
        return cls(name, classes, families, weights, scale, bias, card.temperature)

    def save(self, folder: Path) -> None:
        """Write reader.json and weights.safetensors into `folder`; the same reader gives the same bytes."""
        from safetensors.numpy import save

        folder.mkdir(parents=True, exist_ok=True)
        card = {
            "format": 1,
            "normaliser": NORMALISER,
            "families": [asdict(family) for family in self.families],
            "classes": [asdict(one) for one in self.classes],
            "temperature": self.temperature,
        }
        (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        table: dict[str, npt.NDArray[Any]] = {"weights": self.weights, "scale": self.scale, "bias": self.bias}
        (folder / TABLE).write_bytes(save(table))  # `save_file` makes files that only their owner may read

    def forms(self, texts: Sequence[str]) -> list[str]:
        """What it reads of texts."""
        return [prepare(text) for text in texts]

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes); rows sum to 1."""
        found = np.empty((len(texts), len(self.classes)))
        done = 0
        for batch in batches(self.forms(texts)):
            found[done : done + len(batch)] = softmax(self.logits(batch) / self.temperature)
            done += len(batch)
        return found

    def why(self, text: str, label: str) -> list[Moved]:
        """The words of `text` without which `label` would be less (or more) likely."""
        wanted = [i for i, one in enumerate(self.classes) if one.label == label]
        return occlude(text, lambda texts: self.read(texts)[:, wanted].sum(axis=1))

    def logits(self, forms: Sequence[str]) -> npt.NDArray[np.float64]:
        """Shape (forms, classes), before the temperature; `forms` are prepared texts."""
        total = np.tile(self.bias.astype(np.float64), (len(forms), 1))
        first = 0
        for place, (family, found) in enumerate(
            zip(self.families, ngrams.grams(forms, self.families), strict=True)
        ):
            sums = _sums(self.weights[first : first + (1 << family.bits)], found)
            norm = np.sqrt(np.maximum(found.counts, 1))[:, None]
            total += self.scale[place].astype(np.float64) * (sums / norm)
            first += 1 << family.bits
        return total


def softmax(logits: npt.NDArray[np.float64]) -> Probabilities:
    """Rows of logits → rows of probabilities."""
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Probabilities = grown / grown.sum(axis=1, keepdims=True)
    return shares


def _sums(table: npt.NDArray[np.int8], found: ngrams.Grams) -> npt.NDArray[np.int64]:
    """Whole-number sums of the rows of each text, shape (texts, classes)."""
    sums = np.zeros((len(found.counts), table.shape[1]), np.int64)
    some = np.flatnonzero(found.counts)
    if len(some):
        starts = (np.cumsum(found.counts) - found.counts)[some]
        sums[some] = np.add.reduceat(table[found.rows].astype(np.int32), starts, axis=0)
    return sums


def batches(forms: list[str]) -> list[list[str]]:
    """Runs of prepared texts, bounded in number and in characters; a longer text stands alone."""
    runs: list[list[str]] = []
    room = -1
    for form in forms:
        room -= len(form)
        if room < 0 or len(runs[-1]) == TEXTS_A_BATCH:
            runs.append([])
            room = CHARACTERS_A_BATCH - len(form)
        runs[-1].append(form)
    return runs


def _read_table(
    file: Path, families: Sequence[ngrams.Family], classes: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(file)
    except (FileNotFoundError, SafetensorError) as error:
        raise InputError(f"{file} cannot be read ({error}). Copy or train the model again.") from None
    rows = sum(1 << family.bits for family in families)
    wanted = {
        "weights": ((rows, classes), np.int8),
        "scale": ((len(families), classes), np.float32),
        "bias": ((classes,), np.float32),
    }
    for name, (shape, dtype) in wanted.items():
        held = tensors.get(name)
        if held is None or held.shape != shape or held.dtype != dtype:
            got = "nothing" if held is None else f"{held.dtype} {held.shape}"
            raise InputError(
                f"{file}: {name} should be {np.dtype(dtype)} {shape}, found {got}. "
                "Copy or train the model again."
            )
    if not (np.isfinite(tensors["scale"]).all() and np.isfinite(tensors["bias"]).all()):
        raise InputError(f"{file} holds numbers that are not finite. Copy or train the model again.")
    return tensors["weights"], tensors["scale"], tensors["bias"]
