"""What stands beside figures and names in few signs → the same in words; for a comparison alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from dedupe.lexicon import fold

# Round letters that stand for noughts beside digits (`4ook`, `1OO.OOO`), and before a telephone number.
_ROUND = re.compile(
    r"(?<![^\W\d_])\d[\d.,]*[oO][\doO.,]*|(?<=[A-Z])\d+O+(?=[\da-z])|(?<!\w)[oO](?=\d[\d .]{7,})"
)
_NOUGHT = re.compile(r"[oO][oO\d.,]|O|[oO](?=$)")
# Behind one small round letter these say that it is a nought; alone it may be a degree.
_BEHIND_NOUGHT = re.compile(
    r"(?:k|đ|tr|vnđ|vnd)\b|\s?(?:triệu|tr|k|nghìn|ngàn|giờ|người|đồng)\b", re.IGNORECASE
)
_CELSIUS = re.compile(r"(\d)\s?(?:° ?|o|độ ?|do )[Cc]\b")
_FAHRENHEIT = re.compile(r"(\d) ?(?:° ?|độ ?|do )F\b")
_DEGREE = re.compile(r"(\d)\s?°")
# Less is a height or a depth (`1m2`).
_SQUARE = re.compile(r"(?<![\d.,])(\d+[.,]\d+|\d{2,}|[4-9]) ?m([23])\b")
_POWERS = {"2": "mét vuông", "3": "mét khối"}
_COUNTED = (
    r"(?:k|tr|triệu|trieu|củ|cu|tỷ|tỉ|ty|ti|nghìn|nghin|ngàn|ngan|h|g|giờ|gio|phút|phut|phần trăm|phan tram"
    r"|độ|do|[km]?g|ký|ki|tấn|tạ|yến|lít|lit|ml|[kcm]?m|mét|met|cây|ha|người|nguoi|tuổi|tuoi|ngày"
    r"|ngay|tuần|tuan|tháng|thang|năm|nam|lần|lan|đồng|đ|vnd|vnđ|usd|điểm|chỉ|lượng|chỗ|bạn|cái|con|suất|phần)"
)
_SPAN = re.compile(
    rf"(?<![\w.,/:-])(\d{{1,4}}(?:[.,]\d{{1,2}})?)\s?[-–—~]\s?(\d{{1,4}}(?:[.,]\d{{1,2}})?)(?=\s?{_COUNTED}\b)",
    re.IGNORECASE,
)
_DASHES = frozenset("-–—~")
# A span whose first end has its unit: `6h-9h`, `30k – 50k`, `1tr2-1tr5`.
_SPANNED = re.compile(
    r"(\d(?:h|g|k|tr|triệu|đ|kg|h\d\d|g\d\d|k\d|tr\d{1,3}|:\d\d))\s?[-–—~]\s?(?=\d)", re.IGNORECASE
)
# What one of something costs: `25k/h`, `2.000đ/1kg`.
_EACH = re.compile(
    r"(\d\s?(?:k|tr|triệu|trieu|nghìn|nghin|ngàn|ngan|tỷ|ty|đ|đồng|dong|củ|vnđ|vnd|usd|điểm"
    rf"|mét vuông|mét khối|met vuong|met khoi|phần trăm|phan tram)|\d(?=\s?/\s?1?{_COUNTED}\b))\s?/\s?"
    r"(?:1(?=[^\W\d_]))?(?=(?:h|g|l|s|[^\W\d_]{2,})\b)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(\b(?:ngày|ngay|mùng|mung|mồng|hôm|hom|vào|vao|từ|tu|đến|den|tới|toi|sáng|sang|trưa|trua|chiều|chieu|tối"
    r"|đêm|dem|nhật|nhat|cn|thứ \S+|thu \S+|t[2-7]|trước|truoc|sau|hết|het|và|va"
    r"|đường|phố|trường|duong|pho|truong),?\s)?"
    r"(\d{1,2}) (?:tháng|thang) (\d{1,2})\b(?! ?(?:ngày|ngay|tuần|tuan|tuổi|tuoi|lần|giờ|gio|h\b|,\d|\.\d|%))"
    r"(?:,? (?:năm|nam) ((?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"\b(tháng|thang) (\d{1,2}) (?:năm|nam) ((?:19|20)\d\d)\b", re.IGNORECASE)
_HOTLINE = re.compile(r"(?<![\d.,])(1[89]00)[ .-]?(\d\d)[ .-]?(\d\d)(?![\d.,]*\d)")
_THOUSANDS = re.compile(r"(\d(?:tr|triệu|trieu) ?\d{3}) ?k\b", re.IGNORECASE)
_HALF_DAY = re.compile(r"(?<![\d.,:])(\d{1,2}) ?(?:[:.h] ?(\d\d))? ?(am|AM|pm|PM|a\.m|p\.m)\b")
_SECOND = re.compile(r"\b(?:một|mot) s\b")
_PLATE = re.compile(r"(?<!\w)(\d\d[A-Z]\d?)[ .-]?(\d{3})\.?(\d\d)(?!\w)")
_ROADS = {"QL": "quốc lộ", "TL": "tỉnh lộ", "HL": "hương lộ", "ĐT": "đường tỉnh"}
_ROADED = re.compile(r"[Qq][Ll]|[THĐ][LT]")
_ROAD = re.compile(r"(?<![\w.])([Qq][Ll]|TL|HL|ĐT)[. ]?(?=\d)")
# Figures of the Romans, behind what they number.
_ROMAN = re.compile(
    r"\b(quý|khóa|khoá|kỳ|thứ|cấp|loại|hạng|bậc|chương|kỷ|đoạn|đợt|vùng|nhóm|phần|quy|khoa|ky|thu|cap)"
    r" ([IVX]+)\b",
    re.IGNORECASE,
)
_ROMANS = {"I": 1, "V": 5, "X": 10}
# A day of the week or a month: the skeleton of both words is matched with either.
_WEEKDAY = re.compile(r"(?<![^\W_])[Tt]([1-9]|1[0-2])(?!\w)")
_SCHOOL = re.compile(r"(?<=[gGhHsS]) (?:cấp|cap) ?(1|2|3|I{1,3}|hai|ba)(?!\w)(?! ?[,/-] ?\d)")
_SCHOOLED = re.compile(r"(?:trường|truong|học sinh|hoc sinh|hs|nữ sinh|nam sinh|nu sinh)$", re.IGNORECASE)
_LEVELS = {"1": "tiểu học", "2": "THCS", "3": "THPT", "I": "tiểu học", "II": "THCS", "III": "THPT"}
_LEVELS |= {"hai": "THCS", "ba": "THPT"}
_AND = re.compile(r"(?<![\w&])([A-ZĐ]{1,4}) ?& ?([A-ZĐ]{1,4})(?![\w&])")
_OFFICES = {"p": "phường", "q": "quận", "tp": "thành phố", "tx": "thị xã", "h": "huyện"}
_OFFICES |= {"đ": "đường", "x": "xã", "kp": "khu phố"}
# Of these a small letter may follow, or a number.
_CERTAIN = frozenset({"p", "q", "tp", "tx", "kp"})
_DOTTED = re.compile(
    r"(?:(\S+)(\s+)|(?<![\w.])|^)(p|q|tp|tx|h|đ|x|kp)\. ?(?=([^\W_])(?!\.\w))", re.IGNORECASE
)
_DISTRICT = re.compile(r"(?<![\w.])([Qq])\.(?=\d{1,2}\b(?![/.,]\d))")
# Who somebody is, before a name.
_KIN = {"ô": "ông", "a": "anh", "c": "chị", "e": "em"}
_PERSON = re.compile(r"(?<![\w.])(?:([ôÔ]|[ace])\. ?|(c) )(?=([^\W\d_])[^\W\d_])")


def noughts(text: str) -> str:
    """A text (NFKC) with noughts for the round letters that stand for them in figures."""
    return _ROUND.sub(_nought, text) if "o" in text or "O" in text else text


def in_words(text: str, marked: bool) -> str:
    """A text with signs for spans, dates, degrees, offices, kin in words; `marked`: with their marks."""

    def said(words: str) -> str:
        return words if marked else fold(words)

    if any(map(str.isdigit, text)):
        text = _measured(_times(text, said("đến")), said)
        if "/" in text:
            text = _EACH.sub(rf"\1 {said('một')} ", text)
        text = _SECOND.sub(said("một giây"), text)
        text = _PLATE.sub(r"\1 \2\3", text)
        if _ROADED.search(text):
            text = _ROAD.sub(lambda m: f"{said(_ROADS[m[1].upper()])} ", text)
        text = _WEEKDAY.sub(lambda m: f"{'th' if 1 < int(m[1]) < 8 else said('tháng')} {m[1]}", text)
        if "." in text:
            text = _DISTRICT.sub(f"{said('quận')} ", text)
    if "ấp" in text or "ap" in text:
        text = _SCHOOL.sub(lambda m: f" {_LEVELS[m[1]]}" if _schooled(m) else m[0], text)
    if _ROMANS.keys() & set(text):
        text = _ROMAN.sub(_roman, text)
    if "&" in text:
        text = _AND.sub(r"\1\2", text)
    if "." in text:
        text = _DOTTED.sub(lambda m: _office(m, said), text)
    return _PERSON.sub(lambda m: _person(m, said), text) if marked else text


def _measured(text: str, said: Callable[[str], str]) -> str:
    """Areas, volumes and degrees in words."""
    if "m2" in text or "m3" in text:
        text = _SQUARE.sub(lambda m: f"{m[1]} {said(_POWERS[m[2]])} ", text)
    if "F" in text:
        text = _FAHRENHEIT.sub(r"\1 fahrenheit", text)
    if "C" in text or "c" in text:
        text = _CELSIUS.sub(rf"\1 {said('độ')}", text)
    return _DEGREE.sub(rf"\1 {said('độ')} ", text) if "°" in text else text


def _times(text: str, until: str) -> str:
    """Spans, dates, halves of the day and hotlines, each in one way to write it."""
    lower = text.lower()
    if "tr" in lower:
        text = _THOUSANDS.sub(r"\1", text)
    if "1800" in text or "1900" in text:
        text = _HOTLINE.sub(r"\1\2\3", text)
    if "am" in lower or "pm" in lower or ".m" in lower:
        text = _HALF_DAY.sub(lambda m: f"{m[1]}h{m[2] or ''} {m[3][0].lower()}m", text)
    if not _DASHES.isdisjoint(text):
        text = _SPANNED.sub(rf"\1 {until} ", _SPAN.sub(lambda m: _span(m, until), text))
    if "tháng" in lower or "thang" in lower:
        text = _MONTH.sub(r"\1 \2/\3", _DAY.sub(_day, text))
    return text


def _nought(found: re.Match[str]) -> str:
    """A figure with its round letters as noughts, unless one small one at its end may be a degree."""
    figure, behind = found[0], found.string[found.end() :]
    sure = "O" in figure or "oo" in figure or figure[-1] not in "oO" or _BEHIND_NOUGHT.match(behind)
    if behind[:1] in ("C", "c") or not sure:
        return figure
    return figure.replace("o", "0").replace("O", "0")


def _span(found: re.Match[str], until: str) -> str:
    """`18-22` as `18 đến 22` where it grows; a score or a code does not."""
    low, high = (float(end.replace(",", ".")) for end in found.groups())
    return f"{found[1]} {until} {found[2]}" if low < high else found[0]


def _day(found: re.Match[str]) -> str:
    """`15 tháng 3` as `15/3`, where it is a day: behind a word that says so, or with its year."""
    before, day, month, year = found.groups()
    if not (before or year) or not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return found[0]
    return f"{before or ''}{day}/{month}" + (f"/{year}" if year else "")


def _roman(found: re.Match[str]) -> str:
    """`quý III` as `quý 3`."""
    if not found[2].isupper():
        return found[0]
    values = [_ROMANS[letter] for letter in found[2]]
    signs = [-1 if value < after else 1 for value, after in pairwise([*values, 0])]
    return f"{found[1]} {sum(value * sign for value, sign in zip(values, signs, strict=True))}"


def _schooled(found: re.Match[str]) -> bool:
    return _SCHOOLED.search(found.string, max(0, found.start() - 12), found.start()) is not None


def _office(found: re.Match[str], said: Callable[[str], str]) -> str:
    """`P. An Cựu` as `phường An Cựu`: no letter that somebody's name is cut to (`Nguyễn Văn H. Theo`)."""
    before, space, short, behind = found.groups()
    if before and (before[-1].isdigit() or (before[0].isupper() and not before.isupper())):
        return found[0]
    if not (behind.isupper() or (short.lower() in _CERTAIN and (behind.isdigit() or short.islower()))):
        return found[0]
    written = said(_OFFICES[short.lower()])
    return f"{before or ''}{space or ''}{written} "


def _person(found: re.Match[str], said: Callable[[str], str]) -> str:
    """`ô. Thọ`, `c Lan` as `ông Thọ`, `chị Lan`."""
    if not found[3].isupper():
        return found[0]
    return f"{said(_KIN[(found[1] or found[2]).lower()])} "
