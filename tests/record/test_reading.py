"""Which model's answer counts: the one in use, once it has answered; until then what was there."""

from __future__ import annotations

from sqlalchemy import select

from sangtin.post import Act, Bin, Label, Review
from sangtin.record import Record, ledger, models, posts, reading, reviews
from sangtin.record import leases as lease_book
from sangtin.record.schema import prediction
from tests.record.checking import answered, fetched, place_all, read_all


def one_post(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched("1", "Nước đã rút")])
    place_all(record)


def use(record: Record, name: str) -> int:
    with record.write() as writing:
        return models.use_model(writing, name, "")


def negative(record: Record) -> int:
    with record.read() as connection:
        return ledger.ledger(connection).negative


def test_after_a_rollback_an_outcome_stands_until_the_stored_answer_is_taken(record: Record) -> None:
    one_post(record)
    read_all(record, answered(Label.NEGATIVE))
    read_all(record, answered(Label.SPAM, model="m2"))
    use(record, "m1")
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.UNSURE, "bao-mau:1"))
    assert negative(record) == 0
    assert read_all(record, answered(Label.POSITIVE)) == 0
    assert negative(record) == 1


def test_a_late_answer_of_a_model_no_longer_in_use_is_kept_and_settles_nothing(record: Record) -> None:
    one_post(record)
    old = use(record, "m1")
    new = use(record, "m2")
    with record.write() as writing:
        reading.answer(writing, old, [reading.Answer(1, 1, answered(Label.NEGATIVE))])
    assert negative(record) == 0
    with record.read() as connection:
        assert connection.execute(select(prediction.c.model)).scalars().all() == [old]
        assert reading.count_unread(connection, new) == 1


def test_a_reader_of_a_model_no_longer_in_use_gets_nothing_to_read(record: Record) -> None:
    one_post(record)
    old = use(record, "m1")
    use(record, "m2")
    with lease_book.taken(record, "read:1") as lease, record.write() as writing:
        assert lease
        assert reading.hold_unread(writing, old, lease.holder, 9) == []


def test_a_post_that_lost_a_persons_decision_by_an_edit_comes_back_marked(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched("1", "một"), fetched("2", "hai", 1)])
    place_all(record)
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.SAME_AS, "bao-mau:2", target="bao-mau:1"))
        posts.add(writing, [fetched("2", "hai rưỡi", 9)])
    place_all(record)
    read_all(record, answered(Label.POSITIVE))
    with record.read() as connection:
        from sangtin.record import queue

        assert [each.id for each in queue.queue(connection, "an")] == ["bao-mau:2"]
        assert ledger.ledger(connection).positive == 2


def test_an_act_on_a_cluster_that_is_no_label_speaks_of_the_post_shown(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched("1", "một"), fetched("2", "một!", 1)])
    place_all(record, {2: 1})
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.NOT_A_COPY, "bao-mau:1", on_cluster=True))
    read_all(record, answered(Label.POSITIVE))
    with record.read() as connection:
        total = ledger.ledger(connection)
    assert (total.duplicate, total.positive) == (1, 1)
    assert Bin.DUPLICATE


def test_how_many_wait_for_their_first_reading_is_known_without_a_count(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched(str(n), f"Nước đã rút ở phường số {n}") for n in range(4)])
    place_all(record)
    with record.read() as connection:
        assert [reading.unread_beyond(connection, limit) for limit in (0, 3, 4, 9)] == [
            True,
            True,
            False,
            False,
        ]
    read_all(record, answered(Label.SPAM))
    use(record, "m2")  # every post waits again, none for the first time
    with record.read() as connection:
        assert not reading.unread_beyond(connection, 0)
