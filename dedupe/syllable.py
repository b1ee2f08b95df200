"""A folded word → whether it can be a Vietnamese syllable: what cannot is a slip or a chat spelling."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from sangtin.text import place_tones

# The initials and rhymes of Vietnamese spelling without diacritics
# (Đoàn Thiện Thuật, Ngữ âm tiếng Việt, 1977, chapters II-III).
_INITIALS = "b c ch d g gh gi h k kh l m n ng ngh nh ph q r s t th tr v x"
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu
i ia ich iec iem ien ieng iep iet ieu
im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong
oc ooc oong op ot u ua uan uang uat uau uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot
uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yeng yet yeu
"""


@cache
def syllables() -> frozenset[str]:
    """Every folded syllable that the spelling allows, with i and y told apart."""
    made = {
        initial + rhyme
        for initial in ("", *_INITIALS.split())
        for rhyme in _RHYMES.split()
        if _meet(initial, rhyme)
    }
    return frozenset(made | {"g" + rhyme for rhyme in _RHYMES.split() if rhyme.startswith("i")})


def _meet(initial: str, rhyme: str) -> bool:
    """Whether spelling lets them meet: k, gh, ngh before e, i, y; c, g, ng elsewhere; q before u."""
    front = rhyme[0] in "eiy"
    if initial in {"k", "gh", "ngh"}:
        return front
    if initial in {"c", "g", "ng"}:
        return not front
    if initial == "q":
        return rhyme[0] == "u" and rhyme[1:2] in ("a", "e", "i", "o", "y")
    return True


def is_syllable(word: str) -> bool:
    """Whether a folded word could be read as one Vietnamese syllable."""
    return word in syllables()


@cache
def written() -> frozenset[str]:
    """The syllables that edited texts hold, with their marks."""
    text = (files("dedupe") / "words" / "syllables.txt").read_text(encoding="utf-8")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


@lru_cache(maxsize=1 << 16)
def is_written(word: str) -> bool:
    """Whether a word with its marks, in lower case, is a syllable that edited texts hold."""
    return place_tones(word) in written()


@lru_cache(maxsize=1 << 14)
def split_written(word: str) -> tuple[int, ...]:
    """Where a word in lower case that is written syllables run together breaks (`ngân|hàng`); else empty."""
    best: list[tuple[int, ...] | None] = [()] + [None] * len(word)
    for stop in range(1, len(word) + 1):
        for start in range(max(0, stop - 7), stop):
            before = best[start]
            if before is None or not is_written(word[start:stop]):
                continue
            here = best[stop]
            if here is None or len(before) + 1 < len(here):
                best[stop] = (*before, start)
    return (best[-1] or ())[1:]


@lru_cache(maxsize=1 << 14)
def split(word: str, tones: str = "") -> tuple[int, ...]:
    """Where a folded word that is several syllables run together breaks; empty where it is none or one.

    `tones`: one character a letter, blank where the letter carries no tone; a syllable has one at most.
    """
    fewest = [0] * (len(word) + 1)
    opens = [0] * (len(word) + 1)  # where the last syllable of the fewest begins
    for stop in range(2, len(word) + 1):
        for start in range(max(0, stop - 7), stop - 1):
            if (start and not fewest[start]) or not is_syllable(word[start:stop]):
                continue
            if len(tones[start:stop].replace(" ", "")) > 1:
                continue
            if not fewest[stop] or fewest[start] + 1 < fewest[stop]:
                fewest[stop], opens[stop] = fewest[start] + 1, start
    breaks: list[int] = []
    at = opens[-1] if fewest[-1] else 0
    while at:
        breaks.append(at)
        at = opens[at]
    return tuple(reversed(breaks))
