"""Labelled rows and words met before → a network over words, for the compact reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp import Class
from nlp.compact import CARD, GRAPH, INPUTS, LINEAR, TRANSFORMER, WORDS, joined
from nlp.compact_words import BEGIN, FIRST, PAD, STRANGE, Words
from nlp.linear import LinearReader, softmax
from nlp.marks import MARKS, forms_of
from nlp.prepare import prepare
from training.adam import Adam, Floats, Weights, kept
from training.augment import variants
from training.distilled import Student
from training.graph import quantised, write_graph
from training.known import Known
from training.linear import Examples, balanced
from training.network import EDGE, Batch, Dropped, Ints, Shape, answer, lean, start
from training.relearning import Relearned

SEED = 20_240_601
TEXTS_A_BATCH = 512
SHARE = 0.5  # of the network in the answer
WARM = 0.1  # of all steps, until the rates are reached
LEAST_STEPS = 400  # where there are few rows, they are seen more often
MOMENTS, TINY = (0.9, 0.99), 1e-8  # of Adam


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is trained. Defaults are what docs/decisions/0010-compact-reader.md chose.

    `rate` and `word_rate` are of Adam (Kingma and Ba 2015); they rise, then fall to 0. `loud` is the spread
    of the vectors before training. `balance` is as of the linear reader. `drop_*` are shares left out in a
    step: dimensions of a word, whole words, what was pooled. `changed` is how often a changed copy stands for
    its text.
    """

    shape: Shape = field(default_factory=Shape)
    loud: float = 0.1
    rounds: int = 4
    texts: int = 64
    rate: float = 2e-3
    word_rate: float = 1.5e-3
    decay: float = 1e-4
    balance: float = 0.25
    drop_vectors: float = 0.2
    drop_words: float = 0.03
    drop_pooled: float = 0.5
    changed: float = 0.3


@dataclass(frozen=True, slots=True)
class Numbered:
    """Texts as numbers of words and pairs, shape (2, words), each with its changed copies."""

    texts: Sequence[Ints]
    copies: Sequence[Sequence[Ints]]

    @classmethod
    def of(cls, texts: Sequence[str], words: Words) -> Numbered:
        """Number texts and all their changed copies."""
        copies = [variants(text) for text in texts]
        changed = iter(numbered([prepare(one) for some in copies for one in some], words))
        own = numbered([prepare(text) for text in texts], words)
        return cls(own, [[next(changed) for _one in some] for some in copies])

    def rows(self, which: npt.NDArray[np.int64]) -> Numbered:
        """Some of the texts, by number."""
        return Numbered([self.texts[i] for i in which.tolist()], [self.copies[i] for i in which.tolist()])


@dataclass(frozen=True, slots=True)
class Trained:
    """A compact reader before it is written. A transformer that learned here is asked of every text; what
    another student would say is left out. With `marks` unmarked texts get their likeliest ones."""

    linear: LinearReader
    words: Words
    weights: Weights
    share: float = SHARE
    temperature: float = 1.0
    name: str = "compact"
    student: Student | Relearned | None = None
    marks: bool = True

    @property
    def classes(self) -> tuple[Class, ...]:
        """What it tells apart, in the order of its columns."""
        return self.linear.classes

    def logits(self, forms: Sequence[str]) -> npt.NDArray[np.float64]:
        """Shape (forms, classes), before the temperature; `forms` are prepared texts."""
        first, second = self.halves(forms)
        return self.share * first + (1 - self.share) * second

    def halves(self, forms: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Logits of the network and of the linear reader, each of shape (forms, classes)."""
        return said_by(self.weights, numbered(forms, self.words)), self.linear.logits(forms)

    def forms(self, texts: Sequence[str]) -> list[str]:
        """What it reads of texts."""
        return forms_of(texts) if self.marks else [prepare(text) for text in texts]

    def read(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Shape (texts, classes); rows sum to 1."""
        forms = self.forms(texts)
        logits = self.logits(forms)
        if isinstance(self.student, Relearned):  # which is asked of every text
            return joined(logits, self.student.logits(forms), self.student.asked)
        return softmax(logits / self.temperature)

    def save(self, folder: Path) -> None:
        """Write the folder that `CompactReader.load` reads; the same reader gives the same bytes."""
        from safetensors.numpy import save

        self.linear.save(folder / LINEAR)
        card: dict[str, object] = {
            "format": 1,
            "share": self.share,
            "edge": EDGE,
            "temperature": self.temperature,
            "marks": MARKS if self.marks else None,
        }
        if self.student:
            self.student.save(folder / TRANSFORMER, self.classes)
            card["transformer"] = self.student.asked.model_dump()
        (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        words = self.words
        held: dict[str, npt.NDArray[Any]] = {
            "hashes": words.hashes,
            "folded": words.folded,
            "likeliest": words.likeliest,
            "pairs": words.pairs,
        }
        (folder / WORDS).write_bytes(save(held))
        write_graph(self.weights, folder / GRAPH)


def fit_compact(examples: Examples, linear: LinearReader, known: Known, settings: Settings) -> Trained:
    """A compact reader of the examples, with a linear reader of the same classes that is trained already."""
    shown = examples.rows(np.flatnonzero(examples.weights > 0))
    texts = Numbered.of(shown.texts, known.words)
    return Trained(linear, known.words, fit_network(texts, shown, known.vectors, settings))


def numbered(forms: Sequence[str], words: Words) -> list[Ints]:
    """The numbers of the words of each prepared text."""
    found: list[Ints] = []
    for first in range(0, len(forms), TEXTS_A_BATCH):
        numbers, counts = words.numbers(forms[first : first + TEXTS_A_BATCH])
        found += np.split(numbers, np.cumsum(counts)[:-1], axis=1)
    return found


def fit_network(
    texts: Numbered,
    examples: Examples,
    vectors: tuple[Floats, Floats],
    settings: Settings,
    *,
    going: Callable[[int, Weights], bool] | None = None,
) -> Weights:
    """Train a network and its vectors. Same data and settings, same weights on one type of processor.

    After each round, the first of which is 1, `going` is told the weights and says whether to go on.
    """
    from threadpoolctl import threadpool_limits

    draw = np.random.default_rng(SEED)
    words, pairs = (_table(one, settings, draw) for one in vectors)
    weights = start((words, pairs), examples.shares.shape[1], settings.shape, draw)
    adam = Adam(weights, MOMENTS, TINY)
    share = balanced(examples, settings.balance) * np.float32(len(texts.texts))
    a_round = -(-len(texts.texts) // settings.texts)
    rounds = max(settings.rounds, -(-LEAST_STEPS // a_round))
    with threadpool_limits(1):  # with more threads the last bits of the sums depend on their number
        for turn in range(1, rounds + 1):
            order = draw.permutation(len(texts.texts))
            for first in range(0, len(order), settings.texts):
                which = order[first : first + settings.texts]
                batch = Batch.of([_drawn(texts, i, settings, draw) for i in which.tolist()])
                slopes = _slopes(
                    weights,
                    batch,
                    (examples.shares[which], share[which]),
                    _dropped(batch, weights, settings, draw),
                )
                gone = adam.step / (rounds * a_round)
                _move(adam, batch, slopes, (settings, min(1, gone / WARM) * (1 - gone)))
            if going and not going(turn, weights):
                break
    return weights


def said_by(weights: Weights, texts: Sequence[Ints]) -> npt.NDArray[np.float64]:
    """What a network says of numbered texts, its vectors in eight bits as in the graph: (texts, classes)."""
    return logits_of(_rounded(weights), texts).astype(np.float64)


def logits_of(weights: Weights, texts: Sequence[Ints]) -> Floats:
    """What a network says of numbered texts, shape (texts, classes)."""
    found = np.empty((len(texts), len(weights["bias"])), np.float32)
    order = np.argsort([text.shape[1] for text in texts], kind="stable")
    for first in range(0, len(order), TEXTS_A_BATCH // 2):
        which = order[first : first + TEXTS_A_BATCH // 2]
        found[which] = answer(weights, Batch.of([texts[i] for i in which.tolist()])).logits
    return found


def _slopes(weights: Weights, batch: Batch, wanted: tuple[Floats, Floats], dropped: Dropped) -> Weights:
    """How the loss of a batch leans on the weights; `wanted` holds true shares and how much they count."""
    shares, counts = wanted
    passed = answer(weights, batch, dropped)
    slope = (softmax(passed.logits.astype(np.float64)) - shares) * counts / len(counts)
    return lean(weights, batch, passed, (slope.astype(np.float32), dropped))


def _move(adam: Adam, batch: Batch, slopes: Weights, how: tuple[Settings, float]) -> None:
    """One step; `how`: the settings and the share of the rates that is taken now.

    Of the vectors, only those of words and pairs in the batch move.
    """
    settings, speed = how
    adam.begin()
    for name, slope in slopes.items():
        if name in INPUTS:
            rows, summed = _by_unit(batch.words if name == "words" else batch.pairs, slope)
            adam.move(name, summed, settings.word_rate * speed, rows)
        else:
            if name in ("filters", "out"):
                adam.weights[name] *= np.float32(1 - settings.rate * speed * settings.decay)
            adam.move(name, slope, settings.rate * speed)


def _rounded(weights: Weights) -> Weights:
    """The weights with vectors as the graph holds them."""
    found = dict(weights)
    for name in INPUTS:
        whole, scale = quantised(weights[name])
        found[name] = whole.astype(np.float32) * scale
    return found


def _by_unit(numbers: Ints, slope: Floats) -> tuple[Ints, Floats]:
    """Slopes of places → the sum for each distinct word or pair; PAD never moves."""
    from scipy.sparse import csr_matrix

    units, which = np.unique(numbers, return_inverse=True)
    ones = (np.ones(len(numbers), np.float32), (which, np.arange(len(numbers))))
    summed = csr_matrix(ones, shape=(len(units), len(numbers))) @ slope
    moved = units != PAD
    return units[moved], summed[moved]


def _table(vectors: Floats, settings: Settings, draw: np.random.Generator) -> Floats:
    """A table before training: nothing for PAD and STRANGE, chance for BEGIN, what is known for the rest."""
    size = vectors.shape[1]
    table = np.zeros((FIRST + len(vectors), size), np.float32)
    table[FIRST:] = vectors * np.float32(settings.loud / max(float(vectors.std()), TINY))
    table[BEGIN] = draw.standard_normal(size) * settings.loud
    return table


def _drawn(texts: Numbered, which: int, settings: Settings, draw: np.random.Generator) -> Ints:
    """A text as a step sees it: sometimes a changed copy, and without some words."""
    found, copies = texts.texts[which], texts.copies[which]
    if copies and draw.random() < settings.changed:
        found = copies[int(draw.integers(len(copies)))]
    gone = (draw.random(found.shape[1]) < settings.drop_words) & (found[0] >= FIRST)
    return np.where(gone, np.array([[STRANGE], [PAD]]), found)


def _dropped(batch: Batch, weights: Weights, settings: Settings, draw: np.random.Generator) -> Dropped:
    """Chance for one step."""
    words, pairs = weights["words"].shape[1], weights["pairs"].shape[1]
    return Dropped(
        kept((len(batch.words), words), settings.drop_vectors, draw),
        kept((len(batch.pairs), pairs), settings.drop_vectors, draw),
        kept((len(batch.counts), len(weights["out"])), settings.drop_pooled, draw),
    )
