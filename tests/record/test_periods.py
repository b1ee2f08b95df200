"""The ledger of any period is what counting its posts one by one gives, whichever sums it is read from."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text

from sangtin.post import Label, Post
from sangtin.record import Record, init_record, ledger, posts
from sangtin.record.ledger import Scope
from sangtin.record.schema import monthly
from tests.record.checking import answered, assert_reconciled, fetched, place_all, read_all

FIRST = date(2023, 11, 20)
DAYS = 800
EDGES = (
    Scope(),
    Scope(date(2024, 2, 1), date(2024, 2, 29)),
    Scope(date(2024, 1, 1), date(2024, 12, 31)),
    Scope(date(2024, 1, 2), date(2024, 12, 30)),
    Scope(date(2024, 1, 31), date(2024, 2, 1)),
    Scope(date(2024, 2, 29), date(2024, 2, 29)),
    Scope(date(2024, 3, 15), None, "bao-mau"),
    Scope(None, date(2024, 3, 31)),
    Scope(None, date(2024, 3, 1), "dien-dan"),
    Scope(date(2025, 6, 1), date(2025, 5, 1)),
    Scope(date(2025, 6, 20), date(2025, 6, 10)),
    Scope(date.min, date.max),
    Scope(date(9999, 12, 1), date.max),
    Scope(date.max, date.max),
    Scope(date(9999, 12, 2), None),
    Scope(None, date.min),
)


def spread(dice: random.Random) -> Iterator[Post]:
    """Posts on the first and last days of months, and on others."""
    for number in range(160):
        day = FIRST + timedelta(days=dice.randrange(DAYS))
        if dice.random() < 0.4:
            day = day.replace(day=1) - timedelta(days=dice.randrange(2))
        moment = datetime(day.year, day.month, day.day, dice.randrange(24), tzinfo=UTC)
        minutes = int((moment - datetime(2026, 10, 1, tzinfo=UTC)).total_seconds() // 60)
        yield fetched(str(number), f"bài {number}", minutes, dice.choice(("bao-mau", "dien-dan")))


def scopes(dice: random.Random) -> Iterator[Scope]:
    """The edges, and periods of every length."""
    yield from EDGES
    for _ in range(60):
        first = FIRST + timedelta(days=dice.randrange(-40, DAYS))
        last = first + timedelta(days=dice.choice((0, 1, 27, 31, 62, 365, 700)) + dice.randrange(4))
        source = dice.choice((None, "bao-mau", "dien-dan"))
        yield Scope(dice.choice((first, first, None)), dice.choice((last, last, None)), source)


@pytest.fixture
def filled(record: Record) -> Record:
    with record.write() as writing:
        posts.add(writing, list(spread(random.Random(1))))
    place_all(record)
    read_all(record, answered(Label.NEGATIVE))
    with record.write() as writing:
        posts.add(writing, [fetched(f"new {n}", f"mới {n}", -n * 40_000) for n in range(20)])
    return record


def test_any_period_is_counted_as_its_posts_are(filled: Record) -> None:
    with filled.read() as connection:
        for scope in scopes(random.Random(2)):
            counted = ledger.recount(connection, scope)
            assert ledger.ledger(connection, scope) == counted, scope
            sources = ledger.by_source(connection, scope).values()
            assert sum(each.negative for each in sources) == counted.negative, scope
            assert sum(each.identified for each in sources) == counted.identified, scope
            days = ledger.trend(connection, scope).values()
            assert sum(each.identified for each in days) == counted.identified, scope


def test_a_record_of_before_gets_its_months_when_it_is_brought_up_to_date(filled: Record) -> None:
    url = filled.engine.url.render_as_string(hide_password=False)
    with filled.read() as connection:
        before = {tuple(row) for row in connection.execute(select(monthly).where(monthly.c.posts != 0))}
    with filled.write() as writing:
        writing.connection.execute(text("ALTER TABLE source DROP COLUMN news"))
        writing.connection.execute(text("DROP TABLE monthly"))
        writing.connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    init_record(url).close()
    with filled.read() as connection:
        assert {tuple(row) for row in connection.execute(select(monthly))} >= before
    assert_reconciled(filled)


def test_months_that_are_wrong_are_noticed(filled: Record) -> None:
    """By what every other test of a record ends with."""
    with filled.write() as writing:
        kept = writing.connection.execute(select(monthly)).mappings().all()
        writing.connection.execute(delete(monthly).where(monthly.c.source == "dien-dan"))
    with pytest.raises(AssertionError):
        assert_reconciled(filled)
    with filled.write() as writing:
        writing.connection.execute(delete(monthly))
        writing.connection.execute(monthly.insert(), [dict(row) for row in kept])
