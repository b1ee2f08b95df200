"""A model folder → answers: readers in order, each settling only what it is sure of."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.answer import Answer, Class, Moved, Probabilities, fold
from nlp.beside import Beside
from nlp.flags import FOLDER, Flags
from nlp.folder import HASH_LENGTH, PHOBERT, is_plain, read_card
from nlp.huggingface import CONFIG
from nlp.language import foreign
from nlp.passage import NORMALISER
from nlp.reader import Computing, Counting, Place, Reader, load_reader
from nlp.words import SEGMENTER
from sangtin.errors import InputError, UsageError

if TYPE_CHECKING:
    from nlp.phobert import PhoBertReader

FOREIGN = "long and not in Vietnamese: not read"


@dataclass(frozen=True, slots=True)
class Step:
    """A reader and the least probability at which it settles each label; None settles nothing."""

    reader: Reader
    thresholds: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Model:
    """Readers in order, and beside them the flags. Same text, same answer, whatever else is read with it.

    `notes` say what a person should know before trusting it. `counted` says what became of all texts so far:
    how many each reader `read` and `settled` (as `settled linear`), how many are `unsure`, `foreign`, or too
    long for a reader and `cut`.
    """

    name: str
    labels: tuple[str, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    counted: Counter[str] = field(default_factory=Counter, compare=False)
    flags: Flags | None = None

    @property
    def cores(self) -> int:
        """On how many cores a reading computes at once; more than one where a reader sees to that itself."""
        choices = [step.reader.running.choice for step in self.steps if isinstance(step.reader, Computing)]
        return max((one.workers * one.threads for one in choices), default=1)

    def read(self, texts: Sequence[str], beside: Sequence[Beside] = ()) -> list[Answer]:
        """One answer for each text, in order, for an empty text too. `beside` is what is known of each post
        beside its text, where anything is: it moves flags and no label.

        A long text that is surely in another language is not read on: the first reader's answer stands, and
        settles nothing.
        """
        answers: list[Answer | None] = [None] * len(texts)
        strange = {i for i, text in enumerate(texts) if foreign(text)}
        left = list(range(len(texts)))
        for step in self.steps:
            if not left:
                break
            found = self._answers(step, [texts[i] for i in left])
            for place, answer in zip(left, found, strict=True):
                answers[place] = (
                    replace(answer, settled=False, reason=FOREIGN) if place in strange else answer
                )
            settled = {i for i, one in zip(left, found, strict=True) if one.settled and i not in strange}
            self.counted[f"read {step.reader.name}"] += len(left)
            self.counted[f"settled {step.reader.name}"] += len(settled)
            done = settled | strange
            left = [i for i in left if i not in done]
        self.counted["unsure"] += len(left) + len(strange)
        self.counted["foreign"] += len(strange)
        counting = (step.reader for step in self.steps if isinstance(step.reader, Counting))
        self.counted["cut"] = sum(reader.counted["cut"] for reader in counting)
        return self._flagged([answer for answer in answers if answer is not None], texts, beside)

    def why(self, text: str, label: str) -> list[Moved]:
        """What in `text` moved `label`, by the reader that answered it; strongest first."""
        if label not in self.labels:
            raise UsageError(f"The model {self.name} has no label {label!r}, only {', '.join(self.labels)}.")
        answered = self.read([text])[0].reader
        return next(s.reader for s in self.steps if s.reader.name == answered).why(text, label)

    def why_flagged(self, text: str, flag: str) -> list[Moved]:
        """What in `text` moved the chance of a flag, strongest first; nothing of a flag it does not know."""
        known = self.flags is not None and flag in self.flags.names
        return self.flags.why(text, flag) if self.flags and known else []

    def _flagged(self, answers: list[Answer], texts: Sequence[str], beside: Sequence[Beside]) -> list[Answer]:
        """The answers with the chance of each flag, where the model has some."""
        if self.flags is None:
            return answers
        found = self.flags.read(texts, beside)
        return [replace(answer, flags=one) for answer, one in zip(answers, found, strict=True)]

    def _answers(self, step: Step, texts: Sequence[str]) -> list[Answer]:
        shares = step.reader.read(texts)
        of_label = fold(shares, step.reader.classes, self.labels)
        return [self._answer(step, row, summed) for row, summed in zip(shares, of_label, strict=True)]

    def _answer(self, step: Step, row: Probabilities, summed: Probabilities) -> Answer:
        best = int(summed.argmax())
        label = self.labels[best]
        settled, reason = _settles(step.thresholds, label, float(summed[best]))
        return Answer(
            label=label,
            kind=_kind(row, step.reader.classes, label),
            scores=dict(zip(self.labels, summed.tolist(), strict=True)),
            settled=settled,
            reader=step.reader.name,
            reason=reason,
        )


def load(folder: Path, place: Place | None = None) -> Model:
    """Read a model folder, check it whole, and make it ready to read.

    A folder in Hugging Face's layout is a model of one reader that settles nothing. `place` says where
    readers keep what they make and how they compute.
    """
    place = place or Place()
    if is_plain(folder):
        return _plain(folder, place)
    card = read_card(folder)
    steps = tuple(
        Step(load_reader(folder / step.name, step.name, step.type, place), step.thresholds)
        for step in card.readers
    )
    for step in steps:
        held = tuple(dict.fromkeys(one.label for one in step.reader.classes))
        if set(held) != set(card.labels):
            raise InputError(
                f"{folder}: the reader {step.reader.name} answers {', '.join(held)}, the model "
                f"{', '.join(card.labels)}. Train the model again."
            )
    flags = Flags.load(folder / FOLDER, card.flags) if card.flags else None
    return Model(card.name, card.labels, steps, flags=flags)


def _plain(folder: Path, place: Place) -> Model:
    """A folder of weights, as others make them: no thresholds, and nothing says what they were trained on."""
    from nlp.phobert import CARD, PhoBertReader

    reader = PhoBertReader.load(folder, PHOBERT, place)
    labels = tuple(dict.fromkeys(one.label for one in reader.classes))
    notes = [f"{folder.name} has no thresholds, so it settles nothing. Choose some: sangtin train thresholds"]
    if not (folder / CARD).is_file():
        notes.append(
            f"Nothing in {folder.name} says how its training text was made; it reads text of the normaliser "
            f"{NORMALISER} and the segmenter {SEGMENTER}."
        )
    return Model(_named(folder, reader), labels, (Step(reader, None),), tuple(notes))


def _named(folder: Path, reader: PhoBertReader) -> str:
    """The folder's name with the hash of all that decides its answers; a copy named so keeps its name."""
    from nlp.phobert import CARD

    found = hashlib.sha256(f"{reader.checkpoint.digest} {reader.subwords.digest}".encode())
    for name in (CONFIG, CARD):
        if (folder / name).is_file():
            found.update((folder / name).read_bytes())
    end = f"-{found.hexdigest()[:HASH_LENGTH]}"
    return folder.name.removesuffix(end) + end


def _kind(row: Probabilities, classes: Sequence[Class], label: str) -> str | None:
    mine = [(share, one.kind) for share, one in zip(row.tolist(), classes, strict=True) if one.label == label]
    return max(mine, key=lambda pair: pair[0])[1]


def _settles(thresholds: Mapping[str, float] | None, label: str, share: float) -> tuple[bool, str]:
    """Whether a share of a label is enough, and why in a few words."""
    least = None if thresholds is None else thresholds.get(label)
    if least is None:
        return False, f"no threshold for {label}"
    if share < least:
        return False, f"{label} {share:.2f} < {least:.2f}"
    return True, f"{label} {share:.2f} ≥ {least:.2f}"
