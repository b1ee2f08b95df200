"""A post of the sample before it has a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sangtin.post import Kind, Label, Relation
from sangtin.sample.written import Spread


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What will be a post. Two drafts are the same only if they are one object; `at` is in Vietnam's time."""

    slug: str
    storyline: str
    label: Label
    kind: Kind | None
    source: str
    at: datetime
    text: str
    author: str
    thread: str | None = None
    relation: Relation = Relation.ORIGINAL
    like: Draft | None = None
    weight: int = 0
    spread: Spread = Spread.HOURS
