"""Adding posts: idempotent, in any order, nothing undone by an older file."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sangtin.post import Bin, Engagement, Post
from sangtin.record import Record, posts, shown
from sangtin.record.posts import Counts
from sangtin.record.revisions import Span, current, fetch
from sangtin.record.schema import change, post
from tests.record.checking import START, fetched, keys_of, place_all


def add(record: Record, *given_posts: Post, at: datetime | None = None) -> Counts:
    with record.write() as writing:
        return posts.add(writing, given_posts, at=at)


def text_of(record: Record, post_id: str) -> str:
    with record.read() as connection:
        found = shown.show(connection, post_id)
    assert found is not None
    assert found.summary is not None
    return found.summary.text


def test_the_same_post_twice_is_one_post(record: Record) -> None:
    assert add(record, fetched("1", "Nước ngập đường Lê Lợi")) == Counts(new=1)
    assert add(record, fetched("1", "Nước ngập đường Lê Lợi")) == Counts(seen=1)
    assert len(keys_of(record)) == 1


def test_the_same_post_twice_in_one_batch_is_one_post(record: Record) -> None:
    twice = fetched("1", "Cúp điện từ 7 giờ")
    assert add(record, twice, twice) == Counts(new=1, seen=1)


def test_text_in_nfd_is_the_same_text(record: Record) -> None:
    import unicodedata

    add(record, fetched("1", "Mưa lớn ở Huế"))
    again = fetched("1", unicodedata.normalize("NFD", "Mưa lớn ở Huế"), minute=5)
    assert add(record, again) == Counts(seen=1)


def test_a_later_text_is_current_and_waits_again(record: Record) -> None:
    add(record, fetched("1", "Cầu Tràng Tiền đóng"))
    place_all(record)
    assert add(record, fetched("1", "Cầu Tràng Tiền mở lại", minute=9)) == Counts(changed=1)
    assert text_of(record, "bao-mau:1") == "Cầu Tràng Tiền mở lại"
    with record.read() as connection:
        row = connection.execute(select(post)).one()
    assert (row.placed, row.bin) == (False, Bin.PENDING)


def test_an_older_file_imported_again_does_not_undo_a_newer_revision(record: Record) -> None:
    add(record, fetched("1", "cũ", minute=0))
    add(record, fetched("1", "mới", minute=10))
    assert add(record, fetched("1", "cũ", minute=0)) == Counts(seen=1)
    assert text_of(record, "bao-mau:1") == "mới"


def test_a_row_without_fetched_at_whose_text_is_known_changes_nothing(record: Record) -> None:
    old = Post("bao-mau", "1", "cũ", engagement=Engagement(likes=1))
    add(record, old, at=START)
    add(record, Post("bao-mau", "1", "mới"), at=START + timedelta(hours=1))
    assert add(record, old, at=START + timedelta(hours=2)) == Counts(seen=1)
    assert text_of(record, "bao-mau:1") == "mới"


def test_seen_again_updates_counts_and_unsettles_nothing(record: Record) -> None:
    add(record, fetched("1", "Hội hoa xuân"))
    place_all(record)
    later = Post("bao-mau", "1", "Hội hoa xuân", START + timedelta(hours=1), engagement=Engagement(likes=7))
    assert add(record, later) == Counts(seen=1)
    with record.read() as connection:
        row = connection.execute(select(post)).one()
        changes = connection.execute(select(change.c.what)).scalars().all()
    assert (row.likes, row.placed, row.seen_at) == (7, True, START + timedelta(hours=1))
    assert changes == ["new", "placed"]


def test_an_older_fetch_fills_only_what_is_missing(record: Record) -> None:
    add(record, Post("bao-mau", "1", "x", START, url="https://mau.invalid/1"))
    earlier = START - timedelta(hours=1)
    add(record, Post("bao-mau", "1", "x", earlier, url="https://mau.invalid/cu", thread="t1"))
    with record.read() as connection:
        row = connection.execute(select(post)).one()
    assert (row.url, row.thread) == ("https://mau.invalid/1", "t1")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 1, 16, 59, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 10, 1, 17, 0, tzinfo=UTC), date(2026, 10, 2)),
    ],
)
def test_a_day_is_that_of_ho_chi_minh_city(record: Record, moment: datetime, day: date) -> None:
    add(record, Post("bao-mau", "1", "x", START, published_at=moment))
    with record.read() as connection:
        assert connection.execute(select(post.c.day)).scalar_one() == day


def test_a_publication_time_that_comes_later_moves_the_day(record: Record) -> None:
    add(record, fetched("1", "x"))
    published = START - timedelta(days=3)
    add(record, Post("bao-mau", "1", "x", START + timedelta(hours=1), published_at=published))
    with record.read() as connection:
        assert connection.execute(select(post.c.day)).scalar_one() == date(2026, 9, 28)


TEXTS = {"a": "Đập an toàn", "b": "Đập sắp vỡ", "c": "Đập xả lũ"}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=1, max_size=6), st.randoms())
def test_the_current_text_does_not_depend_on_the_order_of_arrival(fetches, random) -> None:  # type: ignore[no-untyped-def]
    times = {minute: text for text, minute in fetches}
    given_order = [(text, minute) for minute, text in times.items()]
    shuffled = random.sample(given_order, len(given_order))
    last = max(times)
    for order in (given_order, shuffled):
        spans = _fetch_all(order)
        assert current(spans).text_hash == times[last]
        assert _runs(spans) == _runs_of(times)


def _fetch_all(order: list[tuple[str, int]]) -> tuple[Span, ...]:
    spans: tuple[Span, ...] = ()
    for text, minute in order:
        placed = fetch(spans, text, START + timedelta(minutes=minute))
        kept = {span.number: span for span in (*spans, *placed.changed)}
        spans = tuple(kept.values())
    return spans


def _runs(spans: tuple[Span, ...]) -> list[str]:
    """The texts in order of time, neighbours that are equal counted once."""
    ordered = [span.text_hash for span in sorted(spans, key=lambda span: span.fetched_at)]
    return [text for text, _ in itertools.groupby(ordered)]


def _runs_of(times: dict[int, str]) -> list[str]:
    return [text for text, _ in itertools.groupby(times[minute] for minute in sorted(times))]
