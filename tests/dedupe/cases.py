"""The written cases → posts, copies, changes of meaning, and unlike posts on one topic."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "written"


@dataclass(frozen=True, slots=True)
class Case:
    """A text beside the post that it repeats, changes, or shares a topic with."""

    of: str
    text: str
    kind: str = ""


@cache
def bases() -> dict[str, str]:
    """Sixty posts by id."""
    return {row["id"]: row["text"] for row in _rows("bases")}


@cache
def copies() -> tuple[Case, ...]:
    """Copies as people make them, one of each post."""
    return _cases("copies")


@cache
def changes() -> tuple[Case, ...]:
    """Changes of meaning, ten a kind."""
    return _cases("changes")


@cache
def topics() -> tuple[Case, ...]:
    """Unlike posts on the topics of some."""
    return _cases("topics")


def _cases(name: str) -> tuple[Case, ...]:
    return tuple(Case(row["of"], row["text"], row.get("kind", "")) for row in _rows(name))


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
