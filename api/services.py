"""What the screens need from the stages → four functions, handed in by who starts the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from sangtin.post import Flag, Label


@dataclass(frozen=True, slots=True)
class Moved:
    """Characters [start, end) of a text and how far they moved its label, in log-odds; < 0: against it."""

    start: int
    end: int
    weight: float


class Edit(StrEnum):
    """What became of a piece of the first text in the second."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that two texts share, or that one of them lacks, white space included."""

    text: str
    edit: Edit


Why = Callable[[str, Label], Sequence[Moved]]
WhyFlagged = Callable[[str, Flag], Sequence[Moved]]
Differences = Callable[[str, str], Sequence[Piece]]
AtOnce = Callable[[Connection, str], int]


def _nothing(_text: str, _flag: Flag) -> Sequence[Moved]:
    """A model that explains no flag."""
    return ()


def _nobody(_connection: Connection, _cluster: str) -> int:
    """Nobody counts accounts."""
    return 0


@dataclass(frozen=True, slots=True)
class Services:
    """What the stages can say about texts.

    `why(text, label)` gives the words that moved the model in use towards the label or away from it, nothing
    where no model can say. `differences(old, new)` gives the pieces whose `same` and `removed` ones make the
    old text and whose `same` and `added` ones make the new one. `why_flagged(text, flag)` gives the words
    that moved the chance of a flag. `at_once(connection, cluster)` gives the most accounts that posted a
    cluster's text within a minute.
    """

    why: Why
    differences: Differences
    why_flagged: WhyFlagged = _nothing
    at_once: AtOnce = _nobody
