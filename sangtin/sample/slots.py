"""A text with slots in braces → the text with names, numbers and times in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from sangtin.sample.dice import Dice
from sangtin.sample.written import rows

_SLOT = re.compile(r"\{([^{}]+)\}")
_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_CODE = "abcdefghkmnpqrstuvwxyz23456789"


def fill(text: str, dice: Dice, at: datetime) -> str:
    """The text with every slot filled, alike where a slot occurs twice. KeyError on an unknown slot."""
    values: dict[str, str] = {}

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            values[name] = _value(name, dice, at)
        return values[name]

    return _SLOT.sub(value, text)


def _value(name: str, dice: Dice, at: datetime) -> str:
    made = _MADE.get(name)
    return made(dice, at) if made else dice.pick(_words()[name])


@cache
def _words() -> dict[str, list[str]]:
    return {row["slot"]: row["words"] for row in rows("slots.jsonl")}


def _day(days: int) -> Callable[[Dice, datetime], str]:
    def written(_dice: Dice, at: datetime) -> str:
        day = at + timedelta(days=days)
        return f"{day.day}/{day.month}"

    return written


def _weekday(_dice: Dice, at: datetime) -> str:
    return _WEEKDAYS[at.weekday()]


def _month(_dice: Dice, at: datetime) -> str:
    return str(at.month)


def _hour(dice: Dice, _at: datetime) -> str:
    hour, minute = dice.between(6, 21), dice.pick(("", "", "30", "15", "45"))
    return f"{hour}h{minute}"


def _thousands(low: int, high: int, step: int) -> Callable[[Dice, datetime], str]:
    def price(dice: Dice, _at: datetime) -> str:
        return f"{dice.between(low // step, high // step) * step}.000đ"

    return price


def _number(low: int, high: int) -> Callable[[Dice, datetime], str]:
    return lambda dice, _at: str(dice.between(low, high))


def _telephone(dice: Dice, _at: datetime) -> str:
    """Masked as people mask numbers in public: nobody's telephone."""
    return f"09xx.{dice.between(100, 999)}.xxx"


def _link(dice: Dice, _at: datetime) -> str:
    """A short link under `.invalid`, which never resolves (RFC 2606)."""
    host = dice.pick(("nhanh", "qua-tang", "vao-day", "uu-dai", "s-link", "bit-go"))
    return f"https://{host}.invalid/" + "".join(dice.pick(_CODE) for _ in range(6))


_MADE: dict[str, Callable[[Dice, datetime], str]] = {
    "ngày": _day(0),
    "mai": _day(1),
    "mốt": _day(2),
    "tuần sau": _day(7),
    "hôm qua": _day(-1),
    "thứ": _weekday,
    "số tháng": _month,
    "giờ": _hour,
    "giá": _thousands(20, 95, 5),
    "giá lớn": _thousands(120, 980, 10),
    "triệu": _number(2, 28),
    "vài": _number(2, 9),
    "chục": _number(11, 48),
    "trăm": _number(105, 960),
    "độ": _number(33, 39),
    "%": _number(5, 45),
    "sđt": _telephone,
    "link": _link,
}
