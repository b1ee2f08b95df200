"""The recipe: our own posts and the development data → the model that ships, and its figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

import nlp
from nlp.answer import fold, labels_of
from nlp.flags import Flags
from nlp.linear import LinearReader, softmax
from nlp.marks import forms_of
from nlp.model import load
from nlp.prepare import prepare
from sangtin.errors import UsageError
from training import gathering, reference, trial
from training.adam import Weights
from training.asking import ALL, Left, Task, together
from training.augment import variants
from training.calibration import best_temperature
from training.compact import SHARE, Numbered, Trained, fit_network, numbered, said_by
from training.compact import Settings as NetworkSettings
from training.fit import Draft, classes_of, examples, refuse_taken, write_model
from training.flags import fit_flags
from training.gathering import Sourced
from training.known import Known
from training.linear import PAIRS, SINGLE_WORDS, Examples, Seen, Settings, Table, features, fit_table
from training.public import public_figures
from training.rows import data_hash, text_key
from training.stopping import Course, best_rounds, mean_losses
from training.thresholds import Answered, Bounds, choose
from training.vectors import Met, meet
from training.vectors import Settings as VectorSettings

LEAST_WEIGHT = 0.4  # that of an unsure policy row; public rows count less
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Say = Callable[[str], None]

# Chosen on held-out sources and on held-out parts of the seed's training split (docs/decisions/0005). The
# rounds are a most: how many of them are taken, held-out sources say in each training.
SETTINGS = Settings(penalty=3e-5, balance=0.25, rounds=75)
NETWORK = NetworkSettings()
# The rounds after which each may stop. Where rows are few, the network takes more than its own.
LOOKS = range(15, SETTINGS.rounds + 1, 15)
NETWORK_LOOKS = (*range(1, NETWORK.rounds + 1), *(2**power for power in range(3, 10)))
# Of what is settled on sources that were held out. The product's goals, 0.88 macro-F1 on half of the posts of
# unseen sources, leave no room for the 2 % of missed negatives that `train fit` keeps.
BOUNDS = Bounds(error=0.08, missed=0.05)
# Of how many texts one has a changed copy, and how much this counts beside its text.
VARIANT_EVERY = 2
VARIANT_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: from which data, where to, whether public sets help, and under which day.

    `reference` keeps the figures as the reference run. `seed` holds the posts written for this project,
    `labels` what it says of rows of the data. `transformer` is the folder of work of a small transformer,
    which is asked where the compact reader is not sure.
    """

    data: Path
    out: Path | None
    public: bool
    reference: bool
    day: date
    seed: Path = gathering.SEED
    labels: Path = gathering.LABELS
    transformer: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The model's name, its folder, and its figures by trial and measure."""

    name: str
    folder: Path
    figures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long a linear reader and a network learn."""

    linear: int
    network: int


@dataclass(frozen=True, slots=True)
class Told:
    """All rows with their features, which are made once for every fit: changed copies after all others.

    Where words were met before, `known` holds them and `texts` the rows that are no changed copies, numbered.
    """

    rows: Sequence[Sourced]
    classes: tuple[nlp.Class, ...]
    examples: Examples
    table: Table
    known: Known | None
    texts: Numbered | None

    @classmethod
    def of(cls, rows: Sequence[Sourced], met: Met | None) -> Told:
        """Make the features of rows."""
        plain = [one.row for one in rows]
        classes = classes_of(plain)
        shown = examples(plain, classes)
        places = (SINGLE_WORDS, PAIRS)
        units = zip(places, (met.words, met.pairs), strict=True) if met else ()
        vectors = tuple(one.of_family(place, SETTINGS.families[place]) for place, one in units)
        table = Table(features(shown.texts, SETTINGS.families), vectors)
        if met is None:
            return cls(rows, classes, shown, table, None, None)
        known = Known.of(met)
        own = [one.row.text for one in rows if not one.changed]
        return cls(rows, classes, shown, table, known, Numbered.of(own, known.words))

    def fitted(self, which: Places, rounds: Rounds) -> Draft:
        """A reader of some of the rows: a compact one where words were met, else a linear one."""
        settings = replace(SETTINGS, rounds=rounds.linear)
        linear = fit_table(self.table.rows(which), self.examples.rows(which), self.classes, settings)
        if self.known is None or self.texts is None:
            return linear
        own = which[which < len(self.texts.texts)]
        weights = fit_network(
            self.texts.rows(own),
            self.examples.rows(own),
            self.known.vectors,
            NETWORK,
            going=lambda turn, _weights: turn < rounds.network,
        )
        return Trained(linear, self.known.words, weights)

    def courses(self, which: Places, held: Places) -> tuple[Course, Course | None]:
        """What the linear reader of some rows says of others as it learns, and the network."""
        texts = [self.rows[i].row.text for i in held.tolist()]
        forms = (
            forms_of(texts) if self.known else [prepare(text) for text in texts]
        )  # as a reader of its kind
        truth = self.examples.rows(held)
        said: dict[int, Floats] = {}
        heard: dict[int, Floats] = {}

        def show(turn: int, reader: LinearReader) -> None:
            said[turn] = reader.logits(forms)

        seen = Seen(LOOKS, show)
        fit_table(self.table.rows(which), self.examples.rows(which), self.classes, SETTINGS, seen=seen)
        how = truth.shares.astype(np.float64), truth.weights.astype(np.float64)
        linear = Course(said, *how)
        if self.known is None or self.texts is None:
            return linear, None
        own, asked = which[which < len(self.texts.texts)], numbered(forms, self.known.words)

        ended = 0

        def going(turn: int, weights: Weights) -> bool:
            nonlocal ended
            ended = turn
            if turn in NETWORK_LOOKS:
                heard[turn] = said_by(weights, asked)
            return True

        shown = self.examples.rows(own)
        last = fit_network(self.texts.rows(own), shown, self.known.vectors, NETWORK, going=going)
        heard.setdefault(ended, said_by(last, asked))
        return linear, Course(heard, *how)


def ship(order: Order, say: Say) -> Made:
    """Gather, try on held-out sources, choose temperature and thresholds there, train on all, and compare.

    Each learns for as many rounds as read sources best that it had not seen. Same data and day, same bytes on
    one type of processor. UsageError where the order contradicts itself.
    """
    _refuse(order)
    if order.out is not None:
        refuse_taken(order.out)
    rows = gather(order, say)
    told = Told.of(with_variants(rows), _met(order, say))
    left = Left.read(order.transformer, rows) if order.transformer else None
    task = None
    if left:
        say(f"the transformer has read {left.known:,} of {len(rows):,} rows; an empty folder teaches it anew")
    if order.transformer and left is None:
        task = Task.prepare(order.transformer, order.data, rows, told.classes)
    out = held_out(told, say, task)
    reader = told.fitted(np.arange(len(told.rows)), out.taken)
    if task and isinstance(reader, Trained):
        task.hear(ALL, reader)
        task.stop()
    chosen, reader = _chosen(out, told, (reader, left))
    say(f"temperature {chosen.temperature}, thresholds {chosen.thresholds}")
    flags, of_flags = fit_flags(told.rows, order.data) if order.public else (None, {})
    data = data_hash([one.row for one in told.rows])
    folder = _placed(order, (reader, flags), chosen.thresholds, data)
    model = load(folder)
    figures = unseen_figures(chosen, out, told.classes) | of_flags
    known = frozenset(text_key(one.row.text) for one in rows)
    figures |= trial.held(model, order.seed, order.data, known) | public_figures(model, order.data, known)
    reference.compare(reference.Run(model.name, figures), order.reference, say)
    return Made(model.name, folder, figures)


def _refuse(order: Order) -> None:
    """UsageError where a model of our own posts alone would replace, or ask, what public sets taught."""
    if order.public:
        return
    if order.transformer is not None:
        raise UsageError(
            "--transformer asks what public posts taught, and --no-public uses none of them. Leave one out."
        )
    if order.out is None or order.reference:
        raise UsageError(
            "--no-public makes a model of the project's own posts alone, which would replace the one that "
            "ships, or its reference run. Name a folder with --out, and leave --reference out."
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """What makes answers of logits: labels, temperature and thresholds; and the answers' probabilities."""

    labels: tuple[str, ...]
    temperature: float
    thresholds: dict[str, float]
    scores: Floats


def choice(logits: Floats, held: Sequence[Sourced], classes: tuple[nlp.Class, ...]) -> Choice:
    """Temperature and thresholds for what readers said of sources that they had not seen."""
    truth = examples([one.row for one in held], classes)
    temperature = best_temperature(logits, truth.shares.astype(float), truth.weights.astype(float))
    labels = labels_of(classes)
    scores = fold(softmax(logits / temperature), classes, labels)
    return Choice(labels, temperature, _thresholds(scores, held, labels), scores)


def _thresholds(scores: Floats, held: Sequence[Sourced], labels: tuple[str, ...]) -> dict[str, float]:
    """Thresholds that keep the recipe's bounds on sure rows."""
    numbers = np.array([labels.index(one.row.target.label) for one in held])
    sure = np.array([one.sure for one in held], np.float64)
    return choose(Answered(scores, numbers, numbers, sure), labels, BOUNDS.error, BOUNDS.missed)


def _chosen(out: HeldOut, told: Told, made: tuple[Draft, Left | None]) -> tuple[Choice, Draft]:
    """Temperatures and thresholds, and the reader with them and with its student, where it has one."""
    reader, left = made
    chosen = choice(out.logits, out.rows, told.classes)
    reader = replace(reader, temperature=chosen.temperature)
    if left is None or not isinstance(reader, Trained):
        return chosen, reader
    other = left.logits[out.places]
    asked, scores = together((out.logits, other), out.rows, chosen.temperature, told.classes)
    chosen = replace(chosen, scores=scores, thresholds=_thresholds(scores, out.rows, chosen.labels))
    texts = [one.row.text for one in told.rows if not one.changed]
    return chosen, replace(reader, student=left.student(asked, texts))


def unseen_figures(whole: Choice, out: HeldOut, classes: tuple[nlp.Class, ...]) -> trial.Figures:
    """Figures on sources that were held out: of the reader, and of its parts alone."""
    how = (whole.labels, whole.thresholds)
    figures = trial.unseen(whole.scores, out.rows, how)
    for part, logits in (("compact reader", out.logits), ("linear reader", out.linear)):
        one = choice(logits, out.rows, classes)
        if not np.array_equal(one.scores, whole.scores):
            figures |= trial.alone(part, one.scores, out.rows, (one.labels, one.thresholds))
    return figures | trial.rare(whole.scores, out.rows, how)


def gather(order: Order, say: Say) -> list[Sourced]:
    """Every row that the recipe trains on, without changed copies."""
    seed = gathering.seed_rows(order.seed, "train")
    rows = [*seed, *gathering.wordless_rows()]
    if order.public:
        rows += gathering.labelled_rows(order.labels, order.data)
        rows += gathering.policy_rows(order.data, rows)
        rows += gathering.public_rows(order.data, rows)
    say(f"{len(rows):,} rows, {len(seed):,} of them written for this project")
    return rows


def _met(order: Order, say: Say) -> Met | None:
    """The words of unlabelled posts with their vectors, where public data may be used and is there."""
    texts = gathering.unlabelled(order.data) if order.public else iter(())
    first = next(texts, None)
    if first is None:
        return None
    met = meet(chain([first], texts), VectorSettings())
    say(f"vectors of {len(met.words.hashes):,} words and {len(met.pairs.hashes):,} pairs of words")
    return met


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Seed and policy rows, their places among all, and what readers say that have not seen their source:
    logits of the whole reader and of its linear part; and after how many rounds."""

    rows: list[Sourced]
    places: Places
    logits: Floats
    linear: Floats
    taken: Rounds


def held_out(told: Told, say: Say, task: Task | None = None) -> HeldOut:
    """Read every part by a reader of the others, all of as many rounds as read the parts best on the mean.

    A task also hears what each says of its posts, for which it is trained once more.
    """
    courses: list[tuple[Course, Course | None]] = []
    places: list[Places] = []
    parts = np.array([one.part for one in told.rows])
    asked = np.array([not one.changed and one.row.weight >= LEAST_WEIGHT for one in told.rows])
    for part in range(gathering.parts()):
        which = np.flatnonzero((parts == part) & asked)
        if len(which):
            courses.append(told.courses(np.flatnonzero(parts != part), which))
            places.append(which)
            say(f"held out part {part + 1} of {gathering.parts()}: {len(which):,} rows")
    second, both, taken = _taken(courses, say)
    if task:
        for part in range(gathering.parts()):
            reader = told.fitted(np.flatnonzero(parts != part), taken)
            if isinstance(reader, Trained):
                task.hear(str(part), reader)
    at = np.concatenate(places)
    rows = [told.rows[i] for i in at.tolist()]
    return HeldOut(rows, at, np.concatenate(both), np.concatenate(second), taken)


def _taken(
    courses: Sequence[tuple[Course, Course | None]], say: Say
) -> tuple[list[Floats], list[Floats], Rounds]:
    """What the linear readers and what the whole ones say after the rounds that are taken, group by group.

    Both numbers are judged by what ships, the mean: first that of the linear reader, beside networks that
    learned to the end, then the network's beside that.
    """
    linear = [one for one, _network in courses]
    network = [one for _linear, one in courses if one]
    if not network:
        rounds = _best(linear, "the linear reader", LOOKS, say)
        said = [one.after(rounds) for one in linear]
        return said, said, Rounds(rounds, 0)
    last = [one.after(max(one.said)) for one in network]
    beside = [one.beside(other, 1 - SHARE) for one, other in zip(linear, last, strict=True)]
    rounds = _best(beside, "the mean by rounds of the linear reader", LOOKS, say)
    second = [one.after(rounds) for one in linear]
    both = [one.beside(other, SHARE) for one, other in zip(network, second, strict=True)]
    longest = max(max(one.said) for one in network)
    looks = [one for one in NETWORK_LOOKS if one < longest] + [longest]
    taken = Rounds(rounds, _best(both, "the mean by rounds of the network", looks, say))
    return second, [one.after(taken.network) for one in both], taken


def _best(courses: Sequence[Course], what: str, looks: Sequence[int], say: Say) -> int:
    """The rounds after which the groups are read best on the mean."""
    losses = mean_losses(courses, looks)
    shown = ", ".join(f"{rounds}: {loss:.4f}" for rounds, loss in losses.items())
    say(f"held-out loss of {what}: {shown}")
    return best_rounds(losses)


def with_variants(rows: Sequence[Sourced]) -> list[Sourced]:
    """The rows, then changed copies of some of our own and of the policy's: one variant each, in turn."""
    changed = []
    for turn, one in enumerate(one for one in rows if one.row.weight >= LEAST_WEIGHT):
        if turn % VARIANT_EVERY == 0 and (found := variants(one.row.text)):
            text = found[turn // VARIANT_EVERY % len(found)]
            row = replace(one.row, text=text, weight=one.row.weight * VARIANT_WEIGHT)
            changed.append(replace(one, row=row, changed=True))
    return [*rows, *changed]


def _placed(order: Order, made: tuple[Draft, Flags | None], thresholds: dict[str, float], data: str) -> Path:
    """Write the model to the ordered folder, or in place of the package's own."""
    reader, flags = made
    if order.out is not None:
        write_model(order.out, reader, thresholds, (order.day, data), flags=flags)
        return order.out
    fresh = nlp.SHIPPED.with_name(".shipped.fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    write_model(fresh, reader, thresholds, (order.day, data), flags=flags)
    shutil.rmtree(nlp.SHIPPED, ignore_errors=True)
    fresh.rename(nlp.SHIPPED)
    return nlp.SHIPPED
