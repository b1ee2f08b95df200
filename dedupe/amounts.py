"""Signs, units and points beside digits → one way to write them, so that −5 is not 5 and 20$ not 20€."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

# The signs that count, as they stand directly before their number: letters of nobody (Unicode, private use).
SIGNS = {"\ue000": "-", "\ue001": "+", "\ue002": "<", "\ue003": ">", "\ue004": "≤", "\ue005": "≥"}
# What a sign of money says, in a word that stands behind its number.
MONEY = {"$": "usd", "€": "euro", "£": "gbp", "¥": "jpy"}
_WRITTEN = {sign: mark for mark, sign in SIGNS.items()} | {"−": "\ue000", "–": "\ue000"}
# Without a match nothing below finds anything.
_MAYBE = re.compile(r"[0-9](?:[.,][0-9]|[krmKRM]* ?[%$€£¥])|[-+<>≤≥−–$€£¥] ?[0-9]")
_SIGN = re.compile(r"([-−–+<>≤≥])(\s?)(?=\d)")
# Whole or grouped in thousands, and no year, date, hour, code or telephone number.
_QUANTITY = re.compile(r"(?!0\d)\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{1,2})?(?![\d/:]|[.,-]\d)")
_ABROAD = re.compile(r"84[\s.]?\d")
_HEART = re.compile(r"3(?![\d.,])(?!\s?(?:%|(?:[km]?g|ml|[kcm]?m|lít|triệu|tuổi|giờ|phút|độ)\b))")
_BULLETS = re.compile(r"^[ \t]*[-−–+•*>]", re.MULTILINE)
_BEFORE = re.compile(r"[$€£¥] ?(?=\d)(\d+(?:[.,]\d+)*(?: ?(?:k|tr|m)\b)?)", re.IGNORECASE)
_MONEY = re.compile(r"([0-9](?:k|tr|m)?) ?([$€£¥])", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\w.,/:-])([0-9]{1,2})([.,])([0-9]{1,2})(?![\d.,:/-]*\d)")
_MEASURED = re.compile(
    r"\s?(?:[%$€£¥]|(?:k|tr|triệu|trieu|tỷ|ty|tỉ|nghìn|ngàn|đ|đồng|[km]?g|tấn|tạ|ml|lít|[kcm]?m|m[23]|mét|ha|độ|lần"
    r"|điểm|phần|giây|phút|năm|tháng|tuần)\b)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:ngày|ngay|hôm|nay|mai|qua|mùng|mồng|lễ|dịp|sáng|trưa|chiều|tối|đêm|chủ nhật|cn|hạn|thứ \S+|t[2-7]"
    r"|\d{1,2}[./]\d{1,2} ?(?:,|-|–|và|đến|tới|&))[,\s(]*$",
    re.IGNORECASE,
)
_AT = re.compile(r"\b(?:lúc|hồi|luc)\s*$", re.IGNORECASE)
_HALF_DAY = re.compile(r"\s?(?:h|g|am|pm|giờ|sáng|trưa|chiều|tối|đêm)\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:tầng|lầu|lớp|tổ|khu|quận|phường|ngày|tháng|thứ|số|hẻm|kiệt|ngõ|tuyến|phòng|khối|đội|thôn)\s*$",
    re.IGNORECASE,
)
_SPACE = ord(" ")
# More spaces than this before a sign are the edge of a line: looked at whole, each sign would cost the text.
SPACES = 64
_PAIR = re.compile(r"(\d+)[.,](\d{1,2}|\d{4,}|(?<=0[.,])\d{3})")
_AMOUNT = re.compile(r"[0-9]+(?:[.,:/-][0-9]+)*((?:k|tr|m)? ?[%$€£¥])?", re.IGNORECASE)


# What a character may make of a number beside it: a fraction, another amount, by a sign or a unit.
_POINT, _BEHIND, _SIGNED, _BOUND = 1, 2, 4, 8
_SCALES = np.array([ord(c) for c in "krm"], dtype=np.uint32)
_KINDS = dict.fromkeys(".,", _POINT) | dict.fromkeys("-+−–", _SIGNED) | dict.fromkeys("<>≤≥", _BOUND)
_KINDS |= {"%": _BEHIND} | dict.fromkeys("$€£¥", _BEHIND | _BOUND)
_REACH = ord("≥") + 1


def likely(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Where in code points `amounts` may find something; quick, for many texts at once."""
    at = np.flatnonzero(_kinds().take(codes, mode="clip"))
    kind, around = _kinds().take(codes[at], mode="clip"), np.pad(codes, (2, 4))
    third, before, _, one, two, three, four = (around[at + step] for step in range(7))
    thousands = _is_digit(two) & _is_digit(three) & ~_is_digit(four)
    point = ((kind & _POINT) != 0) & _is_digit(one) & _is_digit(before) & ~thousands
    signed = ((kind & _SIGNED) != 0) & _is_digit(one) & ~_is_digit(before)
    bound = ((kind & _BOUND) != 0) & _is_digit(np.where(one == _SPACE, two, one))
    counted = np.where(before == _SPACE, third, before)
    behind = ((kind & _BEHIND) != 0) & (_is_digit(counted) | np.isin(counted, _SCALES))
    found: npt.NDArray[np.int64] = at[point | signed | bound | behind]
    return found


def amounts(text: str) -> str:
    """The numbers of a text that a sign, a unit or a decimal point changes, in order; empty where none does.

    `−5`, `5 %`, `20$` and `1,5` are told from `5`, `20` and `1/5`; what dates, hours, telephone numbers,
    scores and thousands are parted by is not.
    """
    return " ".join(filter(None, map(_amount, _AMOUNT.finditer(settled(text)))))


def settled(text: str) -> str:
    """NFKC text, what signs count as `SIGNS`, money behind its number, dates and hours parted alike."""
    if not _MAYBE.search(text):
        return text
    if any(sign in text for sign in MONEY):
        text = _BEFORE.sub(lambda m: f"{m[1]}{m[0][0]}", text)
    if _SIGN.search(text):
        listed = len(_BULLETS.findall(text)) > 1
        text = _SIGN.sub(lambda found: _sign(found, listed), text)
    return _DOTTED.sub(_dotted, text)


def spelt(text: str) -> str:
    """A text (NFKC) as it is settled, with words for the signs of money."""
    if not _MAYBE.search(text):
        return text
    return _MONEY.sub(lambda m: f"{m[1]} {MONEY[m[2]]} ", settled(text))


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(_REACH + 1, dtype=np.uint8)
    for sign, kind in _KINDS.items():
        kinds[ord(sign)] = kind
    return kinds


def _is_digit(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    return (codes >= ord("0")) & (codes <= ord("9"))


def _amount(found: re.Match[str]) -> str:
    """What is said of a number by more than its digits."""
    behind = found[1] or ""
    number = found[0][: len(found[0]) - len(behind)]
    sign = found.string[found.start() - 1 : found.start()]
    pair = _PAIR.fullmatch(number)
    if pair and number[0] == "0" and len(number) > 9:
        pair = None
    if not (sign in SIGNS or behind or pair):
        return ""
    said = f"{pair[1]}.{pair[2]}" if pair else "".join(filter(str.isdigit, number))
    return SIGNS.get(sign, "") + said + behind.replace(" ", "")


def _sign(found: re.Match[str], listed: bool) -> str:
    """A dash, plus or angle as a sign of the number behind it, if it is one; `listed`: bullets open lines."""
    sign, space = found.groups()
    text, at = found.string, found.start()
    counts = _signed if sign in "-−–+" else _bounded
    if not counts(text, at, found.end(), bool(space)) or (listed and _opens_line(text, at)):
        return found[0]
    return _WRITTEN[sign]


def _signed(text: str, at: int, number: int, spaced: bool) -> bool:
    """Whether a plus or minus belongs to the number: not between two, not for `từ`, and no code's."""
    before = text[max(0, at - SPACES) : at].rstrip(" ")[-1:]
    if spaced or before.isdigit() or (at and not (text[at - 1].isspace() or text[at - 1] in "(:=\"'“")):
        return False
    return _QUANTITY.match(text, number) is not None and not (text[at] == "+" and _ABROAD.match(text, number))


def _bounded(text: str, at: int, number: int, spaced: bool) -> bool:
    """Whether an angle says less or more: no arrow, no heart (`<3`)."""
    if at and text[at - 1] in "<>=-":
        return False
    return not (text[at] == "<" and not spaced and _HEART.match(text, number))


def _opens_line(text: str, at: int) -> bool:
    """Whether nothing stands before it in its line."""
    return not text[max(text.rfind("\n", 0, at) + 1, at - SPACES) : at].strip()


def _dotted(found: re.Match[str]) -> str:
    """`5.10` as a date, `7.30` as an hour and `1,2` as a list, where what stands beside says so."""
    text, one, two = found.string, int(found[1]), int(found[3])
    before = text[max(0, found.start() - 16) : found.start()]
    if found[2] == ",":
        return f"{found[1]}, {found[3]}" if _WHICH.search(before) else found[0]
    clock = len(found[3]) == 2 and one <= 24 and two < 60
    if clock and (_AT.search(before) or _HALF_DAY.match(text, found.end())):
        return f"{found[1]}:{found[3]}"
    if not (1 <= one <= 31 and 1 <= two <= 12) or _MEASURED.match(text, found.end()):
        return found[0]
    dated = found[1][0] == "0" or two >= 10 or _DAY.search(before)
    return f"{found[1]}/{found[3]}" if dated else found[0]
