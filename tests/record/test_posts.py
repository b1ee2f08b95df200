"""Adding posts: idempotent, in any order, nothing undone by an older file."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sangtin.post import Bin, Engagement, Kind, Label, Post
from sangtin.record import Record, following, posts, shown
from sangtin.record.changes import last_number
from sangtin.record.posts import Counts
from sangtin.record.revisions import Span, current, fetch
from sangtin.record.schema import change, post
from tests.record.checking import START, answered, fetched, keys_of, place_all, read_all


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


def test_the_day_of_a_post_without_a_time_of_its_own_is_that_of_its_first_fetch(record: Record) -> None:
    """Whatever the order in which the fetches came, and with every way of counting agreeing at once."""
    add(record, fetched("1", "x"))
    add(record, Post("bao-mau", "1", "x", START - timedelta(days=3)))
    with record.read() as connection:
        row = connection.execute(select(post)).one()
    assert (row.day, row.moment) == (date(2026, 9, 28), START - timedelta(days=3))


@pytest.mark.parametrize(
    "more",
    [{"published_at": START + timedelta(minutes=1)}, {"thread": "t1"}, {"author_key": "k1"}],
    ids=["moment", "thread", "author"],
)
def test_what_a_later_fetch_fills_in_reaches_those_who_follow(record: Record, more: dict[str, Any]) -> None:
    add(record, fetched("1", "x"))
    with record.read() as connection:
        before = last_number(connection)
    again = Post("bao-mau", "1", "x", START + timedelta(hours=1), **more)
    add(record, again)
    with record.read() as connection:
        changed, reached = following.changed(connection, before, 10, {})
    assert [each.id for each in changed] == ["bao-mau:1"]
    assert reached == before + 1
    add(record, again)
    with record.read() as connection:
        assert last_number(connection) == reached


def test_a_post_with_a_kind_can_be_edited_and_dated(record: Record) -> None:
    add(record, fetched("1", "Bán đất nền"), fetched("2", "Bán nhà"))
    place_all(record)
    read_all(record, answered(Label.SPAM, kind=Kind.ADVERT))
    add(record, fetched("1", "Đã bán", 9))
    add(record, Post("bao-mau", "2", "Bán nhà", START, published_at=START - timedelta(days=9)))
    with record.read() as connection:
        rows = connection.execute(select(post.c.bin, post.c.kind).order_by(post.c.key)).all()
    assert [tuple(row) for row in rows] == [(Bin.PENDING, None), (Bin.SPAM, Kind.ADVERT)]


def test_two_texts_with_one_time_come_in_once_however_often_they_are_imported(record: Record) -> None:
    both = [fetched("1", "một", 5), fetched("1", "hai", 5)]
    assert add(record, *both) == Counts(new=1, changed=1)
    assert add(record, fetched("1", "một", 7)) == Counts(seen=1)
    for _ in range(2):
        assert add(record, *both) == Counts(seen=2)
        assert text_of(record, "bao-mau:1") == "một"


TEXTS = {"a": "Đập an toàn", "b": "Đập sắp vỡ", "c": "Đập xả lũ"}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=1, max_size=6), st.randoms())
def test_the_current_text_does_not_depend_on_the_order_of_arrival(fetches, random) -> None:  # type: ignore[no-untyped-def]
    """Earlier texts stand in their order; two runs of one may come out as one, as a span keeps its ends."""
    times = {minute: text for text, minute in fetches}
    given_order = [(text, minute) for minute, text in times.items()]
    shuffled = random.sample(given_order, len(given_order))
    last = max(times)
    for order in (given_order, shuffled):
        spans = _fetch_all(order)
        assert current(spans).text_hash == times[last]
        assert _is_part_of(_runs(spans), _runs_of(times))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), min_size=1, max_size=9))
def test_the_same_fetches_again_leave_the_current_text_and_soon_everything(fetches) -> None:  # type: ignore[no-untyped-def]
    """Where times are equal too: the text that was there first stays."""
    spans = _fetch_all(fetches)
    last = max(minute for _, minute in fetches)
    assert current(spans).text_hash == next(text for text, minute in fetches if minute == last)
    assert current(spans[::-1]) == current(spans)
    again = _fetch_all(fetches, spans)
    assert (current(again).number, current(again).text_hash) == (
        current(spans).number,
        current(spans).text_hash,
    )
    assert _fetch_all(fetches, again) == again


def _fetch_all(order: list[tuple[str, int]], spans: tuple[Span, ...] = ()) -> tuple[Span, ...]:
    for text, minute in order:
        placed = fetch(spans, text, START + timedelta(minutes=minute))
        kept = {span.number: span for span in (*spans, *placed.changed)}
        spans = tuple(kept.values())
    return spans


def _is_part_of(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(text in rest for text in part)


def _runs(spans: tuple[Span, ...]) -> list[str]:
    """The texts in order of time, neighbours that are equal counted once."""
    ordered = [span.text_hash for span in sorted(spans, key=lambda span: span.fetched_at)]
    return [text for text, _ in itertools.groupby(ordered)]


def _runs_of(times: dict[int, str]) -> list[str]:
    return [text for text, _ in itertools.groupby(times[minute] for minute in sorted(times))]
