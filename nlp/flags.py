"""Texts → chances that they look like a scam, or unreliable: reasons to look, never labels or verdicts.

Each flag is a column of one linear reader, with its own weights and a logistic chance, which time of day and
engagement may shift where they are known. What looks unreliable resembles posts that people once called
unreliable; that says nothing about truth, and only ranks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.answer import Moved
from nlp.beside import Beside, Shift
from nlp.linear import LinearReader, batches
from nlp.occlusion import occlude
from nlp.prepare import prepare
from sangtin.errors import InputError

FOLDER = "flags"
FARTHEST = 30.0  # log-odds beyond which a chance is 0 or 1 to thirteen digits


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """The classes of `reader` are the flags; `least` is the chance from which each is raised.

    `shift` moves the chances by what is known of a post beside its text; None where the text is all.
    """

    reader: LinearReader
    least: Mapping[str, float]
    shift: Shift | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The flags, in the order of the columns."""
        return tuple(one.label for one in self.reader.classes)

    @classmethod
    def load(cls, folder: Path, least: Mapping[str, float]) -> Flags:
        """Read a folder; InputError where it is not whole or lacks one of the flags in `least`."""
        reader = LinearReader.load(folder, FOLDER)
        shift = Shift.load(folder, tuple(one.label for one in reader.classes))
        found = cls(reader, least, shift)
        if set(found.names) != set(least):
            raise InputError(
                f"{folder} holds the flags {', '.join(found.names)}, the model names "
                f"{', '.join(least)}. Copy or train the model again."
            )
        return found

    def save(self, folder: Path) -> None:
        """Write what `load` reads; the same flags give the same bytes."""
        self.reader.save(folder)
        if self.shift is not None:
            self.shift.save(folder)

    def chances(self, texts: Sequence[str], beside: Sequence[Beside] = ()) -> npt.NDArray[np.float64]:
        """Shape (texts, flags), each in [0, 1]; they need not sum to 1.

        `beside` is what is known of each post; left out, nothing is.
        """
        odds = np.zeros((len(texts), len(self.names)))
        if self.shift is not None and beside:
            odds += self.shift.log_odds(beside)
        done = 0
        for batch in batches([prepare(text) for text in texts]):
            odds[done : done + len(batch)] += self.reader.logits(batch)
            done += len(batch)
        found: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds, -FARTHEST, FARTHEST)))
        return found

    def read(self, texts: Sequence[str], beside: Sequence[Beside] = ()) -> list[dict[str, float]]:
        """For each text the chance of each flag."""
        return [dict(zip(self.names, row, strict=True)) for row in self.chances(texts, beside).tolist()]

    def why(self, text: str, flag: str) -> list[Moved]:
        """The words of `text` without which it would be less (or more) likely to have a flag."""
        column = self.names.index(flag)
        return occlude(text, lambda texts: self.chances(texts)[:, column])

    def raised(self, chances: Mapping[str, float]) -> tuple[str, ...]:
        """The flags whose chance is enough."""
        return tuple(name for name in self.names if chances[name] >= self.least[name])
