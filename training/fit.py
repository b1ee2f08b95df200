"""Labelled rows → a model folder: train, calibrate, choose thresholds, seal."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from nlp import Class
from nlp.answer import fold, labels_of
from nlp.flags import FOLDER, Flags
from nlp.folder import ModelCard, Step, write_card
from nlp.linear import LinearReader
from sangtin.errors import UsageError
from training.calibration import best_share, best_temperature, cross_entropy
from training.compact import Settings as NetworkSettings
from training.compact import Trained, fit_compact
from training.known import known_to
from training.linear import Examples, Settings, fit_linear
from training.relearning import Lesson, Relearned, base, relearn
from training.rows import Row, data_hash, groups
from training.thresholds import Answered, Bounds, choose

Draft = LinearReader | Trained

# One text in ten is held out where no --dev is given, chosen by its hash; its copies follow it.
HELD_OUT = 10
ENOUGH = 200  # held-out rows below which a share would be chance


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides a model besides its rows; with a `network` it is a compact one, else linear.

    With a `lesson` the shipped model's transformer, where there is one, learns beside the network.
    """

    day: date
    settings: Settings = field(default_factory=Settings)
    bounds: Bounds = field(default_factory=Bounds)
    network: NetworkSettings | None = None
    lesson: Lesson | None = field(default_factory=Lesson)


def fit(rows: Sequence[Row], dev: Sequence[Row], out: Path, plan: Plan) -> ModelCard:
    """Train a model on `rows` and write it to `out`, which must not exist yet.

    Temperature and thresholds are chosen on `dev`; without it, on a tenth of the rows by a reader of the
    rest, and the model itself then learns from all. Same rows and plan, same bytes.
    """
    refuse_taken(out)
    classes = classes_of(rows)
    kept, held = (rows, dev) if dev else split_rows(rows)
    reader = _chosen(_trained(examples(kept, classes), classes, plan), held)
    thresholds = choose(answered(reader, held), labels_of(classes), plan.bounds.error, plan.bounds.missed)
    if not dev:
        reader = _as(reader, _trained(examples(rows, classes), classes, plan))
    return write_model(out, reader, thresholds, (plan.day, data_hash([*rows, *dev])))


def write_model(
    out: Path,
    reader: Draft,
    thresholds: dict[str, float] | None,
    made: tuple[date, str],
    *,
    flags: Flags | None = None,
) -> ModelCard:
    """Seal a model of one reader in `out`; `made` is the day and the data's hash. All or nothing."""
    day, data = made
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    reader.save(draft / reader.name)
    steps = (Step(name=reader.name, type=reader.name, thresholds=thresholds),)
    if flags:
        flags.save(draft / FOLDER)
    least = dict(flags.least) if flags else {}
    card = write_card(draft, day, steps, (labels_of(reader.classes), data), flags=least)
    draft.rename(out)
    return card


def refuse_taken(out: Path) -> None:
    """A model folder is never changed: UsageError where `out` exists, or could not be written in the end."""
    try:
        taken = os.path.lexists(out)
        there = next(folder for folder in out.absolute().parents if os.path.lexists(folder))
        tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=there).cleanup()
    except OSError as error:
        raise UsageError(f"Cannot write {out} ({error.strerror}). Choose another --out.") from error
    if taken:
        raise UsageError(f"{out} exists, and a model folder is never changed. Choose another --out.")


def classes_of(rows: Sequence[Row]) -> tuple[Class, ...]:
    """The classes of the rows, sorted; a label that has kinds is told apart by them alone."""
    found = {row.target for row in rows}
    split = {one.label for one in found if one.kind is not None}
    kept = {one for one in found if one.kind is not None or one.label not in split}
    if len({one.label for one in kept}) < 2:
        raise UsageError("The rows hold a single label: there is nothing to tell apart. Add rows of another.")
    return tuple(sorted(kept, key=lambda one: (one.label, one.kind or "")))


def examples(rows: Sequence[Row], classes: tuple[Class, ...]) -> Examples:
    """Rows → shares. A row without a kind, of a label that has kinds, is shared out as the others are."""
    place = {one: i for i, one in enumerate(classes)}
    counts = np.bincount([place[row.target] for row in rows if row.target in place], minlength=len(classes))
    shares = np.zeros((len(rows), len(classes)), np.float32)
    for number, row in enumerate(rows):
        if row.target in place:
            shares[number, place[row.target]] = 1
            continue
        mine = np.array([one.label == row.target.label for one in classes])
        if not mine.any():
            known = ", ".join(labels_of(classes))
            raise UsageError(
                f"--dev holds the label {row.target.label!r}, which --train lacks ({known}). "
                "Use --map to rename."
            )
        shares[number, mine] = counts[mine] / counts[mine].sum()
    return Examples([row.text for row in rows], shares, np.array([row.weight for row in rows], np.float32))


def answered(reader: Draft, rows: Sequence[Row]) -> Answered:
    """What a reader says of rows, beside their labels."""
    labels = labels_of(reader.classes)
    truth = np.array([labels.index(row.target.label) for row in rows])
    scores = fold(reader.read([row.text for row in rows]), reader.classes, labels)
    return Answered(scores, truth, truth, np.array([row.weight for row in rows]))


def _trained(shown: Examples, classes: tuple[Class, ...], plan: Plan) -> Draft:
    """A reader of the plan's type."""
    linear = fit_linear(shown, classes, plan.settings)
    if plan.network is None:
        return linear
    reader = fit_compact(shown, linear, known_to(shown.texts), plan.network)
    below = base() if plan.lesson else None
    if plan.lesson is None or below is None:
        return reader
    return replace(reader, student=relearn(below, shown, plan.lesson))


def _chosen(reader: Draft, rows: Sequence[Row]) -> Draft:
    """The reader as held-out rows read best: weighed, and with marks given to unmarked texts or as they are.

    It learned from texts as they are; where missing marks are a label's own, giving them hides it.
    """
    first = _weighed(reader, rows)
    if not isinstance(reader, Trained) or len(rows) < ENOUGH:
        return first
    said = examples(rows, reader.classes)
    plain = replace(reader, marks=False)
    if plain.forms(said.texts) == reader.forms(said.texts):
        return first
    other = _weighed(plain, rows)
    truth = said.shares.astype(np.float64), said.weights.astype(np.float64)
    lost = [cross_entropy(one.read(said.texts), *truth) for one in (first, other)]
    return first if lost[0] <= lost[1] else other


def _weighed(reader: Draft, rows: Sequence[Row]) -> Draft:
    """The reader with the temperature, and of a compact one the shares, that are best on held-out rows."""
    said = examples(rows, reader.classes)
    forms = reader.forms(said.texts)
    truth = said.shares.astype(np.float64), said.weights.astype(np.float64)
    if not isinstance(reader, Trained):
        return replace(reader, temperature=best_temperature(reader.logits(forms), *truth))
    first, second = reader.halves(forms)
    share = best_share(first, second, *truth) if len(rows) >= ENOUGH else reader.share
    logits = share * first + (1 - share) * second
    reader = replace(reader, share=share, temperature=best_temperature(logits, *truth))
    if not isinstance(reader.student, Relearned):
        return reader
    other, asked = reader.student.logits(forms), reader.student.asked
    share = best_share(other, logits, *truth, none=True) if len(rows) >= ENOUGH else asked.share
    if share == 0:
        return replace(reader, student=None)
    cool = best_temperature(share * other + (1 - share) * logits, *truth)
    asked = asked.model_copy(update={"share": share, "temperature": cool})
    return replace(reader, student=replace(reader.student, asked=asked))


def _as(chosen: Draft, reader: Draft) -> Draft:
    """A reader with the shares, the temperatures and the marks of another one."""
    reader = replace(reader, temperature=chosen.temperature)
    if not isinstance(reader, Trained) or not isinstance(chosen, Trained):
        return reader
    student = None
    if isinstance(reader.student, Relearned) and isinstance(chosen.student, Relearned):
        student = replace(reader.student, asked=chosen.student.asked)
    return replace(reader, share=chosen.share, student=student, marks=chosen.marks)


def split_rows(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Nine tenths and a tenth, by the hash of the text; copies of a text are on the side of one of them."""
    kept: list[Row] = []
    held: list[Row] = []
    for row, lead in zip(rows, groups(rows), strict=True):
        text = rows[lead].text
        turn = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4])
        (held if turn % HELD_OUT == 0 else kept).append(row)
    if len({row.target.label for row in kept if row.weight}) < 2 or not any(row.weight for row in held):
        raise UsageError(
            "There are too few rows of a weight above 0 to hold out a tenth for the thresholds. "
            "Give --dev, or more rows."
        )
    return kept, held
