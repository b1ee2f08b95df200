"""The JSONL files of the package → written posts and themes, as values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files
from typing import Any

from sangtin.post import VIETNAM, Kind, Label


class Spread(StrEnum):
    """How a post is passed on."""

    BURST = "burst"  # by many accounts at once
    HOURS = "hours"
    DAYS = "days"
    REPOST = "repost"  # by its own author, for weeks
    WIRE = "wire"  # by the other news sources, the same day


@dataclass(frozen=True, slots=True)
class Window:
    """Days (both ends included) in which posts of a theme appear, and how densely."""

    first: date
    last: date
    weight: int


@dataclass(frozen=True, slots=True)
class Written:
    """One post as it was written. `weight` is its share of the copies; slots are in braces.

    `swaps` make it a variant of the post named by `varies`; `{gốc}` in the text holds the post named by
    `quotes`. A post without `at` appears somewhere in the days of its storyline.
    """

    slug: str
    label: Label
    kind: Kind | None
    source: str
    storyline: str
    at: datetime | None
    weight: int
    spread: Spread
    text: str
    varies: str | None = None
    swaps: tuple[tuple[str, str], ...] = ()
    quotes: str | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Sentences that go together in any combination: one of each part makes a post."""

    slug: str
    label: Label
    kind: Kind | None
    sources: tuple[str, ...]
    windows: tuple[Window, ...]
    posts: int
    unmarked: float
    chat: float
    reposts: float
    parts: tuple[tuple[str, ...], ...]


def written() -> list[Written]:
    """Every written post, in the order of the files."""
    return [_written(row) for row in rows("written.jsonl")]


def themes() -> list[Theme]:
    """Every theme with its sentences, in the order of the files."""
    parts: dict[str, dict[int, list[str]]] = {}
    for row in rows("sentences.jsonl"):
        parts.setdefault(row["theme"], {}).setdefault(row["part"], []).append(row["text"])
    return [_theme(row, parts[row["slug"]]) for row in rows("themes.jsonl")]


def rows(name: str) -> Iterator[Any]:
    """The objects of one JSONL file of the package's data folder."""
    text = files("sangtin.sample").joinpath("data", name).read_text(encoding="utf-8")
    return (json.loads(line) for line in text.splitlines() if line)


def _written(row: Any) -> Written:
    return Written(
        slug=row["slug"],
        label=Label(row["label"]),
        kind=Kind(row["kind"]) if row["kind"] else None,
        source=row["source"],
        storyline=row["storyline"],
        at=datetime.fromisoformat(row["at"]).replace(tzinfo=VIETNAM) if row.get("at") else None,
        weight=row.get("weight", 0),
        spread=Spread(row.get("spread", "hours")),
        text=row.get("text", ""),
        varies=row.get("varies"),
        swaps=tuple((old, new) for old, new in row.get("swaps", ())),
        quotes=row.get("quotes"),
    )


def _theme(row: Any, parts: dict[int, list[str]]) -> Theme:
    return Theme(
        slug=row["slug"],
        label=Label(row["label"]),
        kind=Kind(row["kind"]) if row["kind"] else None,
        sources=tuple(row["sources"]),
        windows=tuple(_window(*window) for window in row["windows"]),
        posts=row["posts"],
        unmarked=row.get("unmarked", 0.0),
        chat=row.get("chat", 0.0),
        reposts=row.get("reposts", 0.0),
        parts=tuple(tuple(parts[number]) for number in sorted(parts)),
    )


def _window(first: str, last: str, weight: int) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last), weight)
