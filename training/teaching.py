"""A pretrained encoder and labelled texts → what a student says of rows that it never saw, and its weights.

    python -m training.teaching FOLDER FOLD [--labels-alone]

reads texts.npz, rows.npz, heard-FOLD.npz (training.task) and student.pt (training.pretraining), and writes
FOLD.npz and, for the fold `all`, weights.npz. The student learns the labels, and what the compact reader says
of unlabelled texts (Hinton et al. 2015). With `--labels-alone` it learns the labels alone, in fewer rounds:
a quarter of an hour a fold on one processor core with 16-bit products. Needs torch and numpy alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from training.encoder import Adam, device, kept, tell

SEED = 20_240_601
PAD, UNKNOWN = 1, 3
EIGHT = 8  # processors of graphics like sizes that it divides
ALL = "all"
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Texts = Sequence[Ints]


@dataclass(frozen=True, slots=True)
class Lesson:
    """How an encoder is fine-tuned: how often it sees every row, rows a step, and the largest rate.

    `changed`: how often a changed copy stands for its text; `blind`: of how many texts a share of BLIND
    sub-words is hidden; `soft`: unlabelled texts a step.
    """

    rounds: int = 4
    rows: int = 96
    rate: float = 4e-4
    soft: int = 192
    drop: float = 0.1
    changed: float = 0.3
    blind: float = 0.3
    decay: float = 0.05
    warm: float = 0.06


STUDENT = Lesson()
ON_A_PROCESSOR = Lesson(rounds=2, soft=0)
BLIND = 0.08
TOLD = 500  # steps between two lines that say how far it is
TINY = 1e-6  # least chance that is heard


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled texts with their changed copies; true shares, and how much each counts."""

    texts: Texts
    copies: Sequence[Texts]
    shares: Floats
    counts: Floats

    def of(self, which: Ints) -> Rows:
        """Some of the rows."""
        places = which.tolist()
        texts, copies = [self.texts[i] for i in places], [self.copies[i] for i in places]
        return Rows(texts, copies, self.shares[which], self.counts[which])


@dataclass(frozen=True, slots=True)
class Soft:
    """Unlabelled texts and what the compact reader says of them, shape (texts, classes)."""

    texts: Texts
    logits: Floats


def teach(folder: Path, fold: str, lesson: Lesson = STUDENT) -> None:
    """Train without a fold's rows and sources, and write what the student says of all rows."""
    held = np.load(folder / "rows.npz")
    rows, out = _rows(held), _held_out(held, fold)
    shown = rows.of(np.flatnonzero(~out & (held["counts"] > 0)))
    began = time.monotonic()
    soft = _heard(folder, fold) if lesson.soft else None
    student, adam = taught(folder / "student.pt", shown, lesson, soft)
    said = answer(student, rows.texts)
    tell(f"{fold}: {time.monotonic() - began:.0f} s, {_right(said, rows, out)}")
    np.savez_compressed(folder / f"{fold}.npz", student=said.astype(np.float16))
    if fold == ALL:
        weights = {name: one.half().cpu().numpy() for name, one in adam.state().items()}
        np.savez_compressed(folder / "weights.npz", **weights)


def taught(file: Path, rows: Rows, lesson: Lesson, soft: Soft | None) -> tuple[Any, Adam]:
    """A pretrained encoder, fine-tuned on rows and on what the compact reader says of others."""
    torch.manual_seed(SEED)
    draw = np.random.default_rng(SEED)
    model = kept(file, rows.shares.shape[1])
    model.dropping(lesson.drop)
    adam = Adam(model, lesson.rate, lesson.decay)
    steps, step = lesson.rounds * -(-len(rows.texts) // lesson.rows), 0
    model.train()
    for _turn in range(lesson.rounds):
        for which in _batches([len(one) for one in rows.texts], lesson.rows, draw):
            said = model.logits(*padded([_shown(rows, i, lesson, draw) for i in which.tolist()]))
            lost = -(_there(rows.shares[which]) * F.log_softmax(said, 1)).sum(1)
            loss = (lost * _there(rows.counts[which])).mean()
            if soft:
                loss = loss + _apart(model, soft, draw.integers(0, len(soft.texts), lesson.soft))
            loss.backward()
            gone = step / steps
            adam.step(min(1.0, gone / lesson.warm) * max(0.01, 1 - gone))
            step += 1
            if step % TOLD == 0:
                tell(f"step {step:,} of {steps:,}")
    return model.eval(), adam


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch is not installed where types are checked
def answer(model: Any, texts: Texts, at_once: int = 512) -> Floats:
    """Logits, shape (texts, classes)."""
    order = np.argsort([len(one) for one in texts], kind="stable")
    parts = [order[first : first + at_once] for first in range(0, len(order), at_once)]
    said = [model.logits(*padded([texts[i] for i in part.tolist()])) for part in parts]
    found = np.empty((len(texts), said[0].shape[1]), np.float32)
    for part, one in zip(parts, said, strict=True):
        found[part] = one.cpu().numpy()
    return found


def padded(texts: Texts) -> tuple[Any, Any]:
    """A table of texts, and their lengths, where torch computes."""
    lengths = np.array([len(one) for one in texts])
    table = np.full((len(texts), -(-int(lengths.max()) // EIGHT) * EIGHT), PAD)
    for row, one in enumerate(texts):
        table[row, : len(one)] = one
    return _there(table), _there(lengths)


def _apart(model: Any, soft: Soft, which: Ints) -> Any:
    """How far the model is from what the compact reader says of some texts."""
    said = model.logits(*padded([soft.texts[i] for i in which.tolist()]))
    wanted = F.log_softmax(_there(soft.logits[which]), 1)
    return F.kl_div(F.log_softmax(said, 1), wanted, log_target=True, reduction="batchmean")


def _shown(rows: Rows, which: int, lesson: Lesson, draw: np.random.Generator) -> Ints:
    """A text as a step sees it: sometimes a changed copy, sometimes with sub-words hidden."""
    found, copies = rows.texts[which], rows.copies[which]
    if copies and draw.random() < lesson.changed:
        found = copies[int(draw.integers(len(copies)))]
    if draw.random() < lesson.blind:
        gone = draw.random(len(found)) < BLIND
        gone[0] = gone[-1] = False
        found = np.where(gone, UNKNOWN, found)
    return found


def _batches(lengths: Sequence[int], size: int, draw: np.random.Generator) -> Iterator[Ints]:
    """Every text once, like lengths together within a pool."""
    order, measured = draw.permutation(len(lengths)), np.array(lengths)
    for first in range(0, len(order), size * 16):
        pool = order[first : first + size * 16]
        pool = pool[np.argsort(measured[pool], kind="stable")]
        parts = [pool[at : at + size] for at in range(0, len(pool), size)]
        for place in draw.permutation(len(parts)):
            yield parts[place]


def _held_out(held: Any, fold: str) -> npt.NDArray[np.bool_]:
    """Which rows a fold keeps away: those of a part of the sources, or none."""
    parts: Ints = held["parts"]
    return np.zeros(len(parts), bool) if fold == ALL else parts == int(fold)


def _right(said: Floats, rows: Rows, out: npt.NDArray[np.bool_]) -> str:
    """The share of held-out rows whose likeliest class is the true one."""
    same = said[out].argmax(1) == rows.shares[out].argmax(1)
    return f"{same.mean():.3f} of {len(same)} right" if len(same) else "nothing held out"


def _rows(held: Any) -> Rows:
    copies = _cut(held["copies"], held["copy_lengths"])
    ends = np.cumsum(held["copy_counts"])
    mine = [copies[end - count : end] for end, count in zip(ends, held["copy_counts"], strict=True)]
    return Rows(_cut(held["texts"], held["lengths"]), mine, held["shares"], held["counts"])


def _heard(folder: Path, fold: str) -> Soft:
    """Unlabelled texts of other sources than the fold's, and what its compact reader says of them."""
    held = np.load(folder / "texts.npz")
    lengths = held["lengths"].astype(np.int64)
    ends, flat, parts = np.cumsum(lengths), held["flat"], held["parts"]
    heard = np.arange(len(parts)) if fold == ALL else np.flatnonzero(parts != int(fold))
    places = held["posts"][heard].tolist()
    texts = [flat[ends[i] - lengths[i] : ends[i]].astype(np.int64) for i in places]
    said = np.load(folder / f"heard-{fold}.npz")["posts"][heard].astype(np.float32)
    return Soft(texts, np.log(_chances(said) + TINY))


def _chances(logits: Floats) -> Floats:
    grown: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Floats = grown / grown.sum(axis=1, keepdims=True)
    return chances


def _cut(flat: Any, lengths: Any) -> list[Ints]:
    ends = np.cumsum(lengths.astype(np.int64))
    return [
        flat[end - one : end].astype(np.int64) for end, one in zip(ends, lengths.astype(int), strict=True)
    ]


def _there(table: Any) -> Any:
    """An array where torch computes."""
    found = torch.from_numpy(np.ascontiguousarray(table))
    return found.pin_memory().to("cuda", non_blocking=True) if device() == "cuda" else found


if __name__ == "__main__":
    teach(Path(sys.argv[1]), sys.argv[2], ON_A_PROCESSOR if "--labels-alone" in sys.argv[3:] else STUDENT)
