"""Written posts → drafts: the storylines, their variants, and the posts that quote others."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sangtin.post import Relation
from sangtin.sample.cards import CITY, FORUM, NEWS, REPORTS, ROADS, WARD
from sangtin.sample.dice import Dice
from sangtin.sample.draft import Draft
from sangtin.sample.rhythm import LAST_HOUR, moment, whole
from sangtin.sample.slots import fill
from sangtin.sample.written import Window, Written, rows, written

_OFFICES = frozenset({NEWS, CITY, WARD})


def stories(seed: int) -> list[Draft]:
    """One draft for each written post. A post that varies or quotes another comes after it in the files."""
    told: dict[str, Draft] = {}
    lines = _windows()
    for post in written():
        told[post.slug] = _told(post, told, lines, Dice(f"{seed}:story:{post.slug}"))
    return list(told.values())


def account(source: str, dice: Dice) -> str:
    """A fictional author: one desk for an office, some hundreds of people for the rest."""
    people = {NEWS: 9, CITY: 2, WARD: 12, FORUM: 420, ROADS: 160, REPORTS: 300}
    return f"{source}/{dice.below(people.get(source, 250))}"


def _told(post: Written, told: dict[str, Draft], lines: dict[str, Sequence[Window]], dice: Dice) -> Draft:
    like = told[post.varies or post.quotes or ""] if post.varies or post.quotes else None
    at = post.at or _moment(post, like, lines, dice)
    return Draft(
        slug=post.slug,
        storyline=post.storyline,
        label=post.label,
        kind=post.kind,
        source=post.source,
        at=at,
        text=unicodedata.normalize("NFC", _text(post, like, dice, at)),
        author=account(post.source, dice),
        thread=None if post.source in _OFFICES else f"t-{like.slug if like else post.slug}",
        relation=_relation(post),
        like=like,
        weight=post.weight,
        spread=post.spread,
    )


def _relation(post: Written) -> Relation:
    if post.varies:
        return Relation.VARIANT
    return Relation.QUOTES if post.quotes else Relation.ORIGINAL


def _text(post: Written, like: Draft | None, dice: Dice, at: datetime) -> str:
    if post.varies and like:
        text = like.text
        for old, new in post.swaps:
            if old not in text:
                raise ValueError(f"{post.slug}: {old!r} is not in {post.varies}")
            text = text.replace(old, new)
        return text
    return fill(post.text.replace("{gốc}", like.text if like else ""), dice, at)


def _moment(post: Written, like: Draft | None, lines: dict[str, Sequence[Window]], dice: Dice) -> datetime:
    if like:
        return min(like.at + timedelta(seconds=dice.between(1200, 40_000)), LAST_HOUR)
    return moment(dice, lines.get(post.storyline, whole()), post.source)


def _windows() -> dict[str, Sequence[Window]]:
    return {
        row["storyline"]: (Window(date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), 1),)
        for row in rows("storylines.jsonl")
    }
