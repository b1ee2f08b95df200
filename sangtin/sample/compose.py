"""A theme → texts of three or four of its sentences, no two of which share more than one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from sangtin.sample.dice import Dice
from sangtin.sample.written import Theme

# A shared sentence is at most this share of either text, by letters: containment stays near it, and the
# Jaccard similarity of the shingles near s / (2 - s) = 0.3. A copy needs 0.55 (design, "Facts").
_SHARED = 0.47

Sentence = tuple[int, int]  # part, number in the part
Choice = tuple[Sentence, ...]
Pair = tuple[Sentence, Sentence]


def compose(theme: Theme, count: int, dice: Dice) -> list[str]:
    """Up to `count` texts, their slots still open; fewer where the theme's sentences give no more."""
    made: list[str] = []
    taken: set[Pair] = set()
    used: dict[Sentence, int] = {}
    for first, second in _starts(theme, dice):
        if len(made) == count:
            break
        found = _completed(theme, (first, second), taken, used)
        if found:
            taken |= _pairs(found)
            used.update({sentence: used.get(sentence, 0) + 1 for sentence in found})
            made.append(_joined(theme, found, dice))
    return made


def _starts(theme: Theme, dice: Dice) -> list[Pair]:
    """Every opening with every detail, once, in some order."""
    first, second = len(theme.parts[0]), len(theme.parts[1])
    return dice.shuffled([((0, i), (1, j)) for i in range(first) for j in range(second)])


def _completed(theme: Theme, start: Choice, taken: set[Pair], used: dict[Sentence, int]) -> Choice | None:
    """The start with the ending used least; with a second detail too where one sentence would outweigh."""
    for choice in _endings(theme, start, used):
        if _fits(theme, choice, taken):
            return choice
    for number in range(len(theme.parts[1])):
        for choice in _endings(theme, (*start, (1, number)), used):
            if (1, number) != start[1] and _fits(theme, choice, taken):
                return choice
    return None


def _endings(theme: Theme, start: Choice, used: dict[Sentence, int]) -> Iterator[Choice]:
    endings = [(2, number) for number in range(len(theme.parts[2]))]
    endings.sort(
        key=lambda ending: (used.get(ending, 0), (ending[1] * 7 + start[0][1] * 3 + start[1][1]) % 97)
    )
    return ((*start, ending) for ending in endings)


def _fits(theme: Theme, choice: Choice, taken: set[Pair]) -> bool:
    lengths = [len(theme.parts[part][number]) for part, number in choice]
    return max(lengths) <= _SHARED * sum(lengths) and taken.isdisjoint(_pairs(choice))


def _pairs(choice: Choice) -> set[Pair]:
    return {(min(one, other), max(one, other)) for at, one in enumerate(choice) for other in choice[at + 1 :]}


def _joined(theme: Theme, choice: Choice, dice: Dice) -> str:
    return ("\n" if dice.chance(0.12) else " ").join(theme.parts[part][number] for part, number in choice)
