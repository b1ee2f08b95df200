"""A number → that many posts without words: emoji, tags, mashed keys."""

from __future__ import annotations

from functools import cache
from itertools import combinations

from sangtin.sample.dice import Dice
from sangtin.sample.written import rows

_EMOJI = "😂🤣😍🥰😭😢😡🥺👍👏🙏💪🎉🔥❤💔💯🌹🍀🌊☔⛈🏮🎆🐟🍜🍵🛵🚌⚽🏸📷🎶😴🤔🙄😱🤡👀✨🌸🐶🐱🧡💙"
_KEYS = "asdfghjklqwertyuiopzxcvbnm"


def nonsense(count: int, dice: Dice) -> list[str]:
    """Different texts of no meaning; no two of those made of tags share more than one tag."""
    made: dict[str, None] = {}
    together: set[tuple[str, ...]] = set()
    while len(made) < count:
        text = _one(dice)
        pairs = set(combinations(sorted(text.split()), 2)) if text.startswith("#") else set()
        if together.isdisjoint(pairs):
            together |= pairs
            made[text] = None
    return list(made)


def _one(dice: Dice) -> str:
    sort = dice.weighted((50, 28, 16, 6))
    return (_emoji, _tags, _mashed, _numbers)[sort](dice)


def _emoji(dice: Dice) -> str:
    return "".join(dice.pick(_EMOJI) * dice.pick((1, 1, 1, 2, 3)) for _ in range(dice.between(2, 6)))


def _tags(dice: Dice) -> str:
    return " ".join(dice.several(_tag_words(), dice.between(3, 5)))


def _mashed(dice: Dice) -> str:
    runs = ("".join(dice.pick(_KEYS) for _ in range(dice.between(3, 11))) for _ in range(dice.between(1, 4)))
    return " ".join(runs)


def _numbers(dice: Dice) -> str:
    return dice.pick((".", "…", "-", "!", "?")).join(
        str(dice.between(1, 999)) for _ in range(dice.between(3, 6))
    )


@cache
def _tag_words() -> tuple[str, ...]:
    return tuple(next(row["words"] for row in rows("slots.jsonl") if row["slot"] == "tags"))
