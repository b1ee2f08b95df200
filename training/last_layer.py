"""The last layer of a transformer and its classification head: answers, and how they lean on each weight.

    mixed  = values · Σ softmax(first · query · keysᵀ · state) state      of each text and head
    middle = norm(out · mixed + first)
    pooled = norm(narrow · gelu(wide · middle) + middle)
    logits = proj · tanh(dense · pooled)

Of the last layer only the first sub-word is read, so that one query is asked of each text: keys and values
are products of texts then, not of sub-words, and a round of training takes seconds. Texts are laid end to
end; `state` is what the layers below say of a sub-word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.adam import Floats, Weights

Ints = npt.NDArray[np.int64]

DROPPED = ("mixed", "grown", "pooled", "dense")  # what chance leaves out in a step, each (texts, hidden)


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights of one layer and a head: tables of shape (inputs, outputs), what is added (`NAME +`), and the
    scales of two norms; how many heads look, and what keeps a norm from dividing by nothing."""

    weights: Weights
    heads: int
    least: float


@dataclass(frozen=True, slots=True)
class Batch:
    """States of texts end to end, shape (sub-words, hidden), and the places of each text among them."""

    states: Floats
    texts: Sequence[slice]
    firsts: Ints

    @classmethod
    def of(cls, texts: Sequence[npt.NDArray[np.float16]]) -> Batch:
        """Lay texts end to end, each of one sub-word at least."""
        ends = np.cumsum([len(one) for one in texts])
        firsts = ends - [len(one) for one in texts]
        places = [slice(*both) for both in zip(firsts.tolist(), ends.tolist(), strict=True)]
        return cls(np.concatenate(texts).astype(np.float32), places, firsts)


@dataclass(frozen=True, slots=True)
class Normed:
    """What a norm gave before its scale, and what it divided by."""

    value: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class Passed:
    """What one way through left for the way back; of a list there is one a text."""

    query: Floats
    asked: Floats
    looks: list[Floats]
    seen: Floats
    mixed: Floats
    first: Normed
    middle: Floats
    wide: Floats
    grown: Floats
    second: Normed
    pooled: Floats
    dense: Floats
    logits: Floats


def answer(layer: Layer, batch: Batch, dropped: dict[str, Floats] | None = None) -> Passed:
    """Logits of the texts of a batch, shape (texts, classes)."""
    held, drop = layer.weights, dropped or dict.fromkeys(DROPPED, np.ones((1, 1), np.float32))
    first = batch.states[batch.firsts]
    texts, size = first.shape
    query = first @ held["query"] + held["query +"]
    asked = _by_head(held["keys"], query, layer) * _calm(layer, size)
    looks = [_softmax(batch.states[of] @ asked[i].T) for i, of in enumerate(batch.texts)]
    seen = np.stack([look.T @ batch.states[of] for look, of in zip(looks, batch.texts, strict=True)])
    values = held["values"].reshape(size, layer.heads, -1)
    mixed = np.einsum("nhd,dhe->nhe", seen, values, optimize=True).reshape(texts, size) + held["values +"]
    summed = (mixed @ held["out"] + held["out +"]) * drop["mixed"] + first
    one = _normed(summed, layer.least)
    middle: Floats = one.value * held["first"] + held["first +"]
    wide: Floats = middle @ held["wide"] + held["wide +"]
    grown: Floats = wide * _share(wide)
    other = _normed((grown @ held["narrow"] + held["narrow +"]) * drop["grown"] + middle, layer.least)
    pooled = (other.value * held["second"] + held["second +"]) * drop["pooled"]
    dense = np.tanh(pooled @ held["dense"] + held["dense +"])
    logits = (dense * drop["dense"]) @ held["proj"] + held["proj +"]
    return Passed(
        query, asked, looks, seen, mixed, one, middle, wide, grown, other, pooled, dense, logits
    )  # fmt: skip


def lean(layer: Layer, batch: Batch, passed: Passed, how: tuple[Floats, dict[str, Floats]]) -> Weights:
    """How a loss leans on each weight; `how` holds its slope in the logits, and what was left out."""
    (slope, drop), held = how, layer.weights
    found = _table("proj", passed.dense * drop["dense"], slope)
    of_dense = (slope @ held["proj"].T) * drop["dense"] * (1 - np.square(passed.dense))
    found |= _table("dense", passed.pooled, of_dense)
    of_pooled = (of_dense @ held["dense"].T) * drop["pooled"]
    of_sum = _back(found, "second", (passed.second, held), of_pooled)
    of_grown = of_sum * drop["grown"]
    found |= _table("narrow", passed.grown, of_grown)
    of_wide: Floats = np.multiply(of_grown @ held["narrow"].T, _rise(passed.wide))
    found |= _table("wide", passed.middle, of_wide)
    of_sum = _back(found, "first", (passed.first, held), of_sum + of_wide @ held["wide"].T)
    of_out = of_sum * drop["mixed"]
    found |= _table("out", passed.mixed, of_out)
    of_mixed: Floats = np.matmul(of_out, held["out"].T)
    return found | _looked(layer, batch, passed, of_mixed)


def _looked(layer: Layer, batch: Batch, passed: Passed, of_mixed: Floats) -> Weights:
    """How the loss leans on queries, keys and values."""
    held, size, heads = layer.weights, of_mixed.shape[1], layer.heads
    split = of_mixed.reshape(len(of_mixed), heads, -1)
    values, keys = (held[name].reshape(size, heads, -1) for name in ("values", "keys"))
    of_seen = np.einsum("nhe,dhe->nhd", split, values, optimize=True)
    of_asked = np.empty_like(passed.asked)
    for i, of in enumerate(batch.texts):
        states, look = batch.states[of], passed.looks[i]
        of_look = states @ of_seen[i].T
        of_asked[i] = (look * (of_look - (of_look * look).sum(axis=0))).T @ states
    of_asked *= _calm(layer, size)
    queries = passed.query.reshape(len(of_mixed), heads, -1)
    of_query = np.einsum("nhd,dhe->nhe", of_asked, keys, optimize=True).reshape(len(of_mixed), size)
    return {
        "values": np.einsum("nhd,nhe->dhe", passed.seen, split, optimize=True).reshape(size, size),
        "values +": of_mixed.sum(axis=0),
        "keys": np.einsum("nhd,nhe->dhe", of_asked, queries, optimize=True).reshape(size, size),
        **_table("query", batch.states[batch.firsts], of_query),
    }


def _by_head(table: Floats, query: Floats, layer: Layer) -> Floats:
    """What each head asks of a state: (texts, heads, hidden)."""
    size = len(table)
    split = table.reshape(size, layer.heads, -1), query.reshape(len(query), layer.heads, -1)
    found: Floats = np.einsum("dhe,nhe->nhd", *split, optimize=True)
    return found


def _calm(layer: Layer, size: int) -> np.float32:
    """What a product of a query and a key counts (Vaswani et al. 2017)."""
    return np.float32((size // layer.heads) ** -0.5)


def _softmax(said: Floats) -> Floats:
    """Down each column."""
    grown = np.exp(said - said.max(axis=0))
    found: Floats = grown / grown.sum(axis=0)
    return found


def _normed(value: Floats, least: float) -> Normed:
    """Each row, its mean 0 and its spread 1 (Ba et al. 2016)."""
    centred = value - value.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + np.float32(least))
    return Normed(centred / spread, spread)


def _back(found: Weights, name: str, norm: tuple[Normed, Weights], slope: Floats) -> Floats:
    """The slope before a norm; those of its scale and shift go into `found`."""
    normed, held = norm
    found[name], found[f"{name} +"] = (slope * normed.value).sum(axis=0), slope.sum(axis=0)
    inner = slope * held[name]
    mean = inner.mean(axis=1, keepdims=True)
    along = (inner * normed.value).mean(axis=1, keepdims=True)
    before: Floats = (inner - mean - normed.value * along) / normed.spread
    return before


def _table(name: str, value: Floats, slope: Floats) -> Weights:
    """How a loss leans on a table, and on what is added after it."""
    return {name: value.T @ slope, f"{name} +": slope.sum(axis=0)}


def _share(value: Floats) -> Floats:
    """How much of a value GELU lets through (Hendrycks and Gimpel 2016)."""
    from scipy.special import erf

    found: Floats = np.float32(0.5) * (1 + erf(value * np.float32(0.5**0.5)))
    return found


def _rise(value: Floats) -> Floats:
    """The slope of GELU."""
    bell: Floats = np.exp(np.square(value) * np.float32(-0.5)) * np.float32((2 * np.pi) ** -0.5)
    found: Floats = _share(value) + value * bell
    return found
