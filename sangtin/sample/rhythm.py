"""Windows of days → moments, with the rhythm of a day: news in the morning, people at noon and at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sangtin.post import VIETNAM
from sangtin.sample.cards import CITY, NEWS, WARD, is_file
from sangtin.sample.dice import Dice
from sangtin.sample.written import Window

FIRST_DAY = date(2026, 6, 20)
LAST_DAY = date(2026, 11, 20)
# Nothing is published later, so that even the slowest fetch of the last day falls on that day.
LAST_HOUR = datetime.combine(LAST_DAY, time(18), VIETNAM)
_LAST_FETCH = datetime.combine(LAST_DAY, time(23, 30), VIETNAM)

# Weights by hour of the day, 0 to 23: offices, and everybody else.
_OFFICE = (0, 0, 0, 0, 1, 4, 9, 12, 11, 9, 8, 6, 3, 4, 7, 8, 8, 9, 7, 5, 3, 2, 1, 0)
_PEOPLE = (2, 1, 1, 0, 1, 3, 6, 9, 7, 6, 6, 9, 11, 7, 5, 5, 6, 8, 9, 12, 15, 14, 9, 5)
_WEEKDAY = (10, 10, 10, 10, 11, 9, 8)


def moment(dice: Dice, windows: Sequence[Window], source: str) -> datetime:
    """A second within the windows, by their weight, the weekday and the hours that the source keeps."""
    window = windows[dice.weighted([_days(w) * w.weight for w in windows])]
    while True:
        day = window.first + timedelta(days=dice.below(_days(window)))
        if dice.below(11) < _WEEKDAY[day.weekday()]:
            found = _in_day(dice, day, source)
            if found <= LAST_HOUR:
                return found


def fetched(dice: Dice, published: datetime, source: str) -> datetime:
    """When a post was brought in: feeds within half an hour, files with the next quarter of the day."""
    if not is_file(source):
        return min(published + timedelta(seconds=dice.between(40, 1800)), _LAST_FETCH)
    quarter = published.replace(hour=published.hour // 6 * 6, minute=0, second=0) + timedelta(hours=6)
    return min(quarter + timedelta(seconds=dice.between(30, 900)), _LAST_FETCH)


def whole() -> tuple[Window, ...]:
    """All days of the sample alike."""
    return (Window(FIRST_DAY, LAST_DAY, 1),)


def _in_day(dice: Dice, day: date, source: str) -> datetime:
    hour = dice.weighted(_OFFICE if source in {NEWS, CITY, WARD} else _PEOPLE)
    return datetime.combine(day, time(hour, dice.below(60), dice.below(60)), VIETNAM)


def _days(window: Window) -> int:
    return (window.last - window.first).days + 1
