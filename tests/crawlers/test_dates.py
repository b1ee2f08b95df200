"""Dates as feeds write them, right and wrong → the moment that was meant, or none."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.dates import FIRST_YEAR, moment
from sangtin.post import VIETNAM

# In Vietnam 08:30 on 5 June 2023.
MORNING = datetime(2023, 6, 5, 1, 30, tzinfo=UTC)
MIDNIGHT = datetime(2023, 6, 4, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 05 Jun 2023 08:30:00 +0700", "Mon, 05 Jun 2023 01:30:00 GMT", "Mon, 05 Jun 2023 01:30:00 Z",
        "Mon, 05 Jun 2023 08:30:00 GMT+7", "Mon, 05 Jun 2023 08:30:00 GMT+07:00",
        "Mon, 05 Jun 2023 08:30:00 UTC+07", "Mon,05 Jun 2023 08:30 +07:00", "Mon, 05 Jun 2023 08:30 ICT",
        "Sun, 5 June 23 08:30:00 ICT", "Sun, 04 Jun 2023 21:30:00 EDT", "Mon, 05 Jun 2023 08:30:00",
        "2023-06-05T08:30:00+07:00", "2023-06-05T01:30:00Z", "2023-06-05T01:30:00.125Z",
        "2023-06-05 08:30:00",
        "2023-06-05T08:30:00+0700", "2023-6-5 8:30",
        "05/06/2023 08:30", "5/6/2023 08:30:00 SA", "6/5/2023 8:30:00 AM", "05-06-2023 08:30",
        "08:30 05/06/2023", "8h30, 05/06/2023", "Thứ Hai, 05/06/2023, 08:30 (GMT+7)",
        "T2, 05/06/2023 08:30 GMT+7",
        "CN, 05 Tháng Sáu 2023 08:30", "Chủ nhật, 5 tháng 6 2023 08:30", "Jun 5, 2023 8:30 AM",
        "8h30 ngày 05/06/2023", "08:30 | 05/06/2023", "05/06/2023 | 08:30", "5/6/23 08:30",
        "05/06/23, 08:30 SA",
        "Thứ Hai, ngày 5 tháng 6 năm 2023 lúc 08:30", "5 tháng 6, 2023 lúc 8:30 SA",
        "08:30, Thứ Hai 05/06/2023",
        "8h30 ngày 5 tháng 6 năm 2023", "vào lúc 8:30 ngày 5/6/2023",
        "2023/06/05 08:30", "2023.06.05 08:30:00", "2023-06-05T08:30:00+07:00[Asia/Ho_Chi_Minh]",
        "Mon Jun 05 01:30:00 +0000 2023", "Mon Jun  5 08:30:00 2023", "Mon Jun 05 08:30:00 ICT 2023",
        "Monday, June 5, 2023 at 8:30 AM", "Jun 5, 2023 at 8:30 AM",
        "Monday, June 5, 2023 - 08:30", "1685928600", "1685928600000", "  Mon, 05  Jun 2023\n08:30:00 +0700 ",
    ],
)  # fmt: skip
def test_ways_to_write_one_moment(written: str) -> None:
    for form in ("NFC", "NFD"):
        assert moment(unicodedata.normalize(form, written)) == MORNING


@pytest.mark.parametrize(
    "written", ["05 Jun 2023", "2023-06-05", "05/06/2023", "05.06.2023", "ngày 5 tháng 6 năm 2023"]
)
def test_a_day_alone_is_its_midnight_in_vietnam(written: str) -> None:
    assert moment(written) == MIDNIGHT


@pytest.mark.parametrize(
    ("written", "hour"),
    [("12:15 SA", 0), ("12:15 CH", 12), ("1:15 CH", 13), ("11:15 PM", 23), ("12:15 AM", 0), ("12:15 PM", 12)],
)
def test_halves_of_the_day(written: str, hour: int) -> None:
    found = moment(f"13/06/2023 {written}")
    assert found is not None
    assert found.astimezone(VIETNAM).hour == hour


def test_a_night_that_ends_at_24_and_a_leap_second() -> None:
    assert moment("Sun, 04 Jun 2023 24:00:00 +0700") == MIDNIGHT
    assert moment("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "", "hôm qua", "Mon, 31 Feb 2023 00:00:00 GMT", "Mon, 05 Jun 2023 25:00:00 +0700",
        "Mon, 05 Jun 2023 08:61:00 +0700", "Mon, 05 Jun 2023 08:30:00 +9999", "Mon, 05 Jun 2023 08:30:00 XYZ",
        "Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00Z", "2023-13-05", "2023",
        "9999999999999999", "31/12/9999 24:00 -1400",
    ],
)  # fmt: skip
def test_what_names_no_moment(written: str) -> None:
    assert moment(written) is None


@given(st.datetimes(datetime(FIRST_YEAR + 1, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_python_writes_is_read(at: datetime) -> None:
    at = at.replace(microsecond=0)
    assert moment(format_datetime(at)) == at
    assert moment(at.isoformat()) == at
    local = at.astimezone(VIETNAM)
    assert moment(f"{local:%d/%m/%Y %H:%M:%S}") == at


@given(st.text(max_size=60) | st.from_regex(r"[0-9/:\- TZ+]{5,30}"))
@example("¹/²/2023")
@example("1/2/2023 1:0²")
def test_no_text_raises(written: str) -> None:
    found = moment(written)
    assert found is None or (found.tzinfo is UTC and found.year >= FIRST_YEAR)
