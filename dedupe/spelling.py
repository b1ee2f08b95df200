"""Two words → whether they are one, otherwise spelt: typed by ear, slipped, shortened, or marked apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from dedupe.clocks import same_hour
from dedupe.lexicon import marks, meanings, plain, soft_spellings
from dedupe.numerals import number_of
from dedupe.syllable import is_syllable, is_written
from dedupe.unsaid import same_price
from dedupe.word import Word

# A word of fewer letters is a word of its own, however it came about.
SHORTEST_SLIP = 3
# Names of at least so many letters are cut to two (`Ex` for `Exciter`).
CLIPPED = 2
LEAST_CLIPPED = 5
# No word that anybody typed by a slip is longer: distances cost the product of the lengths.
LONGEST_SLIP = 40
# What these were written out of is read as nothing else: a copy must not hide a denial.
NEGATIONS = frozenset({"khong", "chua"})
# Vowels that quick typing reduces (chìu for chiều, mún for muốn, nhìu for nhiều), marks as they are typed.
_REDUCED = (
    ("iêu", "iu"),
    ("iều", "ìu"),
    ("iếu", "íu"),
    ("iểu", "ỉu"),
    ("iễu", "ĩu"),
    ("iệu", "ịu"),
    ("iên", "in"),
    ("iền", "ìn"),
    ("iến", "ín"),
    ("iện", "ịn"),
    ("uôn", "un"),
    ("uốn", "ún"),
    ("uồn", "ùn"),
    ("uổn", "ủn"),
    ("uộn", "ụn"),
    ("uôi", "ui"),
    ("uối", "úi"),
    ("uồi", "ùi"),
    ("uổi", "ủi"),
)
# Where each key lies on a QWERTY keyboard: (row, place in it).
_KEYS = {
    key: (row, at)
    for row, keys in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for at, key in enumerate(keys)
}
_HEARD = str.maketrans("jdrkqy", "zzzcci")


@lru_cache(maxsize=1 << 16)
def alike(one: Word, other: Word) -> bool:
    """Whether two words are one word, one of them misspelt or shortened."""
    a, b = one.plain, other.plain
    if a == b:
        return not (one.name and other.name and differently_marked(one, other))
    if one.number or other.number:
        return number_of(a) == number_of(b) or same_hour(one, other) or same_price(one, other)
    soft = soft_spellings()
    if soft.get(a) == b or soft.get(b) == a or _typed_by_ear(one, other) or _typed_by_ear(other, one):
        return True
    if is_syllable(a) and is_syllable(b):
        return _slipped(one, other) or (not (one.name and other.name) and _same_sound(one, other))
    if (acronym(one) and acronym(other)) or (_known(a) and _known(b)):
        return False
    return _misspelt(*sorted((a, b), key=len)) or _clipped(one, other)


def acronym(word: Word) -> bool:
    """Whether a word is letters that stand for words."""
    return bool(word.typed) and not word.number and plain(word.typed) == word.plain


def _clipped(one: Word, other: Word) -> bool:
    """Whether a name that is no syllable is another's beginning: `Ex` for `Exciter`."""
    short, long = sorted((one, other), key=lambda word: len(word.plain))
    if not (one.name and other.name) or is_syllable(short.plain) or is_syllable(long.plain):
        return False
    return (
        len(short.plain) == CLIPPED
        and len(long.plain) >= LEAST_CLIPPED
        and long.plain.startswith(short.plain)
    )


def _known(word: str) -> bool:
    """Whether a word stands for itself: a syllable, or of a listed meaning; `taxi` is no slip of `tải`."""
    return is_syllable(word) or (len(word) > SHORTEST_SLIP and word in meanings())


def _typed_by_ear(one: Word, other: Word) -> bool:
    """`hok` was written out as không, and is học by its sound; `trg` is trong, and trường by its letters."""
    if one.span > 1 or acronym(one):
        return False
    if len(one.typed) > 2 and sound(one.typed) == sound(other.plain):
        return True
    return len(one.typed) > 1 and one.plain not in NEGATIONS and _skeleton(one.typed, other.plain)


def _slipped(one: Word, other: Word) -> bool:
    """Whether one of two syllables is a slip of the other: no text has it as it is marked."""
    if not one.marked or not other.marked or min(len(one.marked), len(other.marked)) < SHORTEST_SLIP:
        return False
    written = is_written(one.marked), is_written(other.marked)
    return written[0] != written[1] and _distance(one.marked, other.marked) <= 1


def _misspelt(short: str, long: str) -> bool:
    """Whether of two words, not both syllables, one is the other shortened, by ear, or with a slip."""
    return _skeleton(short, long) or sound(short) == sound(long) or (len(short) >= 3 and _slip(short, long))


def heard_as(word: Word) -> str:
    """What a syllable sounds like: two that sound otherwise are not one word. Empty for anything else."""
    soft = word.typed or word.plain in soft_spellings()
    if soft or word.number or not is_syllable(word.plain) or not is_written(word.marked or word.plain):
        return ""
    return _initial_sound(word.marked or word.plain)


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """A word by its sound in quick typing: `j` for gi, `w` for qu, `k` for c, `f` for ph, z for d, gi, r."""
    for spelt, heard in (("ngh", "ng"), ("gh", "g"), ("ph", "f"), ("gi", "z"), ("qu", "w"), ("kh", "x")):
        word = word.replace(spelt, heard)
    if word.endswith("g") and not word.endswith("ng"):
        word = word[:-1] + "ng"
    word = word.replace("tr", "C")
    word = "C" + word[2:] if word.startswith("ch") else word.replace("ch", "c")
    return word.translate(_HEARD)


def _same_sound(one: Word, other: Word) -> bool:
    """Initials that writers mix up (ch/tr, s/x, d/gi/r), the rest with its marks the same."""
    return _initial_sound(one.marked or one.plain) == _initial_sound(other.marked or other.plain)


@lru_cache(maxsize=1 << 16)
def _initial_sound(word: str) -> str:
    for spelt, heard in _REDUCED:
        word = word.replace(spelt, heard)
    for spelt, heard in (("tr", "C"), ("ch", "C"), ("gi", "z"), ("d", "z"), ("r", "z"), ("x", "s")):
        if word.startswith(spelt) and len(word) > len(spelt):
            return heard + word[len(spelt) :]
    return word


def _skeleton(short: str, long: str) -> bool:
    """`trc` for truoc, `nhg` for nhung: no vowel, the letters of the long word in order from its first."""
    if is_syllable(short) or short[0] != long[0] or any(c in "aeiouy" for c in short):
        return False
    return len(short) in letters_taken(short, 0, long)


def _slip(short: str, long: str) -> bool:
    """One slip of the finger in a word of three letters or more, two from seven on."""
    allowed = 1 if len(long) < 7 else 2
    return (
        len(long) <= LONGEST_SLIP and len(long) - len(short) <= allowed and _distance(short, long) <= allowed
    )


def _distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance, neighbours transposed (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def slip_of_the_finger(one: str, other: str) -> bool:
    """Whether folded letters differ by one key: left out, put in, exchanged with the next, or missed."""
    short, long = sorted((one, other), key=len)
    if len(long) < SHORTEST_SLIP or len(long) - len(short) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return _beside(short[at : at + 1], long[at : at + 1])
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]


def _beside(one: str, other: str) -> bool:
    """Whether two keys lie beside each other."""
    if one not in _KEYS or other not in _KEYS:
        return False
    return all(abs(a - b) <= 1 for a, b in zip(_KEYS[one], _KEYS[other], strict=True))


def renamed(one: Word, other: Word) -> bool:
    """Whether one of two names of the same letters lacks marks of the other, and both are words: Thu, Thư."""
    if not (one.name and other.name) or marks(one.marked) == marks(other.marked):
        return False
    return is_written(one.marked) and is_written(other.marked)


def differently_marked(one: Word, other: Word) -> bool:
    """Whether two words of the same letters carry different marks, none of them merely left out."""
    left, right = Counter(marks(one.marked)), Counter(marks(other.marked))
    return not (left <= right or right <= left)


def letters_taken(short: str, start: int, word: str) -> Iterator[int]:
    """Where letters of a word that are taken in their order, its first one included, may end in `short`."""
    at = -1
    for stop in range(start, len(short)):
        at = word.find(short[stop], at + 1)
        if at < 0 or (stop == start and at > 0):
            return
        yield stop + 1
