"""A model → its figures where it was not trained: unseen sources, held-out posts, clean comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp import Answer, Model
from sangtin.text import nfc, spell_out, strip_marks
from training import gathering, metrics
from training.gathering import Sourced
from training.prevalence import at_rate, settled_at_rate
from training.rows import Fields, unread_rows

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Figures = dict[str, dict[str, float]]

NEGATIVE = "negative"

# Comments that careful people called clean: some complain, few sell. How many does the model call rubbish?
LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of rows: the chance of each label (rows × labels), and which rows it settles."""

    labels: tuple[str, ...]
    scores: Floats
    settled: Bools

    @classmethod
    def settling(cls, labels: Sequence[str], scores: Floats, thresholds: Mapping[str, float]) -> Said:
        """Settle each row whose likeliest label reaches its threshold; a label without one never does."""
        least = np.array([thresholds.get(label, np.inf) for label in labels])
        return cls(tuple(labels), scores, scores.max(axis=1) >= least[scores.argmax(axis=1)])

    @classmethod
    def by(cls, model: Model, texts: Sequence[str]) -> Said:
        """Read texts."""
        answers = model.read(texts)
        scores = np.array([[answer.scores[label] for label in model.labels] for answer in answers])
        return cls(model.labels, scores, np.array([answer.settled for answer in answers]))


@dataclass(frozen=True, slots=True)
class CleanSet:
    """A file of comments of which those with one label are clean."""

    name: str
    file: str
    label: str


def _unmarked(one: Sourced) -> bool:
    """Words whose marks were left out; operators' messages have none by custom and are no such sample."""
    text = one.row.text
    return (
        one.source != "sms-smishing" and strip_marks(text) == nfc(text) and len(text.split()) >= LEAST_WORDS
    )


SLICES: dict[str, Callable[[Sourced], bool]] = {
    "without diacritics": _unmarked,
    "in chat spellings": lambda one: spell_out(one.row.text) != nfc(one.row.text),
    "under 8 words": lambda one: len(one.row.text.split()) < 8,
    "over 100 words": lambda one: len(one.row.text.split()) > 100,
    "sarcasm (seed)": lambda one: "sarcasm" in one.register,
    "advert as praise (seed)": lambda one: "advert-as-praise" in one.register,
}

CLEAN = (
    CleanSet("vihsd", "vihsd/dev.jsonl", "0"),
    CleanSet("uit-victsd", "uit-victsd/dev.jsonl", "0"),
    CleanSet("safesense-hate", "safesense-hate/train.jsonl.gz", "0"),
)


def unseen(
    scores: Floats, rows: Sequence[Sourced], how: tuple[Sequence[str], Mapping[str, float]]
) -> Figures:
    """Figures on each source by readers that had not seen it, sure rows only. `how`: labels, thresholds."""
    labels, thresholds = how
    truth = [one.row.target.label for one in rows]
    said = Said.settling(labels, scores, thresholds)
    sure = np.array([one.sure for one in rows])
    real = np.array([one.source not in ("seed", "wordless") for one in rows])
    groups = {
        "unseen sources": sure & real,
        "unseen, policy alone": sure & np.array([one.policy for one in rows]),
        "seed, held out in turn": sure & ~real,
    }
    for source in sorted({one.source for one in rows} - {"seed"}):
        groups[f"unseen {source}"] = sure & np.array([one.source == source for one in rows])
    for name, of in SLICES.items():
        groups[f"unseen, {name}"] = sure & np.array([of(one) for one in rows])
    return {name: _figures(truth, said, np.flatnonzero(of)) for name, of in groups.items() if of.any()}


def alone(
    part: str, scores: Floats, rows: Sequence[Sourced], how: tuple[Sequence[str], Mapping[str, float]]
) -> Figures:
    """The same figures of one part of the reader alone, over all sources together."""
    found = unseen(scores, rows, how)
    wanted = ("unseen sources", "seed, held out in turn")
    return {f"{part} alone: {name}": found[name] for name in wanted if name in found}


def rare(scores: Floats, rows: Sequence[Sourced], how: tuple[Sequence[str], Mapping[str, float]]) -> Figures:
    """What a team sees of negatives where they are 0.3 % of posts, by readers that saw no post's source."""
    labels, thresholds = how
    of = np.array([one.row.target.label == NEGATIVE for one in rows])
    share = scores[:, labels.index(NEGATIVE)]
    settled = (scores.argmax(axis=1) == labels.index(NEGATIVE)) & (share >= thresholds.get(NEGATIVE, np.inf))
    found = at_rate(of, share)
    if found is None:
        return {}
    precision, recall = settled_at_rate(of, settled)
    figures = {"negatives": float(of.sum()), "others": float((~of).sum())}
    first = found.at_k[0]
    for name, one in (
        ("average precision", found.average_precision),
        (f"precision of the first {first.k} of {first.per:,}", first.precision),
        ("precision of settled", precision),
        ("recall of settled", recall),
    ):
        figures |= {name: one.value, f"{name}, low": one.low, f"{name}, high": one.high}
    return {"negative at 0.3 %": figures}


def held(model: Model, seed: Path, data: Path, known: frozenset[str]) -> Figures:
    """Figures on the seed's held-out posts, with and without marks, and false alarms on clean comments.

    Comments are told where `data` has them; those with one of the `known` keys taught the model and are left
    out.
    """
    rows = [one.row for one in gathering.seed_rows(seed, "held")]
    found: Figures = {}
    if rows:
        truth, texts = [row.target.label for row in rows], [row.text for row in rows]
        bare = [strip_marks(text) for text in texts]
        for name, asked in (("seed, held-out posts", texts), ("seed, held-out posts, marks dropped", bare)):
            found[name] = _figures(truth, Said.by(model, asked), np.arange(len(rows)))
    for clean in CLEAN:
        if (data / clean.file).is_file():
            rows = unread_rows(data / clean.file, Fields(), known)
            texts = [row.text for row in rows if row.target.label == clean.label]
            texts = [text for text in texts if len(text.split()) >= LEAST_WORDS]
            if texts:
                found[f"clean {clean.name}"] = _alarms(model, texts)
    return found


def _alarms(model: Model, texts: Sequence[str]) -> dict[str, float]:
    answers = model.read(texts)
    return {
        "rows": len(texts),
        "advert or scam": _share(answers, ("advert", "scam")),
        "noise": _share(answers, ("noise",)),
        "settled": float(np.mean([answer.settled for answer in answers])),
    }


def _share(answers: Sequence[Answer], kinds: tuple[str, ...]) -> float:
    return float(np.mean([answer.label == "spam" and answer.kind in kinds for answer in answers]))


def _figures(truth: Sequence[str], said: Said, which: npt.NDArray[np.int64]) -> dict[str, float]:
    """Macro-F1 on all and on what is settled, average precision, calibration error, and the share settled.

    Of some rows. Where they have one label only, average precision is none: any ranking is right.
    """
    top, kept = said.scores.max(axis=1), which[said.settled[which]]
    answers = [said.labels[place] for place in said.scores.argmax(axis=1)]
    one, other = [truth[i] for i in which], [answers[i] for i in which]
    right = np.array([a == b for a, b in zip(one, other, strict=True)])
    found = {
        "rows": float(len(which)),
        "macro-F1": metrics.macro_f1(one, other),
        "accuracy": float(right.mean()),
        "calibration error": metrics.calibration_error(top[which], right),
        "settled": len(kept) / len(which),
    }
    of = np.array(one)
    if len(there := sorted(set(one) & set(said.labels))) > 1:
        ranked = [(of == label, said.scores[which, said.labels.index(label)]) for label in there]
        found["average precision"] = float(np.mean([metrics.average_precision(*each) for each in ranked]))
    if len(kept):
        found["settled macro-F1"] = metrics.macro_f1([truth[i] for i in kept], [answers[i] for i in kept])
    return found
