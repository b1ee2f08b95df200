"""What a date in a file means: every way people write it, and none that no post can have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.pipeline.dates import AHEAD, moment_of
from sangtin.pipeline.reasons import Reason, RowError
from sangtin.post import VIETNAM

PRESENT = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 19, 8, 30, tzinfo=VIETNAM)
DAY = datetime(2026, 11, 19, tzinfo=VIETNAM)
SECONDS = int(EIGHT.timestamp())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-19T08:30:00+07:00", EIGHT),
        ("2026-11-19T01:30:00Z", EIGHT),
        ("2026-11-19T01:30:00.000Z", EIGHT),
        ("2026-11-19 01:30:00+00:00", EIGHT),
        ("2026-11-18T18:30:00-07:00", EIGHT),
        ("2026-11-19T08:30:00", EIGHT),
        ("2026-11-19 08:30", EIGHT),
        (" 2026-11-19 08:30\n", EIGHT),
        ("2026-11-19", DAY),
        ("20261119", DAY),
        ("19/11/2026 08:30", EIGHT),
        ("19/11/2026 8:30", EIGHT),
        ("19-11-2026 08:30:00", EIGHT),
        ("08:30 19/11/2026", EIGHT),
        ("19/11/2026", DAY),
        ("5/6/2026", datetime(2026, 6, 5, tzinfo=VIETNAM)),
        ("Thứ Năm, 19/11/2026, 08:30 (GMT+7)".replace("(", "").replace(")", ""), EIGHT),
        (SECONDS, EIGHT),
        (float(SECONDS), EIGHT),
        (SECONDS * 1_000, EIGHT),
        (SECONDS * 1_000_000, EIGHT),
        (str(SECONDS), EIGHT),
        (f"{SECONDS}.0", EIGHT),
        (str(SECONDS * 1_000), EIGHT),
        (700_000_000, datetime(1992, 3, 7, 20, 26, 40, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_people_write_it(written: str | float, meant: datetime) -> None:
    found = moment_of("time", written, PRESENT)
    assert found == meant
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "", "hôm qua", "2026-13-01", "2026-02-30", "32/01/2026", "31/02/2026", "00/00/0000",
        "2026-11-19T25:00", "0001-01-01", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "1990-12-31",
        "9999-12-31T23:59:59-12:00", "2027-01-01", "19/11/3026", 0, -1, 1, 10**11, 10**20, 1e300,
        float("inf"), float("-inf"), float("nan"), "9" * 5_000, "2026-11-19T08:30:00+25:00", "\ud800",
        "2026-11-19\x00", "=1+1",
    ],
)  # fmt: skip
def test_a_date_that_no_post_can_have_is_refused(written: str | float) -> None:
    with pytest.raises(RowError) as refused:
        moment_of("time", written, PRESENT)
    assert refused.value.reason is Reason.BAD_DATE
    assert refused.value.detail.isprintable()
    assert len(refused.value.detail) < 120


@pytest.mark.parametrize("value", [True, [], {}, b"2026"])
def test_what_is_no_text_and_no_number_is_no_date(value: object) -> None:
    with pytest.raises(RowError) as refused:
        moment_of("time", value, PRESENT)
    assert refused.value.reason is Reason.WRONG_TYPE


def test_a_mistake_of_zones_is_let_through_and_a_later_date_is_not() -> None:
    assert moment_of("time", (PRESENT + AHEAD).isoformat(), PRESENT) == PRESENT + AHEAD
    with pytest.raises(RowError):
        moment_of("time", (PRESENT + AHEAD + timedelta(seconds=1)).isoformat(), PRESENT)


zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1992, 1, 1), datetime(2026, 11, 18), timezones=zones)  # noqa: DTZ001  # zoned by `zones`


@given(moments)
def test_every_moment_comes_back_from_every_form(meant: datetime) -> None:
    whole = meant.replace(microsecond=0)
    local = whole.astimezone(VIETNAM)
    assert moment_of("time", meant.isoformat(), PRESENT) == meant
    assert moment_of("time", f"{local:%Y-%m-%d %H:%M:%S}", PRESENT) == whole
    assert moment_of("time", f"{local:%d/%m/%Y %H:%M:%S}", PRESENT) == whole
    assert moment_of("time", int(whole.timestamp()), PRESENT) == whole
    assert moment_of("time", str(int(whole.timestamp()) * 1_000), PRESENT) == whole


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_nothing_else_than_a_refusal_comes_of_rubbish(written: str | float) -> None:
    try:
        found = moment_of("time", written, PRESENT)
    except RowError as error:
        assert error.reason is Reason.BAD_DATE  # noqa: PT017  # either way is a promise
    else:
        assert datetime(1991, 1, 1, tzinfo=UTC) <= found <= PRESENT + AHEAD
