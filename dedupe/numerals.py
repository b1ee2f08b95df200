"""Words in which numbers stand → the same with each number in digits, with its sign, scale and unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dedupe.amounts import SIGNS
from dedupe.word import Word

# Units that a chat spelling hides where they stand behind a number with a space.
_LOOSE_UNITS = {"k": "nghin", "kg": "kg", "m": "met", "h": "gio"}
# What a number counts, as one sign behind it.
_COUNTED = {"phan": "%", "do": "$", "usd": "$", "euro": "€", "gbp": "£", "jpy": "¥"}
# Signs and units that stand behind the digits of a number.
_AFTER = "".join([*SIGNS.values(), *_COUNTED.values()])
# What is told apart by number.
_NUMBERED = frozenset(["tầng", "lầu", "lớp", "tổ", "khu", "quận", "phường", "ngày", "tháng", "thứ", "số"])
_NUMBERED |= {"hẻm", "kiệt", "ngõ", "tuyến"}
_SCALES = {"nghin": 3, "ngan": 3, "trieu": 6, "ti": 9}
_DIGITS = {"khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_DIGITS |= {"sau": 6, "bay": 7, "tam": 8, "chin": 9}
_DIGITS |= {"tu": 4, "lam": 5, "bai": 7}
# Hours that are said to be in the second half of the day, by how they are said.
_HALVES = {"chieu": range(1, 7), "toi": range(5, 12), "dem": range(8, 12), "khuya": range(8, 12)}
_TENS = {"muoi": 10, "chuc": 10, "tram": 100}
_SCALING = frozenset({*_TENS, *_SCALES})
# What a number in words may begin with.
_COUNTING = frozenset({*_DIGITS, *_TENS})


def number_of(word: str) -> str:
    """A number word in digits; other words as they are."""
    return str(_DIGITS[word]) if word in _DIGITS else ("10" if word == "muoi" else word)


def numbered(words: list[Word]) -> list[Word]:
    """A sentence's words, numbers as one word each: `8 giờ tối` is `20 giờ`, `hai triệu` is `2000000`."""
    return _measures(_clocks(_counted(words)))


def signed(word: Word, sign: str) -> Word:
    """A number with its sign behind it, so that it is still known for a number."""
    return replace(word, plain=word.plain + sign, marked=sign + word.marked) if word.number else word


def _counted(words: list[Word]) -> list[Word]:
    """Scales and units beside digits, and numbers in words, as digits."""
    made: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        spelt = word.plain
        if spelt not in _COUNTING and not word.typed and not spelt[0].isdigit() and spelt != "h":
            made.append(word)
            at += 1
            continue
        unit = _LOOSE_UNITS.get(word.typed or word.plain)
        if unit and made and made[-1].number and not _ordinal(made):
            word = words[at] = replace(word, plain=unit, typed="")
        after = _scale_word(words[at + 1]) if at + 1 < len(words) else ""
        if after and words[at + 1].typed and _ordinal([*made, word]):
            after = ""
        scale = _SCALES.get(after) if word.number or word.plain in _DIGITS else None
        if scale is not None:
            made.append(Word(_scaled(number_of(word.plain), scale), word.marked, pause=words[at + 1].pause))
            at += 2
            continue
        per_cent = word.plain == "tram" and bool(made) and made[-1].plain == "phan"
        spelled = None if per_cent else _spelled(words, at)
        if spelled:
            made.append(Word(spelled[0], word.marked, pause=words[spelled[1] - 1].pause))
            at = spelled[1]
            continue
        made.append(word)
        at += 1
    return made


def _scale_word(word: Word) -> str:
    """A word behind a number as what it scales that by (`600 k`)."""
    return _LOOSE_UNITS.get(word.typed, word.plain)


def _ordinal(words: Sequence[Word]) -> bool:
    """Whether a number at the end says which one, not how much: `tầng 15 k xuống được` has no amount."""
    return len(words) > 1 and words[-1].number and words[-2].marked in _NUMBERED


def _clocks(words: list[Word]) -> list[Word]:
    """`8 giờ tối` as `20 giờ`: an hour and its half of the day are one number."""
    said: set[int] = set()
    hours = [at for at, word in enumerate(words) if word.plain == "gio" and at]
    for at in hours:
        before = words[at - 1]
        if not before.plain.isdigit():
            continue
        half = at + 2 if at + 1 < len(words) and words[at + 1].number else at + 1
        hour = int(before.plain) if len(before.plain) < 3 else 0
        half_day = _HALVES.get(words[half].plain, ()) if half < len(words) else ()
        if hour in half_day or hour - 12 in half_day:  # `22 giờ đêm` says it twice
            hour = hour if hour > 12 else hour + 12
            words[at - 1] = replace(before, plain=str(hour), marked=str(hour))
            words[half - 1] = replace(words[half - 1], pause=words[half].pause)
            said.add(half)
    return [word for at, word in enumerate(words) if at not in said] if said else words


def _measures(words: list[Word]) -> list[Word]:
    """`5 phần trăm` as `5%`, `20 đô la` as `20$`: in another unit it is another number."""
    if not any(word.plain in _COUNTED for word in words[1:]):
        return words
    made: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        behind = made and made[-1].number and word.plain in _COUNTED
        unit, width = _unit(words, at) if behind else ("", 0)
        if unit:
            number, pause = made[-1], words[at + width - 1].pause
            made[-1] = replace(number, plain=number.plain + unit, marked=number.marked + unit, pause=pause)
        else:
            made.append(word)
        at += width or 1
    return made


def _unit(words: list[Word], at: int) -> tuple[str, int]:
    """(the sign of what a number counts, how many words it takes); `đô` needs its mark, `đô la` does not."""
    word, after = words[at], words[at + 1].plain if at + 1 < len(words) else ""
    if word.plain in ("phan", "do"):
        whole = after == {"phan": "tram", "do": "la"}[word.plain]
        return (_COUNTED[word.plain], 2) if whole else (("$", 1) if word.marked == "đô" else ("", 0))
    return _COUNTED[word.plain], 1


def _scaled(number: str, zeros: int) -> str:
    digits = number.rstrip(_AFTER)
    value = float(digits) * 10**zeros
    return (str(int(value)) if value < 1e15 else digits) + number[len(digits) :]


def _spelled(words: list[Word], at: int) -> tuple[str, int] | None:
    """A number in several words from `at` (`hai mươi lăm`) → (digits, where it ends)."""
    total, unit, stop, tens = 0, None, at, False
    while stop < len(words):
        word = words[stop].plain
        if word in _TENS:
            total += (1 if unit is None else unit) * _TENS[word]
            unit, tens = None, True
        elif word in _DIGITS and (unit is None) and word != "khong":
            if word == "nam" and tens and {w.plain for w in words[stop + 1 : stop + 2]}.isdisjoint(_SCALING):
                break  # `hai mươi năm` are years; twenty-five is `hai mươi lăm`
            unit = _DIGITS[word]
        else:
            break
        stop += 1
    if not tens or stop - at < 2:
        return None
    return str(total + (unit or 0)), stop
