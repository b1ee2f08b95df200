"""What a model says of one text: a label with its probabilities, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass, field


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
