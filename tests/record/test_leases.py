"""Leases and holds: one holder each, past the writer, and never for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from sangtin.errors import BusyError
from sangtin.post import Label, now
from sangtin.record import Record, leases, models, posts, reading
from sangtin.record.leases import Lease
from sangtin.record.schema import held, lease, post
from tests.record.checking import answered, fetched, place_all


def waiting(record: Record, count: int) -> int:
    """So many posts that wait to be read; the key of the model that should read them."""
    with record.write() as writing:
        posts.add(writing, [fetched(str(n), f"bài {n}", n) for n in range(count)])
        model = models.use_model(writing, "m1", "")
    place_all(record)
    return model


def taken(record: Record, name: str) -> Lease:
    held_now = leases.take(record, name)
    assert held_now is not None
    return held_now


def test_a_lease_that_lapsed_passes_on_and_its_old_holder_is_told(record: Record) -> None:
    old = taken(record, "place")
    with record.beside() as writing:
        writing.connection.execute(update(lease).values(expires_at=now() - timedelta(seconds=1)))
    new = taken(record, "place")
    with pytest.raises(BusyError, match="passed on"), record.write() as writing:
        old.check(writing)
    assert old.lost
    with record.write() as writing:
        new.check(writing)
    new.give_back()


@pytest.mark.servers
def test_a_lease_that_is_renewed_while_another_looks_at_it_stays(
    shared: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = taken(shared, "place")

    def expire(by: timedelta) -> None:
        with shared.beside() as beside:
            beside.connection.execute(update(lease).values(expires_at=now() + by))

    def looked() -> datetime:
        """The other has seen that the lease lapsed; before it acts, the holder renews."""
        monkeypatch.undo()
        expire(timedelta(seconds=60))
        return now()

    expire(timedelta(seconds=-1))
    monkeypatch.setattr(leases, "now", looked)
    with shared.beside() as writing:
        leases.drop_dead(writing)
    with shared.write() as writing:
        mine.check(writing)
    mine.give_back()


@pytest.mark.servers
def test_readers_hold_their_posts_while_a_writer_is_at_work(shared: Record) -> None:
    model = waiting(shared, 10)
    with shared.write() as writing:
        posts.add(writing, [fetched("late", "bài muộn")])
        reader = taken(shared, "read:1")
        with shared.beside() as beside:
            reader.check(beside)
            assert len(reading.hold_unread(beside, model, reader.holder, 100)) == 10
        reader.give_back()


@pytest.mark.servers
def test_posts_that_another_is_at_are_left_out(shared: Record) -> None:
    model = waiting(shared, 10)
    reader = taken(shared, "read:1")
    with shared.write() as writing:
        busy = select(post.c.key).order_by(post.c.moment.desc()).limit(4).with_for_update()
        at_work = set(writing.connection.execute(busy).scalars())
        with shared.beside() as beside:
            found = reading.hold_unread(beside, model, reader.holder, 100)
    assert len(found) == 6
    assert at_work.isdisjoint(each.key for each in found)
    reader.give_back()


def test_many_readers_at_once_hold_each_post_once(record: Record) -> None:
    model = waiting(record, 400)

    def read(name: int) -> list[int]:
        mine = taken(record, f"read:{name}")
        keys: list[int] = []
        while True:
            with record.beside() as writing:
                mine.check(writing)
                found = reading.hold_unread(writing, model, mine.holder, 15)
            if not found:
                mine.give_back()
                return keys
            keys += [each.key for each in found]
            with record.write() as writing:
                answers = [reading.Answer(u.key, u.revision, answered(Label.SPAM)) for u in found]
                reading.answer(writing, model, answers)

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(read, range(4)))
    every = [key for share in shares for key in share]
    assert len(every) == len(set(every)) == 400
    with record.read() as connection:
        assert reading.count_unread(connection, model) == 0
        assert connection.execute(select(func.count()).select_from(held)).scalar_one() == 0


@pytest.mark.servers
def test_changes_belong_to_the_one_writer(shared: Record) -> None:
    with pytest.raises(AssertionError, match="numbered"), shared.beside() as writing:
        posts.add(writing, [fetched("1", "bài")])
