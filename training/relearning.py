"""A transformer and labelled rows → the same one with a last layer that tells their classes apart.

What it read before labels stays in the layers below, which are run once over the rows and stand still; the
last layer and the head learn (docs/decisions/0011-transformer-reader.md). Needs numpy and ONNX Runtime alone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp import SHIPPED, Class
from nlp.batching import batches, padded
from nlp.compact import TRANSFORMER, Asked
from nlp.graph import below_top
from nlp.linear import softmax
from nlp.pieces import PAD, Pieces
from nlp.prepare import prepare
from nlp.session import Session, open_session
from nlp.transformer import GRAPH, PIECES_A_BATCH, VOCABULARY, write_card
from training.adam import Adam, Weights, kept
from training.last_graph import layer_of, write_layer
from training.last_layer import DROPPED, Batch, Layer, answer, lean
from training.linear import Examples, balanced

if TYPE_CHECKING:
    from onnx import ModelProto

SEED = 20_240_601
SPREAD = 0.02  # of a new head (Devlin et al. 2019's code)
TEXTS_A_BATCH = 256
# States of so many sub-words are kept, half a kilobyte each: of more rows, some drawn by chance teach it.
MOST_SUBWORDS = 2_000_000
MOMENTS, TINY = (0.9, 0.98), 1e-6  # of Adam, as in training.encoder
CLIP = 1.0  # the largest norm of a slope
SHARE = 0.4  # of the answer, where there are too few rows to choose it

States = Sequence[npt.NDArray[np.float16]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """How a last layer learns: rounds over the rows, but `steps` at least; rows a step; the largest rate.

    `drop` is the share left out of what each part gives, `warm` that of all steps until the rate is reached.
    Chosen on held-out parts of training rows (docs/decisions/0011-transformer-reader.md).
    """

    rounds: int = 6
    steps: int = 400
    texts: int = 64
    rate: float = 5e-4
    decay: float = 0.05
    drop: float = 0.1
    warm: float = 0.06
    balance: float = 0.5


@dataclass(frozen=True, slots=True)
class Base:
    """The folder of a transformer, ready to be read up to its last layer, and that layer."""

    folder: Path
    pieces: Pieces
    below: ModelProto
    session: Session
    layer: Layer

    @classmethod
    def load(cls, folder: Path) -> Base:
        """Read the folder of a transformer reader."""
        import onnx

        whole = onnx.load(folder / GRAPH)
        below = below_top(whole)
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / GRAPH
            onnx.save(below, str(file))
            session = open_session(file, threads=1)
        return cls(folder, Pieces.load(folder / VOCABULARY), below, session, layer_of(whole))

    def states(self, forms: Sequence[str], most: int | None = None) -> tuple[list[int], States]:
        """What the layers below say of prepared texts, each (sub-words, hidden), and which texts these are:
        all, or so many, drawn by chance, as have `most` sub-words together."""
        ids, _cut = self.pieces.numbers(forms)
        which = np.arange(len(ids))
        if most is not None:
            order = np.random.default_rng(SEED).permutation(len(ids))
            ends = np.cumsum([len(ids[i]) for i in order.tolist()])
            which = np.sort(order[ends <= most])
        found: list[npt.NDArray[np.float16]] = [np.zeros((0, 0), np.float16)] * len(which)
        for places in batches([len(ids[i]) for i in which.tolist()], PIECES_A_BATCH):
            table, lengths = padded([ids[i] for i in which[places].tolist()], PAD)
            said = self.session.run({"ids": table, "lengths": lengths})[0].astype(np.float16)
            for row, place in enumerate(places.tolist()):
                found[place] = said[row, : lengths[row]].copy()
        return which.tolist(), found


@dataclass(frozen=True, slots=True)
class Relearned:
    """A transformer with a last layer of its own, on its way into a compact reader; when it is asked."""

    base: Base
    layer: Layer
    asked: Asked

    def logits(self, forms: Sequence[str]) -> npt.NDArray[np.float64]:
        """Shape (forms, classes), before the temperature; `forms` are prepared texts."""
        from threadpoolctl import threadpool_limits

        found = np.empty((len(forms), len(self.layer.weights["proj +"])))
        for first in range(0, len(forms), TEXTS_A_BATCH):
            _which, states = self.base.states(forms[first : first + TEXTS_A_BATCH])
            with threadpool_limits(1):  # with more, the last bits of the sums depend on their number
                found[first : first + len(states)] = answer(self.layer, Batch.of(states)).logits
        return found

    def save(self, folder: Path, classes: tuple[Class, ...]) -> None:
        """Write the folder that `TransformerReader.load` reads; alone it answers at the temperature 1."""
        folder.mkdir(parents=True)
        shutil.copyfile(self.base.folder / VOCABULARY, folder / VOCABULARY)
        write_card(folder, classes, 1.0)
        write_layer(self.base.below, self.layer, classes, folder / GRAPH)


def base() -> Base | None:
    """The transformer of the shipped model, where it has one."""
    folder = SHIPPED / "compact" / TRANSFORMER
    return Base.load(folder) if (folder / GRAPH).is_file() else None


def relearn(base: Base, examples: Examples, lesson: Lesson) -> Relearned:
    """Teach the last layer the classes of examples. Same ones, same weights on one type of processor.

    An example of weight 0 teaches nothing.
    """
    from threadpoolctl import threadpool_limits

    weighty = examples.rows(np.flatnonzero(examples.weights > 0))
    which, states = base.states([prepare(text) for text in weighty.texts], MOST_SUBWORDS)
    shown = weighty.rows(np.array(which))
    with threadpool_limits(1):  # with more threads the last bits of the sums depend on their number
        layer = _taught(base.layer, states, shown, lesson)
    return Relearned(base, layer, Asked(below=1.0, share=SHARE, temperature=1.0))


def _taught(layer: Layer, states: States, shown: Examples, lesson: Lesson) -> Layer:
    draw = np.random.default_rng(SEED)
    weights = {name: one.copy() for name, one in layer.weights.items()}
    size, classes = len(weights["proj"]), shown.shares.shape[1]
    weights["proj"] = (draw.standard_normal((size, classes)) * SPREAD).astype(np.float32)
    weights["proj +"] = np.zeros(classes, np.float32)
    layer, adam = replace(layer, weights=weights), Adam(weights, MOMENTS, TINY)
    counts = balanced(shown, lesson.balance) * np.float32(len(states))
    a_round = -(-len(states) // lesson.texts)
    rounds = max(lesson.rounds, -(-lesson.steps // a_round))
    for _turn in range(rounds):
        order = draw.permutation(len(states))
        for first in range(0, len(order), lesson.texts):
            which = order[first : first + lesson.texts]
            batch = Batch.of([states[i] for i in which.tolist()])
            dropped = {name: kept((len(which), size), lesson.drop, draw) for name in DROPPED}
            passed = answer(layer, batch, dropped)
            said = softmax(passed.logits.astype(np.float64)) - shown.shares[which]
            slope = (said * counts[which] / len(which)).astype(np.float32)
            gone = adam.step / (rounds * a_round)
            speed = min(1, gone / lesson.warm) * (1 - gone)
            _move(adam, lean(layer, batch, passed, (slope, dropped)), lesson, speed)
    return layer


def _move(adam: Adam, slopes: Weights, lesson: Lesson, speed: float) -> None:
    """One step of AdamW (Loshchilov and Hutter 2019) at a share of the rate."""
    adam.begin()
    rate = lesson.rate * speed
    norm = sum(float(np.square(one).sum()) for one in slopes.values()) ** 0.5
    clip = np.float32(CLIP / max(norm, CLIP))
    for name, slope in slopes.items():
        if adam.weights[name].ndim > 1:
            adam.weights[name] *= np.float32(1 - rate * lesson.decay)
        adam.move(name, slope * clip, rate)
