"""A post → posts like it that people labelled: what was said of its kind before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from sangtin.record import reviews
from sangtin.record.reviews import Labelled
from sangtin.record.shown import Summary
from sangtin.text import tokens

# The latest labels are compared word by word while a page waits: 2,000 take some 20 ms once their words are
# known, 150 ms the first time.
COMPARED = 2_000
SHOWN = 3
# Posts on one topic in other words share less of what is rare in them; at a fifth a reader sees why.
LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Similar:
    """A labelled post and the share of their words, rare ones counting more, that the two have in common."""

    labelled: Labelled
    share: float


def similar(connection: Connection, to: Summary) -> list[Similar]:
    """The most similar of the latest labelled posts outside the post's own cluster, most similar first."""
    own = to.membership.cluster if to.membership else None
    known = {
        each.id: each
        for each in reviews.labelled(connection, COMPARED)
        if each.id != to.id and (own is None or each.cluster != own)
    }
    rarity = _rarity([_words(each.text) for each in known.values()])
    mine = _words(to.text)
    found = [Similar(each, _share(mine, _words(each.text), rarity)) for each in known.values()]
    best = sorted(found, key=lambda one: (-one.share, one.labelled.id))[:SHOWN]
    return [one for one in best if one.share >= LEAST]


def _rarity(texts: list[frozenset[str]]) -> dict[str, float]:
    """Inverse document frequency, smoothed so that no word weighs nothing (Spärck Jones 1972)."""
    seen = Counter(word for words in texts for word in words)
    return {word: math.log((2 + len(texts)) / (1 + times)) for word, times in seen.items()}


def _share(a: Set[str], b: Set[str], rarity: dict[str, float]) -> float:
    never = max(rarity.values(), default=1.0)
    whole = sum(rarity.get(word, never) for word in a | b)
    return sum(rarity.get(word, never) for word in a & b) / whole if whole else 0.0


@lru_cache(maxsize=2 * COMPARED)
def _words(text: str) -> frozenset[str]:
    return frozenset(token.folded for token in tokens(text))
