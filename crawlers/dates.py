"""A date as feeds write it, with their mistakes → a moment in UTC."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from sangtin.post import VIETNAM

# RFC 822 section 5.1, and what Vietnamese feeds write for their own zone.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "ict": 7, "vn": 7, "vnt": 7, "indochina": 7, "hanoi": 7,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
VIETNAMESE = (
    "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai",
)  # fmt: skip
MONTHS = {name: number for number, name in enumerate(ENGLISH, 1)}
MONTHS |= {f"tháng {name}": number for number, name in enumerate(VIETNAMESE, 1)}
MONTHS |= {"tháng giêng": 1, "tháng bốn": 4, "tháng bẩy": 7, "tháng chạp": 12}

# "Thứ Hai, ", "T2, ", "CN, ", "Mon, ": the weekday adds nothing, and is often the wrong one.
WEEKDAY = re.compile(
    r"(?<!\w)(?:thứ\s+\w+|chủ\s+nhật|t[2-7]|cn|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?:\s*[,.]\s*|\s+)"
)
# Words and signs that add nothing: "(GMT+7)", "ngày 5 tháng 6 năm 2023 lúc 08:30", "… | 08:30", "at 8:30 AM",
# and the name of the zone that Java writes behind its offset.
FILLER = re.compile(r"[()|]|\b(?:ngày|vào|lúc|at)\s|\bnăm\s+(?=\d{4})|\[[\w/+\-]+\]$")
CLOCK = r"(?P<hour>\d{1,2})\s*[:h]\s*(?P<minute>\d{2})(?:\s*:\s*(?P<second>\d{2})(?:[.,]\d+)?)?"
CLOCK += r"(?:\s*(?P<half>[ap]\.?m\.?|sa|ch)\b)?"
OFFSET = r"(?P<zone>[a-z][a-z _]*)?\s*(?P<sign>[+\-−])?\s*(?P<zh>\d{1,2})?:?(?P<zm>\d{2})?"
DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[\s\-]+(?P<month>[^\W\d_]+(?:\s[^\W\d_]+){{0,2}}|tháng\s+\d{{1,2}})[\s,\-]+"
    rf"(?P<year>\d{{4}}|\d{{2}})(?:[\s,\-]+{CLOCK}\s*{OFFSET})?"
)
ISO = re.compile(
    rf"(?P<year>\d{{4}})(?P<between>[\-/.])(?P<month>\d{{1,2}})(?P=between)(?P<day>\d{{1,2}})"
    rf"(?:[t\s,]+{CLOCK}\s*{OFFSET})?"
)
MONTH_FIRST = re.compile(
    rf"(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"(?:[\s,\-]+{CLOCK}\s*{OFFSET})?"
)
# What Twitter and C's ctime write: "Jun 05 08:30:00 +0700 2023".
CLOCK_BETWEEN = re.compile(
    rf"(?P<month>[a-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{CLOCK}\s*{OFFSET}\s+(?P<year>\d{{4}})"
)
NUMBERS = re.compile(
    rf"(?P<day>\d{{1,2}})[/.\-](?P<month>\d{{1,2}})(?:[/.\-](?P<year>\d{{4}})|/(?P<short>\d{{2}}))(?:[\s,\-]+{CLOCK}\s*{OFFSET})?"
)
CLOCK_FIRST = re.compile(rf"{CLOCK}[\s,\-]+(?P<rest>\d{{1,2}}[/.\-\s].*)")
SECONDS = re.compile(r"\d{10}(?:\d{3})?")
# Before the first web page no feed was published; such a date is an unset field (1970, 0001).
FIRST_YEAR = 1991
# Longer than any date; what is longer is none.
LONGEST = 80


def moment(written: str) -> datetime | None:
    """The moment a feed's date names, in UTC; None where it names none.

    Reads RFC 822 and ISO 8601, and what Vietnamese sites write: "GMT+7", "Thứ Hai, 05/06/2023 08:30 SA",
    "05 Tháng Sáu 2023", "8h30 ngày 05/06/2023", "05-06-2023 10:15". Numbers are day first, except
    before an English AM or PM, which only the American style of .NET writes. A date without a zone is in
    Asia/Ho_Chi_Minh.
    """
    text = " ".join(unicodedata.normalize("NFC", written[:LONGEST]).split()).lower()
    if SECONDS.fullmatch(text):
        return _plausible(datetime.fromtimestamp(int(text[:10]), UTC))
    text = FILLER.sub("", WEEKDAY.sub("", text, count=1)).strip()
    if swapped := CLOCK_FIRST.fullmatch(text):
        text = f"{swapped['rest']} {text[: swapped.start('rest')].rstrip(' ,-')}"
    shapes = (ISO, NUMBERS, DAY_FIRST, MONTH_FIRST, CLOCK_BETWEEN)
    found = next((match for shape in shapes if (match := shape.fullmatch(text))), None)
    return _moment(found) if found else None


def _moment(found: re.Match[str]) -> datetime | None:
    month = _month(found["month"])
    zone = _zone(found)
    if month is None or zone is None:
        return None
    day = int(found["day"])
    if found.re is NUMBERS and (found["half"] or "").startswith(("a", "p")) and day <= 12:
        month, day = day, month
    written = found["year"] or found["short"]
    year = int(written) + (2000 if len(written) == 2 else 0)
    try:
        midnight = datetime(year, month, day, tzinfo=zone)
        return _plausible((midnight + _clock(found)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _plausible(at: datetime) -> datetime | None:
    return at if at.year >= FIRST_YEAR else None


def _month(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    if written.startswith("tháng") and written[5:].strip().isdigit():
        return int(written[5:])
    return MONTHS.get(written) or MONTHS.get(written[:3] if written.isascii() else "")


def _clock(found: re.Match[str]) -> timedelta:
    """Time since midnight. 24:00 is the next midnight; 12 SA is midnight; a leap second is the one before."""
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    second = min(int(found["second"] or 0), 59)
    half = (found["half"] or "")[:1]
    if half in ("p", "c"):
        hour += 12 if hour < 12 else 0
    elif half in ("a", "s") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute + second > 0):
        raise ValueError(found.string)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(found: re.Match[str]) -> timezone | None:
    """The zone that was written; Vietnam's where none was; None where it makes no sense."""
    name, sign = (found["zone"] or "").strip(), found["sign"]
    if sign is None:
        return _named(name) if found["zh"] is None else None
    if not found["zh"] or (name and ZONES.get(name) != 0):
        return None
    away = timedelta(hours=int(found["zh"]), minutes=int(found["zm"] or 0))
    if away > timedelta(hours=14):
        return None
    return timezone(away if sign == "+" else -away)


def _named(name: str) -> timezone | None:
    if not name or name in ("se asia standard time", "asia"):
        return VIETNAM
    hours = ZONES.get(name)
    return None if hours is None else timezone(timedelta(hours=hours))
