"""A date as a file writes it, text or number → a moment in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.dates import FIRST_YEAR, moment
from sangtin.pipeline.reasons import Reason, RowError, shown
from sangtin.post import VIETNAM

# The zones on earth are 26 hours apart (UTC-12 to UTC+14): a local time written down as another zone's is at
# most that far ahead. What is later is no mistake of zones.
AHEAD = timedelta(hours=26)
# How many digits seconds, milliseconds and microseconds since 1970 have: one less before 2001-09-09, one more
# not before 2286. Eight digits are a date (20261120).
_UNITS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 15: 1_000_000, 16: 1_000_000}


def moment_of(field: str, value: object, present: datetime) -> datetime:
    """The moment that a value names; without a zone it is in Asia/Ho_Chi_Minh.

    Takes ISO 8601, seconds, milliseconds and microseconds since 1970, dd/mm/yyyy HH:mm, and what Vietnamese
    sites write. RowError where it names none, or one before the Web or after `present`.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowError(Reason.WRONG_TYPE, f"{field} is {type(value).__name__}, not a date")
    try:
        found = _parsed(value)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise RowError(Reason.BAD_DATE, f"{field} {shown(value)} can't be read")
    if found.year < FIRST_YEAR or found > present + AHEAD:
        raise RowError(Reason.BAD_DATE, f"{field} {shown(value)} is not between {FIRST_YEAR} and now")
    return found


def _parsed(value: str | float) -> datetime | None:
    if not isinstance(value, str):
        return _since_1970(value)
    text = value.strip()
    whole = text.removesuffix(".0")
    if whole.isascii() and whole.isdecimal() and len(whole) in _UNITS:
        return _since_1970(int(whole))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return moment(text)
    return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(UTC)


def _since_1970(value: float) -> datetime | None:
    unit = _UNITS.get(len(str(int(value))))
    return None if unit is None else datetime.fromtimestamp(value / unit, UTC)
