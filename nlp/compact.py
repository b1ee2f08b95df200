"""The compact reader: a shallow network over words that it has met before, averaged with a linear reader.

    logit = share × network logit + (1 − share) × linear logit

The two err on different posts: the network sees which words stand together, the linear reader sees spelling,
signs and lengths (docs/decisions/0010-compact-reader.md). Where they are not sure enough, a small transformer
may be asked too, and its logits join the mean (docs/decisions/0011-transformer-reader.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from nlp.answer import Class, Moved, Probabilities, fold, labels_of
from nlp.cards import read_json
from nlp.compact_words import PAD, Words
from nlp.linear import LinearReader, batches, softmax
from nlp.marks import MARKS, forms_of, marked
from nlp.occlusion import occlude
from nlp.prepare import prepare
from nlp.session import Session, open_session
from nlp.transformer import TransformerReader
from sangtin.errors import InputError

CARD, GRAPH, WORDS, LINEAR = "reader.json", "network.onnx", "words.safetensors", "linear"
TRANSFORMER = "transformer"
INPUTS = ("words", "pairs")
WORDS_A_RUN = 8_192  # what the network reads at once: some 30 MB of working memory

Floats = npt.NDArray[np.float64]


class Asked(BaseModel):
    """When a transformer is asked, how much of the answer is then its own, and the temperature of that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    below: float = Field(ge=0, le=1, description="It is asked where the likeliest label has less than this.")
    share: float = Field(ge=0, le=1)
    temperature: float = Field(gt=0)


class Card(BaseModel):
    """reader.json: what is averaged and how."""

    model_config = ConfigDict(extra="forbid")

    format: int = Field(ge=1, le=1)
    share: float = Field(ge=0, le=1, description="How much of the answer is the network's.")
    edge: int = Field(ge=0, le=8, description="Empty places that the network needs on both sides of a text.")
    temperature: float = Field(gt=0)
    marks: str | None = Field(None, description="How unmarked texts get marks before they are read.")
    transformer: Asked | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Deep:
    """A transformer and when it is asked."""

    reader: TransformerReader
    asked: Asked


@dataclass(frozen=True, slots=True, eq=False)
class CompactReader:
    """A network over numbered words and a linear reader of the same classes; perhaps a transformer."""

    name: str
    linear: LinearReader
    words: Words
    network: Session
    share: float
    edge: int
    temperature: float
    marks: bool = False
    deep: Deep | None = None

    @classmethod
    def load(cls, folder: Path, name: str) -> CompactReader:
        """Read a folder and check that its parts fit each other; InputError says what is wrong."""
        card = read_json(folder / CARD, Card)
        linear = LinearReader.load(folder / LINEAR, LINEAR)
        network = open_session(folder / GRAPH, threads=1)
        if set(network.inputs) != set(INPUTS):
            raise InputError(f"{folder / GRAPH} does not read words. Copy or train the model again.")
        if card.marks not in (None, MARKS):
            raise InputError(
                f"{folder} reads texts with the marks of {card.marks!r}; this program gives {MARKS!r}. "
                "Train the model again."
            )
        nothing = np.full((1, 1 + 2 * card.edge), PAD)
        width = network.run(dict.fromkeys(INPUTS, nothing))[0].shape[1]
        if width != len(linear.classes):
            raise InputError(
                f"{folder}: the network tells {width} classes apart, the linear reader "
                f"{len(linear.classes)}. Copy or train the model again."
            )
        words = read_words(folder / WORDS)
        how = (card.share, card.edge, card.temperature, card.marks is not None)
        return cls(name, linear, words, network, *how, _deep(folder, card, linear.classes))

    @property
    def classes(self) -> tuple[Class, ...]:
        """What it tells apart, in the order of its columns."""
        return self.linear.classes

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes); rows sum to 1."""
        return self._answers(self.forms(texts))

    def _answers(self, forms: list[str]) -> Probabilities:
        logits, done = np.empty((len(forms), len(self.classes))), 0
        for batch in batches(forms):
            logits[done : done + len(batch)] = self.logits(batch)
            done += len(batch)
        found = softmax(logits / self.temperature)
        if self.deep is not None:
            which = unsure(found, self.classes, self.deep.asked.below)
            other = self.deep.reader.logits([forms[i] for i in which.tolist()])
            found[which] = joined(logits[which], other, self.deep.asked)
        return found

    def forms(self, texts: Sequence[str]) -> list[str]:
        """What it reads of texts: unmarked ones with their likeliest marks, where it was made to."""
        return forms_of(texts) if self.marks else [prepare(text) for text in texts]

    @property
    def counted(self) -> Counter[str]:
        """How many texts the transformer read, and how many of them were cut."""
        return self.deep.reader.counted if self.deep else Counter()

    def why(self, text: str, label: str) -> list[Moved]:
        """The words of `text` without which `label` would be less (or more) likely.

        Without some of its words a text is read as the whole is: with marks put on, or as it was typed.
        """
        wanted = [i for i, one in enumerate(self.classes) if one.label == label]
        as_typed = self.forms([text]) == [prepare(text)]

        def score(texts: Sequence[str]) -> Floats:
            forms = [prepare(one) if as_typed else marked(prepare(one)) for one in texts]
            likely: Floats = self._answers(forms)[:, wanted].sum(axis=1)
            return likely

        return occlude(text, score)

    def logits(self, forms: Sequence[str]) -> Floats:
        """Shape (forms, classes), before the temperature and without a transformer, of prepared texts."""
        said: Floats = self.share * self._network_logits(forms)
        return said + (1 - self.share) * self.linear.logits(forms)

    def _network_logits(self, forms: Sequence[str]) -> Floats:
        numbers, counts = self.words.numbers(forms)
        ends = np.cumsum(counts)
        found = np.empty((len(forms), len(self.classes)))
        for run in _runs(counts):
            longest = counts[run].max()
            tables = np.full((len(INPUTS), len(run), longest + 2 * self.edge), PAD)
            inside = np.arange(longest) < counts[run, None]
            wanted = (ends - counts)[run, None] + np.arange(longest)
            tables[:, :, self.edge : self.edge + longest][:, inside] = numbers[:, wanted[inside]]
            found[run] = self.network.run(dict(zip(INPUTS, tables, strict=True)))[0]
        return found


def joined(logits: Floats, other: Floats, asked: Asked) -> Probabilities:
    """What the compact parts and the transformer say together, shape (texts, classes)."""
    return softmax((asked.share * other + (1 - asked.share) * logits) / asked.temperature)


def unsure(shares: Probabilities, classes: Sequence[Class], below: float) -> npt.NDArray[np.int64]:
    """Places of the texts whose likeliest label has a chance below this; `shares` are of classes."""
    labels = labels_of(classes)
    return np.flatnonzero(fold(shares, classes, labels).max(axis=1) < below)


def _deep(folder: Path, card: Card, classes: tuple[Class, ...]) -> Deep | None:
    """The transformer of a folder, where its card names one; InputError where it tells other classes."""
    if card.transformer is None:
        return None
    reader = TransformerReader.load(folder / TRANSFORMER, TRANSFORMER)
    if reader.classes != classes:
        raise InputError(
            f"{folder}: the transformer tells other classes than the linear reader. Copy or train the model "
            "again."
        )
    return Deep(reader, card.transformer)


def _runs(counts: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Numbers of texts of like length, so many that a table of them holds WORDS_A_RUN words at most."""
    order = np.argsort(counts, kind="stable")[::-1]
    while len(order):
        taken = max(1, WORDS_A_RUN // int(counts[order[0]]))
        yield order[:taken]
        order = order[taken:]


def read_words(file: Path) -> Words:
    """The words of a reader; InputError where the file is not whole."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        held = load_file(file)
        words = Words(*(held[name] for name in ("hashes", "folded", "likeliest", "pairs")))
    except (FileNotFoundError, SafetensorError, KeyError) as error:
        raise InputError(f"{file} cannot be read ({error}). Copy or train the model again.") from None
    sorted_ = all(bool((one[1:] > one[:-1]).all()) for one in (words.hashes, words.folded, words.pairs))
    if not sorted_ or len(words.folded) != len(words.likeliest):
        raise InputError(f"{file} holds words out of order. Copy or train the model again.")
    return words
