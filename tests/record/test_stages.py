"""Placing, reading, models, ledger, leases and erasing, as the stages use them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sangtin.errors import EngineError, MissingError, SangtinError
from sangtin.post import Act, Bin, Cause, Kind, Label, Review, now
from sangtin.record import (
    Record,
    erasing,
    init_record,
    ledger,
    models,
    open_record,
    placing,
    posts,
    reading,
    reviews,
    shown,
)
from sangtin.record import leases as lease_book
from sangtin.record.ledger import Scope
from sangtin.record.schema import lease, membership, metadata, post, prediction, revision, sketch
from tests.record.checking import START, answered, fetched, keys_of, place_all, read_all


def fill(record: Record, count: int = 4) -> dict[str, int]:
    with record.write() as writing:
        posts.add(writing, [fetched(str(n), f"bài số {n}", n * 1_440) for n in range(count)])
    return keys_of(record)


def test_posts_wait_for_their_place_in_order_of_time(record: Record) -> None:
    with record.write() as writing:
        posts.add(writing, [fetched("b", "hai", 2), fetched("c", "ba", 3), fetched("a", "một", 1)])
    with record.read() as connection:
        assert [u.text for u in placing.unplaced(connection, 9)] == ["một", "hai", "ba"]
        assert placing.count_unplaced(connection) == 3


def test_a_copy_is_a_duplicate_and_is_not_read(record: Record) -> None:
    keys = fill(record, 2)
    place_all(record, {keys["bao-mau:1"]: keys["bao-mau:0"]})
    assert read_all(record, answered(Label.SPAM, kind=Kind.ADVERT)) == 1
    with record.read() as connection:
        total = ledger.ledger(connection)
        assert (total.duplicate, total.spam, total.pending) == (1, 1, 0)
        assert ledger.kinds(connection) == {Kind.ADVERT: 1}


def test_readers_never_hold_the_same_post(record: Record) -> None:
    fill(record, 6)
    place_all(record)
    with record.write() as writing:
        model = models.use_model(writing, "m1", "")
    first, second = lease_book.take(record, "read:1"), lease_book.take(record, "read:2")
    assert first
    assert second
    with record.write() as writing:
        mine = reading.hold_unread(writing, model, first.holder, 4)
        others = reading.hold_unread(writing, model, second.holder, 4)
    assert len(mine) == 4
    assert len(others) == 2
    assert not {u.key for u in mine} & {u.key for u in others}
    first.give_back()
    with record.write() as writing:
        assert len(reading.hold_unread(writing, model, second.holder, 9)) == 4
    second.give_back()


def test_a_new_model_reads_everything_again_while_old_outcomes_stand(record: Record) -> None:
    fill(record)
    place_all(record)
    read_all(record, answered(Label.SPAM))
    with record.write() as writing:
        models.use_model(writing, "m2", "")
    with record.read() as connection:
        assert ledger.ledger(connection).spam == 4
    assert read_all(record, answered(Label.NEGATIVE, model="m2")) == 4
    with record.read() as connection:
        assert ledger.ledger(connection).negative == 4


def test_a_rollback_uses_stored_answers_without_reading(record: Record) -> None:
    fill(record)
    place_all(record)
    read_all(record, answered(Label.SPAM))
    read_all(record, answered(Label.NEGATIVE, model="m2"))
    assert read_all(record, answered(Label.POSITIVE, model="m1")) == 0
    with record.read() as connection:
        assert ledger.ledger(connection).spam == 4


def test_an_answer_for_a_text_that_changed_meanwhile_settles_nothing(record: Record) -> None:
    keys = fill(record, 1)
    place_all(record)
    with record.write() as writing:
        model = models.use_model(writing, "m1", "")
        posts.add(writing, [fetched("0", "chữ khác", 9_999)])
    with record.write() as writing:
        late = reading.Answer(keys["bao-mau:0"], 1, answered(Label.NEGATIVE))
        reading.answer(writing, model, [late])
    with record.read() as connection:
        assert ledger.ledger(connection).pending == 1


def test_the_ledger_by_period_source_and_earlier_moment(record: Record) -> None:
    fill(record)
    with record.write() as writing:
        posts.add(writing, [fetched("x", "nguồn khác", source="dien-dan")])
    before = now()
    place_all(record)
    read_all(record, answered(Label.NEGATIVE))
    with record.read() as connection:
        assert ledger.ledger(connection).negative == 5
        assert ledger.ledger(connection, as_of=before).pending == 5
        assert ledger.ledger(connection, as_of=START).identified == 0
        assert ledger.ledger(connection, Scope(source="dien-dan")).negative == 1
        two = Scope(date(2026, 10, 1), date(2026, 10, 2))
        assert ledger.ledger(connection, two).negative == 3
        assert ledger.ledger(connection, two, as_of=before).pending == 3
        assert sum(day.identified for day in ledger.trend(connection).values()) == 5
        assert sum(each.negative for each in ledger.by_source(connection).values()) == 5
        assert ledger.days_of(connection) == (date(2026, 10, 1), date(2026, 10, 4))


def test_erasing_leaves_the_bin_and_nothing_that_was_written(record: Record, tmp_path: Path) -> None:
    secret = "điều không ai nên đọc lại nữa"
    with record.write() as writing:
        posts.add(writing, [fetched("1", secret), fetched("2", secret + "!", 1)])
    keys = keys_of(record)
    place_all(record, {keys["bao-mau:2"]: keys["bao-mau:1"]})
    read_all(record, answered(Label.NEGATIVE))
    with record.write(durable=True) as writing:
        erasing.erase(writing, keys["bao-mau:2"])
        erasing.erase(writing, keys["bao-mau:1"])
        erasing.erase(writing, keys["bao-mau:1"])
    with record.read() as connection:
        for table in (revision, membership, sketch, prediction):
            assert connection.execute(select(table)).first() is None
        total = ledger.ledger(connection)
        assert (total.negative, total.duplicate) == (1, 1)
        gone = shown.show(connection, "bao-mau:1")
    assert gone
    assert gone.erased_at
    assert gone.summary is None
    with record.write() as writing:
        assert posts.add(writing, [fetched("1", secret)]).seen == 1
    record.close()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("record.db*"))
    assert secret.encode() not in files


def test_many_are_erased_as_one_after_the_other(record: Record) -> None:
    """Originals with copies and without, copies alone, one already erased, and one that is not there."""
    keys = fill(record, 8)
    at = [keys[f"bao-mau:{n}"] for n in range(8)]
    place_all(record, {at[1]: at[0], at[2]: at[0], at[4]: at[3], at[6]: at[5]})
    read_all(record, answered(Label.SPAM))
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.LABEL, "bao-mau:0", on_cluster=True, label=Label.NEGATIVE))
        erasing.erase(writing, at[7])
    with record.read() as connection:
        before = ledger.ledger(connection)
    with record.write() as writing:
        erasing.erase_all(writing, [at[0], at[1], at[3], at[6], at[7], 10**9])
        assert [change.post for change in writing.changes] == [at[0], at[1], at[3], at[6]]
    with record.read() as connection:
        assert {u.key for u in placing.unplaced(connection, 9)} == {at[2], at[4]}
        alive = select(post.c.key).where(post.c.erased_at.is_(None)).order_by(post.c.key)
        assert list(connection.execute(alive).scalars()) == [at[2], at[4], at[5]]
        for table in (revision, membership):
            assert set(connection.execute(select(table.c.post)).scalars()) == {at[2], at[4], at[5]}
        assert ledger.ledger(connection) == before
    place_all(record)
    with record.read() as connection:
        said = select(post.c.bin).where(post.c.key == at[2])
        assert connection.execute(said).scalar_one() == Bin.NEGATIVE, "what was said of it as a copy holds"


def test_copies_of_an_erased_post_wait_to_be_placed_again(record: Record) -> None:
    keys = fill(record, 3)
    original, *copies = (keys[f"bao-mau:{n}"] for n in range(3))
    place_all(record, dict.fromkeys(copies, original))
    with record.write() as writing:
        erasing.erase(writing, original)
    with record.read() as connection:
        assert {u.key for u in placing.unplaced(connection, 9)} == set(copies)
    place_all(record, {copies[1]: copies[0]})
    with record.read() as connection:
        rows = connection.execute(select(post.c.bin).where(post.c.key.in_(copies)).order_by(post.c.key))
        assert list(rows.scalars()) == [Bin.PENDING, Bin.DUPLICATE]


def test_a_lease_is_held_by_one_and_passes_on_when_it_lapses(record: Record) -> None:
    first = lease_book.take(record, "place")
    assert first
    assert lease_book.take(record, "place") is None
    with record.write() as writing:
        writing.connection.execute(update(lease).values(expires_at=now() - timedelta(seconds=1)))
    second = lease_book.take(record, "place")
    assert second
    with pytest.raises(SangtinError, match="lapsed"), record.write() as writing:
        first.check(writing)
    assert first.lost
    second.give_back()


def test_a_dead_holder_on_this_machine_is_noticed_at_once(record: Record) -> None:
    script = """
        import os, signal, sys
        from sangtin.record import open_record
        from sangtin.record.leases import take
        assert take(open_record(sys.argv[1]), "place")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    url = record.engine.url.render_as_string(hide_password=False)
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script), url], check=False)
    assert ended.returncode == -9
    mine = lease_book.take(record, "place")
    assert mine
    mine.give_back()


def test_what_fails_in_a_transaction_leaves_nothing(record: Record) -> None:
    with pytest.raises(RuntimeError), record.write() as writing:
        posts.add(writing, [fetched("1", "x")])
        raise RuntimeError
    assert keys_of(record) == {}


def test_the_migrations_make_exactly_the_schema(record: Record) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with record.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_initialising_again_keeps_everything(record: Record) -> None:
    fill(record)
    epoch = record.epoch()
    again = init_record(record.engine.url.render_as_string(hide_password=False))
    assert again.epoch() == epoch
    again.close()
    assert len(keys_of(record)) == 4


def test_a_missing_damaged_or_foreign_record_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="sangtin init"):
        open_record(f"sqlite:///{tmp_path / 'none.db'}")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"not a database at all" * 500)
    with pytest.raises(EngineError, match="sangtin restore"):
        open_record(f"sqlite:///{damaged}")
    with pytest.raises(SangtinError, match=r"sqlite:///FILE or postgresql"):
        open_record("mysql://root@localhost/x")


def test_causes_are_kept_with_every_change(record: Record) -> None:
    keys = fill(record, 1)
    place_all(record)
    read_all(record, answered(Label.POSITIVE))
    with record.read() as connection:
        found = shown.show(connection, next(iter(keys)))
    assert found
    assert [(s.what, s.bin, s.cause) for s in found.steps] == [
        ("new", Bin.PENDING, Cause.NONE),
        ("placed", Bin.PENDING, Cause.NONE),
        ("settled", Bin.POSITIVE, Cause.MODEL),
    ]
