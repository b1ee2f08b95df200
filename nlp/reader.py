"""One set of weights, whatever its kind: texts → probabilities, and what moved them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from nlp.answer import Class, Moved, Probabilities
from sangtin.errors import InputError

if TYPE_CHECKING:
    from nlp.backend import Running


@dataclass(frozen=True, slots=True)
class Place:
    """Where readers keep what they make of their weights, and how they compute: `auto`, or a back end's name.

    Without a cache it is made anew in each process.
    """

    cache: Path | None = None
    backend: str = "auto"


class Reader(Protocol):
    """What a model asks of a reader. Same text and weights, same answer, whatever else is in the batch."""

    @property
    def name(self) -> str:
        """What the model calls it; also its folder."""
        ...

    @property
    def classes(self) -> tuple[Class, ...]:
        """What it tells apart, in the order of its columns."""
        ...

    def read(self, texts: Sequence[str]) -> Probabilities:
        """Shape (texts, classes); every row lies in [0, 1] and sums to 1. Any text has an answer."""
        ...

    def why(self, text: str, label: str) -> list[Moved]:
        """The parts of `text` that moved `label` most, strongest first."""
        ...


@runtime_checkable
class Counting(Protocol):
    """A reader that cannot take in any length: `counted["cut"]` texts were read in part so far."""

    @property
    def counted(self) -> Counter[str]:
        """How often what happened."""
        ...


@runtime_checkable
class Computing(Protocol):
    """A reader that computes on several cores by itself: several batches at once, each by several threads."""

    @property
    def running(self) -> Running:
        """How it computes."""
        ...


def load_reader(folder: Path, name: str, kind: str, place: Place) -> Reader:
    """The reader of type `kind` in `folder`; an unknown type is an InputError."""
    if kind == "linear":
        from nlp.linear import LinearReader

        return LinearReader.load(folder, name)
    if kind == "compact":
        from nlp.compact import CompactReader

        return CompactReader.load(folder, name)
    if kind == "transformer":
        from nlp.transformer import TransformerReader

        return TransformerReader.load(folder, name)
    if kind == "phobert":
        from nlp.phobert import PhoBertReader

        return PhoBertReader.load(folder, name, place)
    raise InputError(
        f"{folder} holds a reader of type {kind!r}, which this version does not know. "
        "Install the version of Sàng Tin that made the model, or take another model."
    )
