"""Words in which numbers stand → the same with each number in digits, with its sign, scale and unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dedupe.amounts import SIGNS
from dedupe.clocks import clocks, is_half
from dedupe.lexicon import entries
from dedupe.phrases import listed
from dedupe.unsaid import NUMBERED, unsaid
from dedupe.word import Word

# Units that a chat spelling hides where they stand behind a number with a space.
_LOOSE_UNITS = {"k": "nghin", "kg": "kg", "m": "met", "h": "gio", "tr": "trieu"}
# Of these what one costs may be said (`32k một kg`).
_PER_ONE = frozenset(["kg", "gio"])
# What a number counts, as one sign behind it.
_COUNTED = {"phan": "%", "do": "$", "usd": "$", "euro": "€", "gbp": "£", "jpy": "¥"}
_POWERS = frozenset(["vuong", "khoi"])
# Signs and units that stand behind the digits of a number.
_AFTER = "".join([*SIGNS.values(), *_COUNTED.values()])
_SCALES = {"nghin": 3, "ngan": 3, "trieu": 6, "ti": 9}
_DIGITS = {"khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_DIGITS |= {"sau": 6, "bay": 7, "tam": 8, "chin": 9}
_DIGITS |= {"tu": 4, "lam": 5, "bai": 7}
_THOUSAND = 3
# From here on figures are left as they are.
_BEYOND = 1e15
# What money is called in talk, by its noughts.
_SLANG = {"cu": 6, "chai": 6, "lit": 5, "toi": 9}
# What grows or falls, and by which words it is said how far.
_MOVES = frozenset(["tang", "giam", "ha", "nang", "rot", "tut", "sut"])
_TO = frozenset(["len", "con", "xuong", "den", "toi", "ve", "thanh"])
_OR = frozenset(["den", "toi", "hoac"])
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_TENS = {"muoi": 10, "chuc": 10, "tram": 100}
_LINKS = frozenset(["linh", "le"])
_SCALING = frozenset({*_TENS, *_SCALES})
# What a number in words may begin with.
_COUNTING = frozenset({*_DIGITS, *_TENS})


def number_of(word: str) -> str:
    """A number word in digits; other words as they are."""
    return str(_DIGITS[word]) if word in _DIGITS else ("10" if word == "muoi" else word)


def numbered(words: list[Word]) -> list[Word]:
    """A sentence's words, numbers as one word each: `8 giờ tối` is `20 giờ`, `hai triệu` is `2000000`."""
    if not any(word.number or word.plain in _COUNTING for word in words):
        return words
    if any(word.plain == "am" for word in words):
        words = _below(words)
    return unsaid(_reached(_measures(clocks(_counted(words)))))


def signed(word: Word, sign: str) -> Word:
    """A number with its sign behind it, so that it is still known for a number."""
    return replace(word, plain=word.plain + sign, marked=sign + word.marked) if word.number else word


def _below(words: list[Word]) -> list[Word]:
    """`âm 5 độ` as `-5 độ`."""
    made: list[Word] = []
    for word in words:
        below = word.number and made and made[-1].plain == "am" and made[-1].marked in ("", "âm")
        made[-1 if below else len(made) :] = [signed(word, "-") if below else word]
    return made


def _reached(words: list[Word]) -> list[Word]:
    """`giảm còn 5 triệu` with a number that is reached, `giảm 5 triệu` with one that is taken off."""
    for at, word in enumerate(words):
        if not word.number or at < 2 or words[at - 1].plain not in _TO:
            continue
        verb = words[at - 3 if at > 2 and words[at - 2].plain in _TO else at - 2]
        if verb.plain in _MOVES and not verb.pause:
            words[at] = replace(word, plain=f"{word.plain}→")
    return words


def _counted(words: list[Word]) -> list[Word]:
    """Scales and units beside digits, and numbers in words, as digits."""
    made: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        if (
            word.plain not in _COUNTING
            and not word.typed
            and not word.number
            and word.plain not in _LOOSE_UNITS
        ):
            made.append(word)
            at += 1
            continue
        unit = _LOOSE_UNITS.get(word.typed or word.plain)
        before = made[-1] if made and not made[-1].pause else None
        counted = before and (before.number or (before.plain == "mot" and unit in _PER_ONE))
        if unit and counted and not _ordinal(made):
            word = words[at] = replace(word, plain=unit, typed="")
        amount = _amount(words, at, made)
        if amount:
            number, stop, zeros = amount
            made.append(Word(number, word.marked, pause=words[stop - 1].pause))
            _scale_low(made, zeros)
            at = stop
            continue
        made.append(word)
        at += 1
    return made


def _amount(words: list[Word], at: int, made: list[Word]) -> tuple[str, int, int] | None:
    """An amount from `at` (`hai triệu rưỡi`, `1 tỷ 400 triệu`) → (its digits, where it ends, its scale)."""
    per_cent = words[at].plain == "tram" and bool(made) and made[-1].plain == "phan"
    found = None if per_cent else _figure(words, at)
    if not found:
        return None
    digits, stop, halved = found
    zeros = _zeros(words, stop, [*made, words[at]])
    if not zeros:
        if halved and _in_thousands(words):
            return _scaled(digits, _THOUSAND), stop, _THOUSAND  # `350` among thousands
        half = stop + 1 < len(words) and words[stop].plain in entries("halved") and is_half(words[stop + 1])
        if half and digits.isdecimal() and not words[stop].pause:
            words[stop : stop + 2] = [words[stop].changed(pause=words[stop + 1].pause)]
            return f"{digits}.5", stop, 0
        return (digits, stop, 0) if stop > at + 1 else None
    scale = zeros
    digits, stop = _scaled(digits, zeros), stop + 1
    while stop < len(words) and not words[stop - 1].pause:
        more = _more(words, stop, zeros)
        if not more:
            break
        digits, stop, zeros = _plus(digits, more[0]), more[1], more[2]
    return digits, stop, scale


def _in_thousands(words: Sequence[Word]) -> bool:
    """Whether a sentence has amounts in thousands beside."""
    return any(
        _zeros(words, at, words[:at]) == _THOUSAND
        and (words[at - 1].number or words[at - 1].plain in _COUNTING)
        for at in range(1, len(words))
    )


def _figure(words: list[Word], at: int) -> tuple[str, int, bool] | None:
    """A number before its scale → (digits, where it ends, whether `rưỡi` halved a hundred)."""
    if words[at].number:
        return words[at].plain, at + 1, False
    spelled = _spelled(words, at)
    if spelled:
        digits, stop = spelled
        if words[stop - 1].plain == "tram" and stop < len(words) and is_half(words[stop]):
            return str(int(digits) + 50), stop + 1, True
        return digits, stop, False
    if words[at].plain in _TENS:
        scaled = at + 1 < len(words) and words[at + 1].plain in _SCALES
        return (str(_TENS[words[at].plain]), at + 1, False) if scaled else None
    return (number_of(words[at].plain), at + 1, False) if words[at].plain in _DIGITS else None


def _zeros(words: Sequence[Word], at: int, before: Sequence[Word]) -> int:
    """By how many noughts the word at `at` scales the number before it; nought where it does not."""
    if at >= len(words) or (at and words[at - 1].pause):
        return 0
    word = words[at]
    scale = _LOOSE_UNITS.get(word.typed, word.plain)
    if word.typed and scale != word.plain and _ordinal(before):
        return 0
    if scale in _SLANG:
        return _SLANG[scale] if _slang(words, at) else 0
    return _SCALES.get(scale, 0)


def _slang(words: Sequence[Word], at: int) -> bool:
    """Whether `củ`, `chai`, `lít` count money: beside a price, and no thing follows that they hold."""
    word = words[at]
    if word.marked not in ("", "củ", "chai", "lít", "tỏi") or (
        at + 1 < len(words) and not _closes(words, at)
    ):
        return False
    if word.marked == "tỏi":
        return True
    if at > 1 and (words[at - 2].number or words[at - 2].plain == "dong"):
        return False  # what one of it costs (`20.000 đồng một lít`)
    near = {w.plain for w in words[max(0, at - 5) : at]}
    return word.plain == "cu" or not near.isdisjoint(entries("money"))


def _closes(words: Sequence[Word], at: int) -> bool:
    return bool(words[at].pause) or listed((words[at + 1],), "behind_money")


def _more(words: list[Word], at: int, zeros: int) -> tuple[str, int, int] | None:
    """What goes on behind a scale (`rưỡi`, `400 triệu`) → (the digits it adds, where it ends, its scale)."""
    if is_half(words[at]):
        return "5" + "0" * (zeros - 1), at + 1, 0
    found = _figure(words, at)
    if not found or not found[0].isdecimal():
        return None
    digits, stop, _ = found
    smaller = _zeros(words, stop, words[:stop])
    if smaller:
        return (_scaled(digits, smaller), stop + 1, smaller) if smaller < zeros else None
    if zeros < _THOUSAND or digits[0] == "0" or not _goes_on(words, at, stop, zeros):
        return None
    if len(digits) == 1:
        return digits + "0" * (zeros - 1), stop, 0
    return (digits + "0" * (zeros - 3), stop, 0) if len(digits) == 3 and zeros > _THOUSAND else None


def _goes_on(words: Sequence[Word], at: int, stop: int, zeros: int) -> bool:
    """Whether a number behind a scale is the amount's (`1 triệu 2`), and counts nothing that follows it."""
    ends = stop >= len(words) or bool(words[stop - 1].pause)
    closed = ends or listed((words[stop],), "behind_money")
    if not words[at].number:
        return stop > at + 1 or (ends if words[at].plain == "mot" else closed)
    if words[at].plain == "1":
        return closed and zeros > _THOUSAND
    return closed or words[stop].plain not in entries("thing")


def _plus(one: str, other: str) -> str:
    digits = one.rstrip(_AFTER)
    return (str(int(digits) + int(other)) if digits.isdecimal() else digits) + one[len(digits) :]


def _scale_low(made: list[Word], zeros: int) -> None:
    """`18 đến 22 triệu` with both ends in millions."""
    if not zeros or len(made) < 3 or made[-2].plain not in _OR or made[-3].pause or _ordinal(made[:-2]):
        return
    low, high = number_of(made[-3].plain), made[-1].plain.rstrip(_AFTER)
    if _PLAIN.fullmatch(low) and _PLAIN.fullmatch(high) and float(low) * 10**zeros < float(high):
        made[-3] = replace(made[-3], plain=_scaled(low, zeros))


def _ordinal(words: Sequence[Word]) -> bool:
    """Whether a number at the end says which one, not how much: `tầng 15 k xuống được` has no amount."""
    return len(words) > 1 and words[-1].number and words[-2].marked in NUMBERED


def _measures(words: list[Word]) -> list[Word]:
    """`5 phần trăm` as `5%`, `20 đô la` as `20$`: in another unit it is another number."""
    if any(word.plain in _POWERS for word in words):
        words = _squared(words)
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


def _squared(words: list[Word]) -> list[Word]:
    """`20 mét vuông` with its unit in one word: in metres it is something else."""
    made: list[Word] = []
    for word in words:
        number = len(made) > 1 and made[-2].number
        if word.plain == "khoi" and number and made[-1].plain == "met":
            made[-1] = word  # `200 mét khối` are `200 khối`
        elif word.plain in _POWERS and number and made[-1].plain == "met":
            unit = word.plain + made[-1].plain
            made[-1] = replace(made[-1], plain=unit, marked=word.marked and unit, pause=word.pause)
        else:
            made.append(word)
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
    value = float(digits) * 10**zeros if _PLAIN.fullmatch(digits) else _BEYOND
    return (str(round(value)) if value < _BEYOND else digits) + number[len(digits) :]


def _digit(words: Sequence[Word], at: int) -> bool:
    return at < len(words) and words[at].plain in _DIGITS


def _scales(words: Sequence[Word], at: int) -> bool:
    return at < len(words) and (words[at].plain in _SCALES or words[at].typed == "k")


def _spelled(words: list[Word], at: int) -> tuple[str, int] | None:
    """A number in several words from `at` (`hai mươi lăm`) → (digits, where it ends)."""
    total, unit, stop, tens = 0, None, at, False
    while stop < len(words):
        word = words[stop].plain
        if word in _TENS:
            total += (1 if unit is None else unit) * _TENS[word]
            unit, tens = None, True
        elif word in _DIGITS and (unit is None) and word != "khong":
            if (
                word == "nam"
                and tens
                and words[stop - 1].plain not in _LINKS
                and {w.plain for w in words[stop + 1 : stop + 2]}.isdisjoint(_SCALING)
            ):
                break  # `hai mươi năm` are years; twenty-five is `hai mươi lăm`
            unit = _DIGITS[word]
        elif word in _LINKS and tens and unit is None and _digit(words, stop + 1):
            pass  # `một trăm linh năm`
        elif word == "lam" and unit and not tens and _scales(words, stop + 1):
            total, unit, tens = 10 * unit, 5, True  # `hai lăm ngàn`
        else:
            break
        stop += 1
    if not tens or stop - at < 2:
        return None
    return str(total + (unit or 0)), stop
