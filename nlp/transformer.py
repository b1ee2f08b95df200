"""The transformer reader: a small encoder that read Vietnamese before it saw a label.

Sub-words of nlp.pieces, a graph of nlp.graph in whole numbers of seven bits, which every processor adds
without overflow: same text, same answer. How it was taught is in docs/decisions/0011-transformer-reader.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from nlp.answer import Class, Moved, Probabilities
from nlp.batching import batches, padded
from nlp.cards import read_json
from nlp.linear import softmax
from nlp.occlusion import occlude
from nlp.pieces import PAD, Pieces
from nlp.prepare import NORMALISER, prepare
from nlp.session import Session, open_session
from sangtin.errors import InputError

CARD, GRAPH, VOCABULARY = "reader.json", "network.onnx", "vocabulary.txt"
TEXTS_AT_ONCE = 512  # enough of like lengths for full batches
PIECES_A_BATCH = 512  # what the graph reads at once: more makes a few texts wait beside longer ones
# Parts that a text is cut into to explain it: each is a reading of the whole text.
MOST_PARTS = 100


class Card(BaseModel):
    """reader.json: what it reads and tells apart, and the temperature of its probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(ge=1, le=1)
    normaliser: str
    classes: tuple[tuple[str, str | None], ...] = Field(min_length=2)
    temperature: float = Field(gt=0)


@dataclass(frozen=True, slots=True, eq=False)
class TransformerReader:
    """Pieces and a graph over them. `counted` holds how many texts were read, and how many were cut."""

    name: str
    classes: tuple[Class, ...]
    pieces: Pieces
    network: Session
    temperature: float
    counted: Counter[str] = field(default_factory=Counter)

    @classmethod
    def load(cls, folder: Path, name: str) -> TransformerReader:
        """Read a folder and check that its parts fit each other; InputError says what is wrong."""
        card = _read_card(folder / CARD)
        pieces = Pieces.load(folder / VOCABULARY)
        network = open_session(folder / GRAPH, threads=1)
        if set(network.inputs) != {"ids", "lengths"}:
            raise InputError(f"{folder / GRAPH} does not read sub-words. Copy or train the model again.")
        classes = tuple(Class(label, kind) for label, kind in card.classes)
        reader = cls(name, classes, pieces, network, card.temperature)
        width = reader.logits([""]).shape[1]
        if width != len(classes):
            raise InputError(
                f"{folder}: the network tells {width} classes apart, its card {len(classes)}. Copy or train "
                "the model again."
            )
        return reader

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes); rows sum to 1."""
        found = np.empty((len(texts), len(self.classes)))
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            forms = [prepare(text) for text in texts[first : first + TEXTS_AT_ONCE]]
            found[first : first + len(forms)] = softmax(self.logits(forms) / self.temperature)
        return found

    def logits(self, forms: Sequence[str]) -> Probabilities:
        """Shape (forms, classes), before the temperature; `forms` are prepared texts."""
        ids, cut = self.pieces.numbers(forms)
        self.counted["read"] += len(ids)
        self.counted["cut"] += cut
        parts = []
        for places in batches([len(one) for one in ids], PIECES_A_BATCH):
            table, lengths = padded([ids[place] for place in places.tolist()], PAD)
            parts.append((places, self.network.run({"ids": table, "lengths": lengths})[0]))
        found = np.empty((len(ids), parts[0][1].shape[1] if parts else len(self.classes)))
        for places, said in parts:
            found[places] = said
        return found

    def why(self, text: str, label: str) -> list[Moved]:
        """The words of `text` without which `label` would be less (or more) likely."""
        wanted = [i for i, one in enumerate(self.classes) if one.label == label]
        return occlude(text, lambda texts: self.read(texts)[:, wanted].sum(axis=1), MOST_PARTS)


def write_card(folder: Path, classes: Sequence[Class], temperature: float) -> None:
    """Write the reader.json of a folder."""
    told = tuple((one.label, one.kind) for one in classes)
    card = Card(format=1, normaliser=NORMALISER, classes=told, temperature=temperature)
    (folder / CARD).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _read_card(file: Path) -> Card:
    card = read_json(file, Card)
    if card.normaliser != NORMALISER:
        raise InputError(
            f"{file.parent} was trained on text made by {card.normaliser}; this version makes it by "
            f"{NORMALISER}. Train the model again, or take another one."
        )
    return card
