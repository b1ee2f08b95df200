"""Texts → chances that they look like a scam, or unreliable: reasons to look, never labels or verdicts.

Each flag is a column of one linear reader, with its own weights and a logistic chance. What looks unreliable
resembles posts that people once called unreliable; that says nothing about truth, and only ranks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.linear import LinearReader, batches
from nlp.prepare import prepare
from sangtin.errors import InputError

FOLDER = "flags"
FARTHEST = 30.0  # log-odds beyond which a chance is 0 or 1 to thirteen digits


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """The classes of `reader` are the flags; `least` is the chance from which each is raised."""

    reader: LinearReader
    least: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """The flags, in the order of the columns."""
        return tuple(one.label for one in self.reader.classes)

    @classmethod
    def load(cls, folder: Path, least: Mapping[str, float]) -> Flags:
        """Read a folder; InputError where it is not whole or lacks one of the flags in `least`."""
        found = cls(LinearReader.load(folder, FOLDER), least)
        if set(found.names) != set(least):
            raise InputError(
                f"{folder} holds the flags {', '.join(found.names)}, the model names "
                f"{', '.join(least)}. Copy or train the model again."
            )
        return found

    def chances(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Shape (texts, flags), each in [0, 1]; they need not sum to 1."""
        found = np.empty((len(texts), len(self.names)))
        done = 0
        for batch in batches([prepare(text) for text in texts]):
            odds = np.clip(self.reader.logits(batch), -FARTHEST, FARTHEST)
            found[done : done + len(batch)] = 1 / (1 + np.exp(-odds))
            done += len(batch)
        return found

    def read(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text the chance of each flag."""
        return [dict(zip(self.names, row, strict=True)) for row in self.chances(texts).tolist()]

    def raised(self, chances: Mapping[str, float]) -> tuple[str, ...]:
        """The flags whose chance is enough."""
        return tuple(name for name in self.names if chances[name] >= self.least[name])
