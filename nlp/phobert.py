"""PhoBERT as a reader: words, sub-words, batches, a back end → calibrated probabilities."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from nlp import passage
from nlp.answer import Class, Moved, Probabilities
from nlp.backend import Backend, Choice, Running, gathered, kind_of, open_backend
from nlp.batching import Ints, fit
from nlp.calibrating import Calibration, Subject, by_hand, calibrated, recalibrated, remembered, told
from nlp.cards import read_json
from nlp.converting import graph_of, sample_posts
from nlp.huggingface import CONFIG, Checkpoint, needs_head, open_checkpoint
from nlp.linear import softmax
from nlp.occlusion import occlude
from nlp.reader import Place
from nlp.subwords import END, MERGES, START, VOCABULARY, Subwords
from nlp.words import SEGMENTER
from sangtin.errors import InputError, MissingError

CARD = "reader.json"
# Texts that are segmented while earlier ones are computed: enough of like lengths for full batches.
TEXTS_AT_ONCE = 256
SPECIALS = 2  # `<s>` and `</s>` around every text
# Parts that a text is cut into to explain it: each is a reading of the whole text.
MOST_PARTS = 40


class Card(BaseModel):
    """reader.json: what the weights were trained on, and the temperature of their probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(ge=1, le=1)
    normaliser: str
    segmenter: str
    temperature: float = Field(gt=0)


@dataclass(frozen=True, slots=True, eq=False)
class PhoBertReader:
    """A checkpoint with a back end. `counted` holds how many texts were read, and how many were cut."""

    name: str
    classes: tuple[Class, ...]
    temperature: float
    checkpoint: Checkpoint
    subwords: Subwords
    running: Running
    calibration: Calibration | None
    counted: Counter[str] = field(default_factory=Counter)

    @classmethod
    def load(cls, folder: Path, name: str, place: Place) -> PhoBertReader:
        """Read a folder and make it ready: converted where it is not yet, and calibrated to the machine.

        A folder without reader.json, as others make them, is taken with the normaliser and segmenter of this
        version.
        """
        card, cache = read_card(folder), place.cache or _own_cache()
        checkpoint = open_checkpoint(folder, cache)
        needs_head(checkpoint)
        subwords = load_subwords(checkpoint)
        opened = _Opened(checkpoint, subwords, cache)
        kind = kind_of(place.backend)
        if kind is None:
            running, found = opened.fastest(card.temperature)
        else:
            running, found = Running(opened.open(by_hand(kind)), by_hand(kind)), None
        return cls(name, checkpoint.config.classes, card.temperature, checkpoint, subwords, running, found)

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes); rows sum to 1."""
        return softmax(self.logits(texts) / self.temperature)

    def logits(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes), before the temperature."""
        started = []
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            some = texts[first : first + TEXTS_AT_ONCE]
            for places, future in self.running.start(self._ids(some)):
                started.append((places + first, future))
        found = gathered(started, len(texts))
        return found if len(texts) else np.zeros((0, len(self.classes)))

    def why(self, text: str, label: str) -> list[Moved]:
        """The words of `text` without which `label` would be less (or more) likely."""
        wanted = [i for i, one in enumerate(self.classes) if one.label == label]
        return occlude(text, lambda texts: self.read(texts)[:, wanted].sum(axis=1), MOST_PARTS)

    def _ids(self, texts: Sequence[str]) -> list[Ints]:
        found, cut = encode(self.subwords, texts, self.checkpoint.config.positions)
        self.counted["read"] += len(texts)
        self.counted["cut"] += cut
        return found


@dataclass(frozen=True, slots=True)
class _Opened:
    """A checkpoint on its way to a reader."""

    checkpoint: Checkpoint
    subwords: Subwords
    cache: Path

    def fastest(self, temperature: float) -> tuple[Running, Calibration]:
        """What was found fastest here; found anew where that cannot be had any more (a GPU that is gone)."""
        subject = Subject(self.checkpoint.digest, temperature, self.open, self.sample())
        found = calibrated(subject, self.cache)
        try:
            return Running(self.open(found.choice), found.choice), found
        except MissingError:
            found = recalibrated(subject, self.cache)
            return Running(self.open(found.choice), found.choice), found

    def open(self, choice: Choice) -> Backend:
        """The back end of a choice; a graph in the cache that was damaged is made once more."""
        how = (self.cache, self.sample)
        graph = graph_of(self.checkpoint, choice.kind, how)
        try:
            return open_backend(choice, self.checkpoint, graph)
        except InputError:
            if graph is None:
                raise
            graph.unlink(missing_ok=True)
            return open_backend(choice, self.checkpoint, graph_of(self.checkpoint, choice.kind, how))

    def sample(self) -> list[Ints]:
        return encode(self.subwords, sample_posts(), self.checkpoint.config.positions)[0]


@functools.cache
def _own_cache() -> Path:
    """A folder that is gone when this process ends."""
    made = tempfile.mkdtemp(prefix="sangtin-cache-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def how_it_reads(folder: Path, place: Place) -> str:
    """The back end that this machine reads a folder with, and why; measures nothing."""
    kind = kind_of(place.backend)
    if kind is not None:
        return f"{kind}, as SANGTIN_BACKEND says"
    cache = place.cache or _own_cache()
    found = remembered(open_checkpoint(folder, cache).digest, read_card(folder).temperature, cache)
    return told(found) if found else "not tried on this machine yet; the first reading tries"


def encode(subwords: Subwords, texts: Sequence[str], positions: int) -> tuple[list[Ints], int]:
    """Each text's sub-words between `<s>` and `</s>`, at most `positions`, and how many texts were cut."""
    found, cut = [], 0
    for ids in subwords.numbers([passage.words_of(text) for text in texts]):
        kept, was_cut = fit(ids, positions - SPECIALS)
        found.append(np.concatenate([[START], kept, [END]]))
        cut += was_cut
    return found, cut


def load_subwords(checkpoint: Checkpoint) -> Subwords:
    """The vocabulary of a checkpoint; InputError where it has another size than the weights."""
    subwords = Subwords.load(checkpoint.folder)
    if subwords.size > checkpoint.config.vocab_size:
        raise InputError(
            f"{checkpoint.folder}: {VOCABULARY} has {subwords.size} sub-words, the weights "
            f"{checkpoint.config.vocab_size}. They belong to different models; copy the folder again."
        )
    return subwords


def read_card(folder: Path) -> Card:
    """A folder's reader.json; that of this version where it has none. InputError where it fits no more."""
    file = folder / CARD
    now = Card(format=1, normaliser=passage.NORMALISER, segmenter=SEGMENTER, temperature=1.0)
    if not file.is_file():
        return now
    card = read_json(file, Card)
    if (card.normaliser, card.segmenter) != (now.normaliser, now.segmenter):
        raise InputError(
            f"{folder} was trained on text made by {card.normaliser} and {card.segmenter}; this version "
            f"makes it by {now.normaliser} and {now.segmenter}. Train the model again, or take another one."
        )
    return card


def keep(source: Path, target: Path, place: Place) -> None:
    """Copy what reading needs of a folder to `target`: config, safetensors, vocabulary, and reader.json."""
    checkpoint = open_checkpoint(source, place.cache or _own_cache())
    target.mkdir(parents=True)
    shutil.copyfile(source / CONFIG, target / CONFIG)
    for file in checkpoint.files:
        shutil.copyfile(file, target / (file.name if file.parent == source else "model.safetensors"))
    write_reader(target, source, read_card(source).temperature)


def write_reader(folder: Path, source: Path, temperature: float) -> None:
    """Complete a folder whose config and weights are written: vocabulary of `source`, and reader.json."""
    for name in (VOCABULARY, MERGES):
        shutil.copyfile(source / name, folder / name)
    card = Card(format=1, normaliser=passage.NORMALISER, segmenter=SEGMENTER, temperature=temperature)
    (folder / CARD).write_text(json.dumps(card.model_dump(), indent=1) + "\n", encoding="utf-8")
