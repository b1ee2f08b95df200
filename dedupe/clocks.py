"""Words of a sentence → the same with each hour said in one way: of the whole day, minutes in digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dedupe.word import Word

# Hours that are said to be in the second half of the day, by how they are said.
_HALVES = {
    "trua": range(1, 3),
    "chieu": range(1, 8),
    "chiu": range(1, 8),
    "toi": range(5, 12),
    "dem": range(8, 12),
    "khuya": range(8, 12),
    "pm": range(1, 12),
}
# Hours of the first half (and noon), of which it is said besides: nothing is changed by it.
_FIRST = {"sang": range(12), "trua": range(11, 13), "dem": range(1, 5), "khuya": range(5), "am": range(12)}
_MARKED = {"trua": "trưa", "chieu": "chiều", "chiu": "chìu", "toi": "tối", "dem": "đêm", "sang": "sáng"}
_MARKED |= {"khuya": "khuya", "rang": "rạng"}
# An hour and a half is one of the clock behind these, an amount elsewhere.
_AT = frozenset(["luc", "den", "toi", "tu", "hoi", "khoang", "tam", "gan", "qua", "truoc", "sau"])
# What may stand between a half of the day and an hour in it (`tối nay lúc 8 giờ`).
_BETWEEN = frozenset(
    ["nay", "qua", "mai", "hom", "luc", "vao", "tu", "khoang", "hoi", "ngay", "thang", "thu"]
)
_BETWEEN |= {"chu", "nhat", "bat", "dau", "tam", "gan", "mung", "cn", "hai", "ba", "bon", "nam", "sau", "bay"}
_FARTHEST = 8
# Behind an unmarked `toi` these say that it is an evening.
_DAYS = frozenset(["nay", "qua", "mai", "hom", "thu", "chu", "ngay"])
_UNTIL = frozenset(["den", "toi", "ma", "ngoi", "cho", "keo", "dai"])
# An hour and a half of which nothing says what half of the day it is in: either is meant.
EITHER_HALF = "half"
_OPEN = range(6, 12)
_FORENOON = frozenset(["sang", "trua", "am"])
_NOON = 12


def same_hour(one: Word, other: Word) -> bool:
    """Whether two numbers are one hour, of one of which nobody says in what half of the day it is."""
    return _either(one, other) or _either(other, one)


def _either(open_: Word, said: Word) -> bool:
    if open_.typed != EITHER_HALF or not (_is_time(open_) and _is_time(said)):
        return False
    (hour, minutes), (other, others) = open_.plain.split(":"), said.plain.split(":")
    return minutes == others and (int(hour) - int(other)) % 12 == 0


def clocks(words: list[Word]) -> list[Word]:
    """`8 giờ tối` as `20 giờ`, `5 giờ sáng` as `5 giờ`, `10 rưỡi` as `10:30 giờ`."""
    if any(word.plain == "ruoi" for word in words):
        words = _halved(words)
    if not any(word.plain == "gio" for word in words):
        return words
    words = _from(words)
    made: list[Word] = []
    at, before = 0, -1  # the last hour that was said with its half of the day, by its place in what is made
    while at < len(words):
        word = words[at]
        made.append(word)
        at += 1
        if _is_hour(word) and at < len(words) and _says(words[at], "gio", "giờ"):
            place = len(made) - 1
            at = _hour(words, at, made, before)
            before = place if _hour_of(made[place]) != _hour_of(word) else -1
    return made


def _hour(words: list[Word], at: int, made: list[Word], before: int) -> int:
    """Put an hour whose `giờ` stands at `at` in one way; where its words end.

    `before`: where the hour before it was said with its half of the day.
    """
    number, clock = made[-1], words[at]
    minutes, at, pause = _minutes(words, at + 1)
    hour = _hour_of(number)
    if minutes < 0:
        hour, minutes = hour - 1, 60 + minutes
    half, width = ("", 0) if pause else _half(words, at)
    late = half in _HALVES and (hour in _HALVES[half] or hour - 12 in _HALVES[half])
    late = late or (
        half in ("chieu", "chiu") and 0 < hour < _NOON
    )  # `9 giờ chiều` is not nine in the morning
    midnight = hour == _NOON and half in ("dem", "khuya")
    if late or midnight or hour in _FIRST.get(half, ()):
        pause = words[at + width - 1].pause or pause
        at += width
    if midnight or (late and hour < _NOON) or (not half and _carried(made, hour, before)):
        hour += 12
    said = f"{hour}:{minutes:02}" if minutes else str(hour)
    if said != number.plain:
        number = replace(number, plain=said, marked=said)
    made[-1:] = [number, replace(clock, pause=pause or clock.pause)]
    return at


def _minutes(words: Sequence[Word], at: int) -> tuple[int, int, str]:
    """(minutes behind `giờ`, below nought where they are missing, where they end, the pause behind them)."""
    if at < len(words) and words[at - 1].pause:
        return 0, at, words[at - 1].pause
    less = at + 1 < len(words) and _says(words[at], "kem", "kém") and _is_minute(words[at + 1])
    place = at + less
    if place < len(words) and _is_minute(words[place]) and (less or not _dated(words, place)):
        minutes, pause = int(words[place].plain), words[place].pause
        place += 1
        if place < len(words) and words[place].plain == "phut":
            pause, place = words[place].pause, place + 1
        return (-minutes if less else minutes), place, pause
    return 0, at, ""


def _dated(words: Sequence[Word], at: int) -> bool:
    """Whether a number behind an hour is a day (`5 giờ 12/3`), not its minutes: a month follows."""
    rest = words[at + 1 : at + 3]
    month = bool(rest) and rest[0].plain.isdecimal() and int(rest[0].plain) < 13 and int(words[at].plain) < 32
    return month and not (len(rest) > 1 and rest[1].number)


def _half(words: Sequence[Word], at: int) -> tuple[str, int]:
    """(the half of the day said at `at`, in how many words)."""
    if at >= len(words):
        return "", 0
    if _says(words[at], "rang", "rạng") and at + 1 < len(words) and words[at + 1].plain == "sang":
        return "sang", 2
    said = words[at].plain
    if said in _HALVES or said in _FIRST:
        numbers = [word.number for word in words[at + 1 : at + 3]]  # two of them are a date (`toi 12/9`)
        until = said == "toi" and not words[at].marked and numbers[:1] == [True] and numbers != [True, True]
        if not until and _says(words[at], said, _MARKED.get(said, said)):
            return said, 1
    return "", 0


def _carried(made: Sequence[Word], hour: int, before: int) -> bool:
    """Whether an hour of which nothing is said is in the second half, as what stands before it is."""
    last = len(made) - 1
    for at in range(last - 1, max(-1, last - _FARTHEST), -1):
        word = made[at]
        half, _ = _half(made, at)
        if half and (half != "toi" or word.marked or made[at + 1].plain in _DAYS or made[at + 1].number):
            return half in _HALVES and hour in _HALVES[half]
        if word.plain not in _BETWEEN and not word.number:
            break
    if before < 0:
        return False
    earlier, between = _hour_of(made[before]), [w.plain for w in made[before + 2 : last]]
    spans = any(word in _UNTIL for word in between[-3:]) and len(between) < _FARTHEST
    return spans and 12 < earlier < hour + 12 < 24


def _from(words: list[Word]) -> list[Word]:
    """`7 đến 9 giờ tối` as `7 giờ đến 9 giờ tối`, and `7 giờ đến 9 giờ tối` with both in the evening."""
    made = list(words)
    for at in range(len(made) - 4, -1, -1):
        low, until, high, clock = made[at : at + 4]
        if _is_hour(low) and until.plain in ("den", "toi") and _is_hour(high) and clock.plain == "gio":
            grows = int(low.plain) < int(high.plain)
            if grows and not (at and made[at - 1].plain == "gio"):
                made.insert(at + 1, Word("gio", clock.marked))
    for at in range(len(made) - 4, -1, -1):
        if not (made[at].plain == "gio" and at and _is_hour(made[at - 1])):
            continue
        place = at + 1 + (made[at + 1].number and not made[at + 1].pause)
        if place + 3 < len(made) and made[place].plain in ("den", "toi") and made[place + 2].plain == "gio":
            low, high = made[at - 1], made[place + 1]
            half, _ = _half(made, place + 3 + made[place + 3].number)
            hours = {int(low.plain), int(high.plain)} if _is_hour(high) else {0}
            if hours <= set(_HALVES.get(half, ())) and int(low.plain) < int(high.plain):
                late = str(int(low.plain) + 12)
                made[at - 1] = replace(low, plain=late, marked=late)
    return made


def _halved(words: list[Word]) -> list[Word]:
    """`10 giờ rưỡi`, and `10 rưỡi` behind a word of time, as `10 giờ 30`."""
    made: list[Word] = []
    for at, word in enumerate(words):
        if not is_half(word) or not made:
            made.append(word)
        elif made[-1].plain == "gio":
            made.append(Word("30", "30", pause=word.pause))
        elif _is_hour(made[-1]) and _hour_of(made[-1]) <= _NOON and len(made) > 1 and made[-2].plain in _AT:
            hour = made[-1]
            if _hour_of(hour) in _OPEN and _nearest_half(words, at) not in _FORENOON:
                hour = replace(hour, typed=EITHER_HALF)
            made[-1:] = [hour, Word("gio", word.marked and "giờ"), Word("30", "30", pause=word.pause)]
        else:
            made.append(word)
    return made


def _nearest_half(words: Sequence[Word], at: int) -> str:
    """The half of the day that is said last before a place, or first behind it."""
    said = [(place, half) for place in range(len(words)) if (half := _half(words, place)[0])]
    before, behind = (
        [half for place, half in said if place < at],
        [half for place, half in said if place > at],
    )
    return before[-1] if before else behind[0] if behind else ""


def is_half(word: Word) -> bool:
    """Whether a word is `rưỡi`, however it is marked."""
    return word.plain == "ruoi" and word.marked in ("", "rưỡi", "rưởi")


def _is_time(word: Word) -> bool:
    return ":" in word.plain and word.plain.replace(":", "").isdecimal()


def _hour_of(word: Word) -> int:
    return int(word.plain.split(":")[0])


def _is_hour(word: Word) -> bool:
    return word.plain.isdecimal() and len(word.plain) < 3 and int(word.plain) < 25


def _is_minute(word: Word) -> bool:
    return word.plain.isdecimal() and len(word.plain) < 3 and int(word.plain) < 60


def _says(word: Word, plain: str, marked: str) -> bool:
    return word.plain == plain and word.marked in ("", marked)
