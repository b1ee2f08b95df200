"""The step of the recipe that a GPU takes: what it needs, what it left, and when its student is asked.

A folder of work holds both. `prepare` writes what the student learns from; the commands that it names are run
where a GPU is; `Left.read` takes what they wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp import Class
from nlp.answer import fold, labels_of
from nlp.compact import Asked, joined, unsure
from nlp.linear import softmax
from nlp.pieces import Pieces
from sangtin.errors import MissingError
from training import gathering
from training.calibration import best_temperature
from training.compact import Trained
from training.distilled import Student
from training.fit import examples
from training.gathering import Sourced
from training.task import TEXTS_AT_ONCE, text_keys, write_rows, write_texts

VOCABULARY = Path(__file__).parent / "vocabulary.txt"
ROWS, ALL = "rows.npz", "all"
# Chosen on sources that were held out (docs/decisions/0011-transformer-reader.md).
BELOW, SHARE = 0.8, 0.4
Floats = npt.NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A folder of work that is being prepared: the unlabelled posts whose answers the student hears."""

    folder: Path
    posts: Sequence[str]

    @classmethod
    def prepare(cls, folder: Path, data: Path, rows: Sequence[Sourced], classes: tuple[Class, ...]) -> Task:
        """Write all texts and rows in numbers; what an earlier task left there is taken away."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*_folds(), "weights"):
            (folder / f"{name}.npz").unlink(missing_ok=True)
        pieces = Pieces.load(VOCABULARY)
        posts = write_texts(folder, data, pieces)
        write_rows(folder, rows, classes, pieces)
        return cls(folder, posts)

    def hear(self, name: str, reader: Trained) -> None:
        """Write what the compact reader of a fold says of the posts."""
        firsts = range(0, len(self.posts), TEXTS_AT_ONCE)
        said = [reader.logits(self.posts[first : first + TEXTS_AT_ONCE]) for first in firsts]
        np.savez_compressed(self.folder / f"heard-{name}.npz", posts=np.concatenate(said).astype(np.float16))

    def stop(self) -> None:
        """MissingError with the commands that a GPU runs."""
        folds = " ".join(_folds())
        raise MissingError(
            f"{self.folder} is prepared. Where a GPU is (torch and numpy are enough), run "
            f"python -m training.pretraining {self.folder}, then python -m training.teaching {self.folder} "
            f"FOLD for each FOLD of {folds}; then this command again. Where no GPU is but student.pt of an "
            "earlier pretraining is there, a core takes some ten minutes a FOLD with --labels-alone."
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What the GPU left: logits of every row by a student that had not seen its source, and the weights.

    Rows that came after it was at work have no logits (NaN): nothing is claimed of the student there.
    """

    logits: Floats
    weights: dict[str, npt.NDArray[np.float32]]

    @classmethod
    def read(cls, folder: Path, rows: Sequence[Sourced]) -> Left | None:
        """Read a folder of work; None where no GPU has been at work on any of these rows."""
        files = [folder / f"{name}.npz" for name in (*_folds(), "weights")]
        if not (folder / ROWS).is_file() or not all(file.is_file() for file in files):
            return None
        taught = np.load(folder / ROWS)
        places = {key: at for at, key in enumerate(zip(taught["keys"], taught["parts"], strict=True))}
        said = [np.load(folder / f"{part}.npz")["student"] for part in range(gathering.parts())]
        logits = np.full((len(rows), said[0].shape[1]), np.nan)
        for at, (key, one) in enumerate(zip(text_keys(rows), rows, strict=True)):
            if (place := places.get((key, one.part))) is not None:
                logits[at] = said[one.part][place]
        if np.isnan(logits).all():
            return None
        weights = {name: one.astype(np.float32) for name, one in np.load(folder / "weights.npz").items()}
        return cls(logits, weights)

    @property
    def known(self) -> int:
        """How many of the rows it has logits of."""
        return int((~np.isnan(self.logits[:, 0])).sum())

    def student(self, asked: Asked, texts: Sequence[str]) -> Student:
        """What is written beside the compact reader."""
        return Student(asked, self.weights, VOCABULARY, texts)


def together(
    said: tuple[Floats, Floats], held: Sequence[Sourced], temperature: float, classes: tuple[Class, ...]
) -> tuple[Asked, Floats]:
    """When a student is asked, and the chances of labels with its help, on rows that none had seen.

    `said` holds the logits of the compact reader, whose temperature is given, and of the student; rows of
    which the student said nothing (NaN) stay as the compact reader has them.
    """
    logits, other = said
    truth = examples([one.row for one in held], classes)
    shares = softmax(logits / temperature)
    which = unsure(shares, classes, BELOW)
    which = which[~np.isnan(other[which, 0])]
    mean = SHARE * other[which] + (1 - SHARE) * logits[which]
    cool = best_temperature(mean, truth.shares[which].astype(float), truth.weights[which].astype(float))
    asked = Asked(below=BELOW, share=SHARE, temperature=cool)
    shares[which] = joined(logits[which], other[which], asked)
    return asked, fold(shares, classes, labels_of(classes))


def _folds() -> tuple[str, ...]:
    return (*map(str, range(gathering.parts())), ALL)
