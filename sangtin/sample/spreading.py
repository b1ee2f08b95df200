"""Drafts → their copies: who passes a post on, when, and how it looks then."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from sangtin.post import Relation
from sangtin.sample.cards import CITY, FORUM, MARKET, NEWS, REPORTS, ROADS, WARD
from sangtin.sample.dice import Dice
from sangtin.sample.draft import Draft
from sangtin.sample.edits import passed_on
from sangtin.sample.rhythm import LAST_HOUR
from sangtin.sample.stories import account
from sangtin.sample.written import Spread

# A burst is what the flag "copied by many accounts" looks for: most copies within its 60 s.
_BURST_SHARE, _BURST_S = 0.6, 55
_LATER_S = {
    Spread.BURST: 3 * 3600,
    Spread.HOURS: 14 * 3600,
    Spread.DAYS: 6 * 86_400,
    Spread.REPOST: 40 * 86_400,
    Spread.WIRE: 8 * 3600,
}
_PASSED_BY = {Spread.WIRE: (NEWS, CITY, WARD), Spread.REPOST: (MARKET, FORUM)}
_PEOPLE = (FORUM, FORUM, ROADS, MARKET, REPORTS)


def copies(drafts: Sequence[Draft], count: int, seed: int) -> list[Draft]:
    """Exactly `count` copies: one of each reposted theme post, the rest by the written weights."""
    dice = Dice(f"{seed}:copies")
    again = [d for d in drafts if d.spread is Spread.REPOST and not d.weight][: count // 4]
    made = [_copy(draft, dice) for draft in again]
    weighted = [d for d in drafts if d.weight]
    total = sum(d.weight for d in weighted)
    for draft in weighted:
        made.extend(_copy(draft, dice) for _ in range(draft.weight * (count - len(again)) // total))
    made.extend(_copy(weighted[at % len(weighted)], dice) for at in range(count - len(made)))
    return made


def _copy(draft: Draft, dice: Dice) -> Draft:
    source = _source(draft, dice)
    text = unicodedata.normalize("NFC", passed_on(draft.text, dice, draft.spread))
    return Draft(
        slug=draft.slug,
        storyline=draft.storyline,
        label=draft.label,
        kind=draft.kind,
        source=source,
        at=_later(draft, dice),
        text=text,
        author=draft.author if draft.spread is Spread.REPOST else account(source, dice),
        thread=None if source in {NEWS, CITY, WARD} else f"t-{draft.slug}-{dice.below(5)}",
        relation=Relation.EXACT if text == draft.text else Relation.NEAR,
        like=draft,
    )


def _source(draft: Draft, dice: Dice) -> str:
    among = _PASSED_BY.get(draft.spread, _PEOPLE)
    return dice.pick(
        [source for source in among if source != draft.source or draft.spread is not Spread.WIRE]
    )


def _later(draft: Draft, dice: Dice) -> datetime:
    if draft.spread is Spread.BURST and dice.chance(_BURST_SHARE):
        return draft.at + timedelta(seconds=dice.between(2, _BURST_S))
    room = int((LAST_HOUR - draft.at).total_seconds())
    return draft.at + timedelta(seconds=dice.between(3, max(3, min(room, _LATER_S[draft.spread]))))
