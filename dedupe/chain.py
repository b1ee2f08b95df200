"""Two blocks of words → the longest chain of words and phrases that are the same, otherwise spelt or said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from dedupe.garbled import recovered
from dedupe.lexicon import meanings
from dedupe.normal import DIGITS_AS_LETTERS
from dedupe.numerals import number_of
from dedupe.phrases import LONGEST_PHRASE, Words, marked_so
from dedupe.spelling import NEGATIONS, acronym, alike, heard_as, letters_taken
from dedupe.syllable import is_syllable
from dedupe.word import JOINED, Word

# An acronym may stand for so many words.
LONGEST_ACRONYM = 9
# Of this many letters and more a word that is no syllable may be one, however it is typed.
SPELT_OUT = 3
_BETWEEN_INITIALS = frozenset(["va", "cua", "cho", "ve", "voi"])


def spelt_alike(one: Words, other: Words, last: tuple[bool, bool]) -> list[tuple[int, int, int, int]]:
    """The best chain of (start, start, width, width) in two blocks that say the same, in order."""
    rows, columns = len(one), len(other)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    steps = [[(1, 0)] * columns for _ in range(rows)]
    cells = _cells(one, other, last)
    _add_meant(cells, one, other)
    for i in range(rows - 1, -1, -1):
        below, here, step, row = best[i + 1], best[i], steps[i], cells[i]
        for j in range(columns - 1, -1, -1):
            gained, chosen = (below[j], (1, 0)) if below[j] >= here[j + 1] else (here[j + 1], (0, 1))
            if j in row:
                for m, n in row[j]:
                    gain = m + n + best[i + m][j + n]
                    if gain > gained:
                        gained, chosen = gain, (m, n)
            here[j] = gained
            step[j] = chosen
    found, i, j = [], 0, 0
    while i < rows and j < columns:
        m, n = steps[i][j]
        if m and n:
            found.append((i, j, m, n))
        i, j = i + m, j + n
    return found


# For each word of one block, by the number of a word of the other: how many words from there are the same.
_Cells = list[dict[int, list[tuple[int, int]]]]


def _cells(one: Words, other: Words, last: tuple[bool, bool]) -> _Cells:
    """Where words of two blocks are the same in spelling, and how many of each; most pairs are nothing."""
    found: _Cells = [{} for _ in one]
    columns = [(word, word.plain, heard_as(word), _whole(word)) for word in other]
    shreds = [_torn(other, j) for j in range(len(other))]
    for i, left in enumerate(one):
        plain, sounds, whole = left.plain, heard_as(left), _whole(left)
        ends, shred = last[0] and i == len(one) - 1, _torn(one, i)
        for j, (right, like, heard, entire) in enumerate(columns):
            strangers = plain != like and ((sounds and heard and sounds != heard) or shred or shreds[j])
            same = not strangers and ((plain == like and not left.name) or alike(left, right))
            end = ends, last[1] and j == len(other) - 1
            same = same or (any(end) and _cut_short(left, right, end))
            widths = [(1, 1)] if same else []
            if _may_be_respaced(left, right, whole and entire):
                widths += _respaced(one[i : i + LONGEST_ACRONYM], other[j : j + LONGEST_ACRONYM])
            if left.raw or right.raw:
                widths += recovered(one[i:], other[j:])
            if widths:
                found[i][j] = widths
    return found


def _torn(words: Words, at: int) -> bool:
    """Whether a word is a letter or two of a token that may be one word: it is short for nothing else."""
    word = words[at]
    joined = word.raw == JOINED or (bool(word.raw) and at + 1 < len(words) and words[at + 1].raw == JOINED)
    return joined and len(word.typed or word.plain) < 3


def _whole(word: Word) -> bool:
    """Whether a word is a syllable as it was typed: it contracts nothing, and is no letter beside a digit."""
    return not word.typed and len(word.plain) > 1 and is_syllable(word.plain)


def _may_be_respaced(left: Word, right: Word, whole: bool) -> bool:
    """Whether two words may begin the same letters otherwise spaced; a quick look before a long one."""
    one, other = left.plain, right.plain
    if whole:
        return one != other and (one.startswith(other) or other.startswith(one))
    return one[0] == other[0] or (left.typed or one)[0] == (right.typed or other)[0]


def _add_meant(cells: _Cells, one: Words, other: Words) -> None:
    """Where phrases of two blocks have a listed meaning in common, and how many words each has."""
    mine, theirs = _listed(one), _listed(other)
    common = _groups(mine) & _groups(theirs)
    if not common:
        return
    right = [(j, n, said) for j, n, ways in theirs if (said := _meant(other[j : j + n], ways, common))]
    for i, m, ways in mine:
        meant = _meant(one[i : i + m], ways, common)
        for j, n, said in right if meant else ():
            named = m == n == 1 and one[i].name and other[j].name  # `Hoa` is not `Bông`, though a flower is
            if meant & said and not named:
                cells[i].setdefault(j, []).append((m, n))


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
    if acronym(long[0]) and not letters.startswith(long[0].typed):
        return []
    width = _initials(letters, long) if acronym(short) or len(letters) >= SPELT_OUT else 0
    if is_syllable(letters):
        return [width] if width and acronym(short) else []
    found, at = ([width] if width > LONGEST_PHRASE else []), 0
    found += [width] if width and width <= LONGEST_PHRASE and width > len(letters) else []
    for width in range(2, min(LONGEST_PHRASE, len(long), len(letters)) + 1):
        at = letters.find(long[width - 1].plain[0], at + 1)
        if at < 0 or acronym(long[width - 1]):
            break
        if _contracted(letters, [w.plain for w in long[:width]]):
            found.append(width)
    return found


def _leet(one: Words, other: Word) -> bool:
    """Whether a letter and a digit (`x3`) are a word of two letters."""
    if len(one) < 2 or len(one[0].plain) > 1 or len(other.plain) != 2 or len(one[1].plain) > 1:
        return False
    if number_of(other.plain) != other.plain:  # `B4` is no `ba`
        return False
    return one[0].plain + DIGITS_AS_LETTERS.get(one[1].plain, "?") == other.plain


def _initials(letters: str, long: Words) -> int:
    """Of how many words letters are the initials (`CA`; `GDĐT`: Giáo dục và Đào tạo), nought if of none."""
    if len(letters) < 2:
        return 0
    taken = 0
    for width, word in enumerate(long, 1):
        if word.plain[0] == letters[taken]:
            taken += 1
        elif not taken or word.plain not in _BETWEEN_INITIALS:
            return 0
        if taken == len(letters):
            return width
    return 0


# How the words of a phrase are marked, and its group of phrases of one meaning; for each way to mark them.
_Ways = tuple[tuple[tuple[str, ...], int], ...]


def _listed(words: Words) -> list[tuple[int, int, _Ways]]:
    """Where phrases that have listed meanings may stand, marks aside: (start, width, ways)."""
    openings, table, found = _meaning_openings(), meanings(), []
    for at, word in enumerate(words):
        most = openings.get(word.plain, 0)
        phrase = ""
        for width, part in enumerate(words[at : at + most], 1):
            phrase = f"{phrase} {part.plain}" if phrase else part.plain
            if phrase in table:
                found.append((at, width, table[phrase]))
    return found


def _groups(phrases: Sequence[tuple[int, int, _Ways]]) -> set[int]:
    return {group for _, _, ways in phrases for _, group in ways}


def _meant(words: Words, ways: _Ways, common: Collection[int]) -> frozenset[int]:
    """Which of the common meanings a phrase has, as it is marked."""
    return frozenset(group for way, group in ways if group in common and marked_so(words, way))


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
