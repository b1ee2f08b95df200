"""How collecting went: the newest post of each source, and days that lack what it would have brought."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from sangtin.record import Record, collecting, posts, runs
from sangtin.record.ledger import Scope
from sangtin.record.schema import run
from tests.record.checking import START, fetched


def crawl(record: Record, source: str, state: str, at: datetime, kind: str = "crawl") -> None:
    """A run that began at a moment and ended in a state."""
    with record.write() as writing:
        begun = runs.begin(writing, kind, source, "")
        runs.end(writing, begun.id, state)
        writing.connection.execute(update(run).where(run.c.id == begun.id).values(started_at=at))


def test_the_newest_post_of_each_source_that_has_any(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched("1", "một", 5), fetched("2", "hai", 90), fetched("3", "ba", 60)])
    with record.read() as connection:
        newest = collecting.newest_posts(connection)
    assert newest == {"bao-mau": START + timedelta(minutes=90)}


def test_a_day_failed_when_every_crawl_of_a_source_did(record: Record) -> None:
    at = datetime(2026, 10, 3, 2, tzinfo=UTC)
    crawl(record, "bao-mau", "failed", at)
    crawl(record, "bao-mau", "failed", at + timedelta(hours=1))
    crawl(record, "dien-dan", "failed", at)
    crawl(record, "dien-dan", "done", at + timedelta(hours=2))
    with record.read() as connection:
        assert collecting.failed_days(connection) == {date(2026, 10, 3): ("bao-mau",)}


def test_the_day_is_the_one_in_viet_nam(record: Record) -> None:
    crawl(record, "bao-mau", "failed", datetime(2026, 10, 3, 18, tzinfo=UTC))
    with record.read() as connection:
        assert list(collecting.failed_days(connection)) == [date(2026, 10, 4)]


def test_a_scope_narrows_the_days_with_both_ends_and_the_source(record: Record) -> None:
    for day in (1, 2, 3, 4):
        crawl(record, "bao-mau", "failed", datetime(2026, 10, day, 1, tzinfo=UTC))
        crawl(record, "dien-dan", "failed", datetime(2026, 10, day, 1, tzinfo=UTC))
    scope = Scope(date(2026, 10, 2), date(2026, 10, 3), "dien-dan")
    with record.read() as connection:
        found = collecting.failed_days(connection, scope)
    assert found == {date(2026, 10, 2): ("dien-dan",), date(2026, 10, 3): ("dien-dan",)}


def test_other_work_that_failed_leaves_no_gap(record: Record) -> None:
    crawl(record, "bao-mau", "failed", START, kind="import")
    with record.read() as connection:
        assert collecting.failed_days(connection) == {}
