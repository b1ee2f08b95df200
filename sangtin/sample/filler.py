"""Themes → drafts: what a city says every day, by the share of each theme."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sangtin.post import Kind, Label
from sangtin.sample.cards import CITY, FORUM, MARKET, NEWS, REPORTS, ROADS, WARD
from sangtin.sample.compose import compose
from sangtin.sample.dice import Dice
from sangtin.sample.draft import Draft
from sangtin.sample.edits import chatty, unmarked
from sangtin.sample.nonsense import nonsense
from sangtin.sample.rhythm import moment, whole
from sangtin.sample.slots import fill
from sangtin.sample.stories import account
from sangtin.sample.written import Spread, Theme, themes

# Emoji, tags and mashed keys among what is not a copy; comment streams of news pages hold 3 to 6 %.
_NONSENSE = 0.04
_CHATTING = (FORUM, ROADS, MARKET)


def filler(seed: int, count: int) -> list[Draft]:
    """Exactly `count` drafts, the themes in the proportion of their `posts`."""
    babble = round(count * _NONSENSE)
    found = themes()
    shares = _shares([theme.posts for theme in found], count - babble)
    drafts = [d for theme, share in zip(found, shares, strict=True) for d in _theme(theme, share, seed)]
    return drafts + _babble(count - len(drafts), Dice(f"{seed}:nonsense"))


def _shares(weights: Sequence[int], count: int) -> list[int]:
    """Whole numbers in the proportion of the weights whose sum is `count` (largest remainder)."""
    total = sum(weights)
    shares = [weight * count // total for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda at: (-(weights[at] * count % total), at))
    for at in by_rest[: count - sum(shares)]:
        shares[at] += 1
    return shares


def _theme(theme: Theme, count: int, seed: int) -> list[Draft]:
    dice = Dice(f"{seed}:theme:{theme.slug}")
    return [
        _draft(theme, template, number, dice) for number, template in enumerate(compose(theme, count, dice))
    ]


def _draft(theme: Theme, template: str, number: int, dice: Dice) -> Draft:
    source = dice.pick(theme.sources)
    at = moment(dice, theme.windows, source)
    spelt = _spelt(fill(template, dice, at), theme, dice)
    office = source in {NEWS, CITY, WARD, REPORTS}
    return Draft(
        slug=f"{theme.slug}-{number + 1:03d}",
        storyline=theme.slug,
        label=theme.label,
        kind=theme.kind,
        source=source,
        at=at,
        text=unicodedata.normalize("NFC", spelt[0].upper() + spelt[1:]),
        author=account(source, dice),
        thread=None if office else f"t-{theme.slug}-{number // 6}",
        spread=Spread.REPOST if dice.chance(theme.reposts) else Spread.HOURS,
    )


def _spelt(text: str, theme: Theme, dice: Dice) -> str:
    if dice.chance(theme.chat):
        text = chatty(text, dice)
        text = text.lower() if dice.chance(0.5) else text
    return unmarked(text, dice) if dice.chance(theme.unmarked) else text


def _babble(count: int, dice: Dice) -> list[Draft]:
    drafts = []
    for number, text in enumerate(nonsense(count, dice)):
        source = dice.pick(_CHATTING)
        at = moment(dice, whole(), source)
        drafts.append(
            Draft(
                f"nonsense-{number + 1:03d}",
                "nonsense",
                Label.SPAM,
                Kind.NOISE,
                source,
                at,
                text,
                account(source, dice),
            )
        )
    return drafts
