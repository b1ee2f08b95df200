"""Two blocks of words → the longest chain of words and phrases that are the same, otherwise spelt or said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from dedupe.lexicon import meanings
from dedupe.normal import DIGITS_AS_LETTERS
from dedupe.phrases import LONGEST_PHRASE, Words, marked_so
from dedupe.reading import Word
from dedupe.spelling import NEGATIONS, alike, heard_as, letters_taken
from dedupe.syllable import is_syllable


def spelt_alike(one: Words, other: Words, last: tuple[bool, bool]) -> list[tuple[int, int, int, int]]:
    """The best chain of (start, start, width, width) in two blocks that say the same, in order."""
    rows, columns = len(one), len(other)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    step: dict[tuple[int, int], tuple[int, int]] = {}
    meant = [_groups(one[i:]) for i in range(rows)], [_groups(other[j:]) for j in range(columns)]
    cells = _cells(one, other, last)
    for i in range(rows - 1, -1, -1):
        below, here = best[i + 1], best[i]
        for j in range(columns - 1, -1, -1):
            gained, chosen = (below[j], (1, 0)) if below[j] >= here[j + 1] else (here[j + 1], (0, 1))
            widths = cells.get((i, j), ())
            if meant[0][i] and meant[1][j]:
                pairs = ((m, n) for m, mine in meant[0][i] for n, theirs in meant[1][j] if mine & theirs)
                named = one[i].name and other[j].name  # `Hoa` is not `Bông`, though a flower is
                widths = (*widths, *(pair for pair in pairs if not (named and pair == (1, 1))))
            for m, n in widths:
                gain = m + n + best[i + m][j + n]
                if gain > gained:
                    gained, chosen = gain, (m, n)
            here[j] = gained
            step[i, j] = chosen
    found, i, j = [], 0, 0
    while i < rows and j < columns:
        m, n = step[i, j]
        if m and n:
            found.append((i, j, m, n))
        i, j = i + m, j + n
    return found


def _cells(
    one: Words, other: Words, last: tuple[bool, bool]
) -> dict[tuple[int, int], Sequence[tuple[int, int]]]:
    """Where words of two blocks are the same in spelling, and how many of each; most pairs are nothing."""
    found: dict[tuple[int, int], Sequence[tuple[int, int]]] = {}
    heard = [heard_as(word) for word in other]
    for i, left in enumerate(one):
        sounds = heard_as(left)
        for j, right in enumerate(other):
            strangers = sounds and heard[j] and sounds != heard[j] and left.plain != right.plain
            end = last[0] and i == len(one) - 1, last[1] and j == len(other) - 1
            same = (not strangers and alike(left, right)) or (any(end) and _cut_short(left, right, end))
            widths = [(1, 1)] if same else []
            if left.plain[0] == right.plain[0] or (
                (left.typed or left.plain)[0] == (right.typed or right.plain)[0]
            ):
                widths += _respaced(one[i : i + LONGEST_PHRASE], other[j : j + LONGEST_PHRASE])
            if widths:
                found[i, j] = widths
    return found


def _respaced(one: Words, other: Words) -> list[tuple[int, int]]:
    """How many words from the start are the same letters otherwise spaced, or a contraction of the others."""
    found = []
    left, right, m, n = one[0].plain, other[0].plain, 1, 1
    while left != right and m + n < LONGEST_PHRASE:
        if len(left) < len(right):
            if not right.startswith(left) or m == len(one):
                break
            left, m = left + one[m].plain, m + 1
        else:
            if not left.startswith(right) or n == len(other):
                break
            right, n = right + other[n].plain, n + 1
    if left == right and m + n > 2:
        found.append((m, n))
    found += [(2, 1)] * _leet(one, other[0]) + [(1, 2)] * _leet(other, one[0])
    if one[0].span <= len(one):
        found += [(one[0].span, width) for width in _contractions(one[0], other)]
    if other[0].span <= len(other):
        found += [(width, other[0].span) for width in _contractions(other[0], one)]
    return found


def _contractions(short: Word, long: Words) -> list[int]:
    """How many of the long words from the start a short one may contract."""
    letters = short.typed if short.typed and short.plain not in NEGATIONS else short.plain
    if short.number or letters[0] != long[0].plain[0]:
        return []
    if is_syllable(letters):
        acronym = short.typed == short.plain and _initials(letters, long)
        return [len(letters)] if acronym else []
    found, at = [], 0
    for width in range(2, min(LONGEST_PHRASE, len(long), len(letters)) + 1):
        at = letters.find(long[width - 1].plain[0], at + 1)
        if at < 0:
            break
        if _contracted(letters, [w.plain for w in long[:width]]):
            found.append(width)
    return found


def _leet(one: Words, other: Word) -> bool:
    """Whether a letter and a digit (`x3`) are a word of two letters."""
    if len(one) < 2 or len(one[0].plain) > 1 or len(other.plain) != 2 or len(one[1].plain) > 1:
        return False
    return one[0].plain + DIGITS_AS_LETTERS.get(one[1].plain, "?") == other.plain


def _initials(letters: str, long: Words) -> bool:
    """Whether an acronym that could be read as a syllable (`DA`, `CA`) stands for the words' initials."""
    width = len(letters)
    return 1 < width <= len(long) and all(w.plain[0] == c for w, c in zip(long, letters, strict=False))


def _groups(words: Words) -> list[tuple[int, frozenset[int]]]:
    """Phrases from the start that have listed meanings: (width, meanings)."""
    most = _meaning_openings().get(words[0].plain)
    if most is None:
        return []
    table, phrase, found = meanings(), "", []
    for width, word in enumerate(words[:most], 1):
        phrase = f"{phrase} {word.plain}" if phrase else word.plain
        groups = frozenset(g for way, g in table.get(phrase, ()) if marked_so(words[:width], way))
        if groups:
            found.append((width, groups))
    return found


@cache
def _meaning_openings() -> dict[str, int]:
    """The first words of phrases that have listed meanings, each with the length of the longest."""
    longest: dict[str, int] = {}
    for phrase in meanings():
        first, *rest = phrase.split()
        longest[first] = max(len(rest) + 1, longest.get(first, 0))
    return longest


def _contracted(short: str, long: Sequence[str]) -> bool:
    """`csgt`, `ctrinh`, `kbiet`: of each word in turn its first letter and others in their order."""
    reached = {0}
    for word in long:
        reached = {stop for start in reached for stop in letters_taken(short, start, word)}
    return len(short) in reached


def _cut_short(one: Word, other: Word, end: tuple[bool, bool]) -> bool:
    """A text's last word that was cut in the middle; a number that is cut is another number."""
    if one.number or other.number:
        return False
    return (end[0] and other.plain.startswith(one.plain)) or (end[1] and one.plain.startswith(other.plain))
