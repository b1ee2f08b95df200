"""Words of a reading → where the phrases of the word lists stand in them, marks respected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from dedupe.lexicon import lines, marks, phrases, plain_phrase
from dedupe.word import Word

# The longest phrase of the lists has six words ("chưa có thông tin chính thức").
LONGEST_PHRASE = 6

Words = tuple[Word, ...]
_Table = Mapping[str, tuple[tuple[str, ...], ...]]


def within(words: Words, *names: str) -> Iterator[tuple[int, int]]:
    """Where phrases of the named lists stand: (start, stop), the longest at each place, none overlapping."""
    openings = _opened(names)
    at, stop = 0, len(words)
    while at < stop:
        tables = openings.get(words[at].plain)
        width = max([_longest(words, at, most, table) for most, table in tables]) if tables else 0
        if width:
            yield at, at + width
        at += width or 1


@cache
def _opened(names: tuple[str, ...]) -> dict[str, list[tuple[int, _Table]]]:
    """The first words of phrases of several lists, each with the longest of each list that it opens."""
    found: dict[str, list[tuple[int, _Table]]] = {}
    for name in names:
        for first, most in _openings(name).items():
            found.setdefault(first, []).append((most, phrases(name)))
    return found


@cache
def _openings(name: str) -> dict[str, int]:
    """The first words of a list's phrases, each with the length of its longest phrase."""
    longest: dict[str, int] = {}
    for phrase in phrases(name):
        first, length = phrase.split(" ", 1)[0], phrase.count(" ") + 1
        longest[first] = max(length, longest.get(first, 0))
    return longest


def _longest(words: Words, at: int, most: int, table: _Table) -> int:
    part = words[at : at + most]
    plain = [word.plain for word in part]
    for width in range(len(part), 0, -1):
        ways = table.get(" ".join(plain[:width]))
        if ways and _marked_so(part, ways):
            return width
    return 0


def says(words: Words, name: str) -> bool:
    """Whether a phrase of the list stands in the words, and not only as part of a compound."""
    if _openings(name).keys().isdisjoint([word.plain for word in words]):
        return False
    return any(listed(words[start:stop], name) for start, stop in within(words, name, "compounds"))


def said(words: Words, name: str) -> frozenset[str]:
    """The phrases of a list that stand in the words, and not only as part of a compound; folded."""
    if _openings(name).keys().isdisjoint([word.plain for word in words]):
        return frozenset()
    found = (words[start:stop] for start, stop in within(words, name, "compounds"))
    return frozenset(" ".join(w.plain for w in part) for part in found if listed(part, name))


def listed(words: Words, name: str) -> bool:
    """Whether the words are a phrase of the list."""
    phrase = " ".join(w.plain for w in words)
    table = phrases(name)
    return phrase in table and _marked_so(words, table[phrase])


def uncovered(words: Words, *names: str) -> Words:
    """The words that no phrase of the lists covers."""
    left = list(words)
    for start, stop in reversed(list(within(words, *names))):
        del left[start:stop]
    return tuple(left)


def marked_so(words: Words, way: tuple[str, ...]) -> bool:
    """Whether the words' marks, where they are known, are those of one way to write a phrase."""
    for word, mark in zip(words, way, strict=False):  # twice as quick as all() of a generator
        if word.marked and marks(word.marked) != mark:
            return False
    return True


def _marked_so(words: Words, ways: tuple[tuple[str, ...], ...]) -> bool:
    return any(marked_so(words, way) for way in ways)


def opposed(one: Words, other: Words) -> bool:
    """Whether little words stand for one another that exchange sides, directions or times."""
    left, right = {w.plain for w in one}, {w.plain for w in other}
    return any((a in left and b in right) or (b in left and a in right) for a, b in _opposites())


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = (line.split("|") for line in lines("opposite"))
    return tuple((plain_phrase(a), plain_phrase(b)) for a, b in pairs)
