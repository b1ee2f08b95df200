"""What is known of a post beside its text → how far that shifts the chance of a flag.

Each number is taken against its mean, and one that is not known shifts nothing: in the set that teaches, four
in five posts without a count of comments were called unreliable, which says how it was gathered, no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from nlp.cards import read_json
from sangtin.errors import InputError
from sangtin.post import VIETNAM

Floats = npt.NDArray[np.float64]

FILE = "beside.json"
COUNTS = ("likes", "comments", "shares")
# The time of day is a place on a circle; a second round sets morning and evening against noon and night.
ROUNDS = (1, 2)
NAMES = (*COUNTS, *(f"{wave} {turn}" for turn in ROUNDS for wave in ("sine", "cosine")))
MOST = 1_000_000  # beyond this a count says no more
DAY_S = 86_400
TIMES = ("published_at", "time")  # fields of a row, the first that holds a moment


@dataclass(frozen=True, slots=True)
class Beside:
    """When a post was published (aware), and its counts as they are; None where it is not known."""

    published_at: datetime | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Beside:
        """What the fields of a row say; what is no count or no moment is not known."""
        likes, comments, shares = (_count(row.get(name)) for name in COUNTS)
        moments = (_moment(row.get(name)) for name in TIMES)
        return cls(next((one for one in moments if one), None), likes, comments, shares)

    def numbers(self) -> list[float]:
        """The numbers of NAMES; not a number where it is not known."""
        return [*(_size(getattr(self, name)) for name in COUNTS), *_hour(self.published_at)]


def numbers(posts: Sequence[Beside]) -> Floats:
    """Shape (posts, NAMES)."""
    return np.array([post.numbers() for post in posts], np.float64).reshape(len(posts), len(NAMES))


class _Card(BaseModel):
    """beside.json: the mean of each number, and the weights of each flag."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    format: int = Field(ge=1, le=1)
    names: tuple[str, ...]
    means: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """Means (NAMES) and weights (NAMES, flags) in log-odds."""

    flags: tuple[str, ...]
    means: Floats
    weights: Floats

    @classmethod
    def load(cls, folder: Path, flags: tuple[str, ...]) -> Shift | None:
        """Read a folder; None where its flags look at texts alone. InputError where the file is not whole."""
        file = folder / FILE
        if not file.is_file():
            return None
        card = read_json(file, _Card)
        sizes = {len(card.means), *map(len, card.weights.values())}
        if card.names != NAMES or sizes != {len(NAMES)} or set(card.weights) != set(flags):
            raise InputError(f"{file} fits neither its flags nor this version. Train the model again.")
        weights = np.array([card.weights[flag] for flag in flags]).T
        return cls(flags, np.array(card.means), weights)

    def save(self, folder: Path) -> None:
        """Write beside.json; the same shift gives the same bytes."""
        weights = dict(zip(self.flags, map(tuple, self.weights.T.tolist()), strict=True))
        card = _Card(format=1, names=NAMES, means=tuple(self.means.tolist()), weights=weights)
        (folder / FILE).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def log_odds(self, posts: Sequence[Beside]) -> Floats:
        """Shape (posts, flags); 0 where nothing is known."""
        found: Floats = np.nan_to_num(numbers(posts) - self.means) @ self.weights
        return found


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return int(value)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def _size(count: int | None) -> float:
    return math.nan if count is None else math.log1p(min(max(count, 0), MOST))


def _hour(moment: datetime | None) -> list[float]:
    """Where on the circle of the day in Viet Nam, once round and twice."""
    if moment is None:
        return [math.nan] * (2 * len(ROUNDS))
    here = moment.timestamp() + VIETNAM.utcoffset(None).total_seconds()
    angle = 2 * math.pi * (here % DAY_S) / DAY_S
    return [wave(turn * angle) for turn in ROUNDS for wave in (math.sin, math.cos)]
