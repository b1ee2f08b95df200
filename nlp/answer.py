"""What a model says of one text: a label with its probabilities, and what moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Class:
    """One thing a reader tells apart: a label, or one kind of a label."""

    label: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer for one text. `scores` hold every label, in [0, 1], and sum to 1.

    `kind` is the likeliest kind of `label`, None where the label has none. `reader` names the reader
    that answered, `reason` says why it settled the text or did not. `flags` hold the chance of each reason to
    look that the model knows; they change no label.
    """

    label: str
    kind: str | None
    scores: dict[str, float]
    settled: bool
    reader: str
    reason: str
    flags: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """Characters [start, end) of the original text and how far they moved a label, in log-odds."""

    start: int
    end: int
    weight: float


def labels_of(classes: Sequence[Class]) -> tuple[str, ...]:
    """The labels of classes, each once, in their order."""
    return tuple(dict.fromkeys(one.label for one in classes))


def fold(shares: Probabilities, classes: Sequence[Class], labels: Sequence[str]) -> Probabilities:
    """Probabilities of classes (texts, classes) → of labels (texts, labels)."""
    table = np.zeros((len(classes), len(labels)))
    for place, one in enumerate(classes):
        table[place, labels.index(one.label)] = 1
    folded: Probabilities = shares @ table
    return folded
