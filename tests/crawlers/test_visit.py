"""Where a visit leaves its source, and when the next one is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.entry import Entry, Rejected
from crawlers.visit import INTERVAL_S, LONGEST_INTERVAL_S, Cursor, Visit
from crawlers.wire import EVENTS, Batch, Fetched, line
from tests.crawlers.keeping import AT, card

HERE = "https://a.example.vn/rss"
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.text(max_size=9), st.text(max_size=9), st.none() | moments, st.none() | moments, st.integers(0, 99))
def test_a_cursor_survives_the_record(
    etag: str, modified: str, visited: datetime | None, until: datetime | None, failures: int
) -> None:
    cursor = Cursor(HERE, etag, modified, visited, until, failures)
    assert Cursor.load(cursor.dump()) == cursor


def test_no_cursor_is_an_empty_one() -> None:
    assert Cursor.load({}) == Cursor()
    assert Cursor().dump() == {}


def test_an_answer_leaves_its_validators() -> None:
    fetched = Fetched("a", AT, etag='"2"', last_modified="then")
    assert Cursor(HERE, '"1"', "before", failures=3).after(HERE, fetched) == Cursor(HERE, '"2"', "then", AT)


def test_nothing_new_keeps_the_validators() -> None:
    before = Cursor(HERE, '"1"', "before", failures=3)
    assert before.after(HERE, Fetched("a", AT, not_modified=True)) == Cursor(HERE, '"1"', "before", AT)


def test_a_failure_keeps_the_validators_and_is_counted() -> None:
    until = AT + timedelta(hours=1)
    after = Cursor(HERE, '"1"').after(HERE, Fetched("a", AT, trouble="timeout", retry_at=until))
    assert after == Cursor(HERE, '"1"', "", AT, until, 1)


def test_another_address_forgets_the_validators() -> None:
    elsewhere = "https://b.example.vn/rss"
    assert Cursor(HERE, '"1"').after(elsewhere, Fetched("a", AT, trouble="timeout")).etag == ""


def due(cursor: Cursor, interval_s: int | None = None) -> datetime | None:
    return Visit(card("a", HERE, interval_s), cursor).due_at


def test_a_new_source_or_address_is_due_now() -> None:
    assert due(Cursor()) is None
    assert due(Cursor("https://b.example.vn/rss", visited_at=AT)) is None


@pytest.mark.parametrize(
    ("interval", "waits"), [(None, INTERVAL_S), (3600, 3600), (1, 60), (604_800, 604_800)]
)
def test_a_source_is_due_after_its_interval(interval: int | None, waits: int) -> None:
    assert due(Cursor(HERE, visited_at=AT), interval) == AT + timedelta(seconds=waits)


def test_failures_double_the_interval_up_to_a_day() -> None:
    waits = [due(Cursor(HERE, visited_at=AT, failures=n), 900) for n in (1, 2, 40)]
    assert waits == [AT + timedelta(seconds=s) for s in (1800, 3600, LONGEST_INTERVAL_S)]


def test_what_a_server_asks_for_comes_first() -> None:
    until = AT + timedelta(days=2)
    assert due(Cursor(HERE, visited_at=AT, not_before=until)) == until


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_events_cross_the_pipe_on_one_line(text: str, author: str) -> None:
    batch = Batch("a", AT, (Entry("1", text, None, AT, author, None, 3),))
    ended = Fetched("a", AT, rejected=(Rejected(text, author, 2),), issues={text: 1}, retry_at=AT)
    for event in (batch, ended):
        written = line(EVENTS, event)
        assert written.count(b"\n") == 1
        assert EVENTS.validate_json(written) == event
