"""What a model flags: beside the bins, never in them; counted, ranked, and gone with the text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, inspect, select

import sangtin.record.engine
from sangtin.errors import EngineError
from sangtin.post import Act, Bin, Cause, Flag, Kind, Label, Outcome, Prediction, Review, now
from sangtin.record import (
    Record,
    clusters,
    copying,
    erasing,
    flagged,
    following,
    init_record,
    ledger,
    open_record,
    posts,
    queue,
    reviews,
    shown,
)
from sangtin.record.flags import read_flags
from sangtin.record.ledger import Scope
from sangtin.record.schema import metadata, post
from tests.record import empty
from tests.record.checking import (
    START,
    answered,
    assert_reconciled,
    fetched,
    flagging,
    keys_of,
    place_all,
    read_all,
)

NOTHING = {Flag.SCAM: 0, Flag.UNRELIABLE: 0}
SCAM = flagging(answered(Label.NEGATIVE, settled=False), scam=0.9)
RUMOUR = flagging(answered(Label.NEGATIVE), unreliable=0.8)
BOTH = flagging(answered(Label.SPAM, kind=Kind.ADVERT), scam=0.7, unreliable=0.6)


def add(record: Record, count: int = 1) -> dict[str, int]:
    with record.write() as writing:
        posts.add(writing, [fetched(str(n), f"bài số {n}", n * 1_440) for n in range(count)])
    place_all(record)
    return keys_of(record)


def flags_of_all(record: Record) -> dict[str, tuple[Flag, ...]]:
    with record.read() as connection:
        keys = list(keys_of(record).values())
        return {summary.id: summary.flags for summary in shown.summaries(connection, keys)}


def counted(record: Record, *asked: Any) -> dict[Flag, int]:
    with record.read() as connection:
        return flagged.count_flagged(connection, *asked)


def say(record: Record, act: Act, post_id: str = "bao-mau:0", **more: Any) -> int:
    with record.write(durable=True) as writing:
        return reviews.append(writing, Review("an", act, post_id, **more))


MODEL, PERSON = Cause.MODEL, Cause.PERSON


@pytest.mark.parametrize(
    ("result", "read", "flags"),
    [
        (Outcome(Bin.PENDING, Cause.NONE), None, ()),
        (Outcome(Bin.PENDING, Cause.NONE), answered(Label.SPAM), ()),
        (Outcome(Bin.PENDING, Cause.NONE), SCAM, (Flag.SCAM,)),
        (Outcome(Bin.NEGATIVE, MODEL), RUMOUR, (Flag.UNRELIABLE,)),
        (Outcome(Bin.SPAM, MODEL, Kind.ADVERT), BOTH, (Flag.SCAM, Flag.UNRELIABLE)),
        (Outcome(Bin.SPAM, MODEL, Kind.SCAM), RUMOUR, (Flag.SCAM, Flag.UNRELIABLE)),
        (Outcome(Bin.SPAM, PERSON, Kind.SCAM), None, (Flag.SCAM,)),
        (Outcome(Bin.NEGATIVE, PERSON), BOTH, (Flag.UNRELIABLE,)),
        (Outcome(Bin.NEGATIVE, Cause.CLUSTER), SCAM, ()),
        (Outcome(Bin.DUPLICATE, Cause.COPY), BOTH, ()),
    ],
)
def test_a_person_says_what_is_a_scam_and_a_copy_has_no_flag_of_its_own(
    result: Outcome, read: Prediction | None, flags: tuple[Flag, ...]
) -> None:
    assert read_flags(result, read) == flags


def test_a_flag_changes_no_label(record: Record) -> None:
    add(record, 2)
    read_all(record, SCAM)
    with record.read() as connection:
        assert ledger.ledger(connection).pending == 2
    assert flags_of_all(record) == {"bao-mau:0": (Flag.SCAM,), "bao-mau:1": (Flag.SCAM,)}
    assert counted(record) == {Flag.SCAM: 2, Flag.UNRELIABLE: 0}


def test_the_chances_are_kept_with_the_answer(record: Record) -> None:
    add(record)
    read_all(record, BOTH)
    with record.read() as connection:
        found = shown.show(connection, "bao-mau:0")
    assert found
    assert found.predictions[0][2] == BOTH


def test_a_model_that_knows_no_flag_raises_none(record: Record) -> None:
    add(record)
    read_all(record, answered(Label.NEGATIVE))
    with record.read() as connection:
        found = shown.show(connection, "bao-mau:0")
    assert found
    assert found.predictions[0][2].chances == ()
    assert counted(record) == NOTHING


def test_flags_are_counted_by_day_source_and_earlier_moment(record: Record) -> None:
    add(record, 2)
    with record.write() as writing:
        posts.add(writing, [fetched("x", "bài khác nguồn", 0, "dien-dan")])
    place_all(record)
    before = now()
    read_all(record, BOTH)
    first, last = (START + timedelta(hours=7)).date(), (START + timedelta(hours=31)).date()
    assert counted(record) == {Flag.SCAM: 3, Flag.UNRELIABLE: 3}
    assert counted(record, Scope(first, first)) == {Flag.SCAM: 2, Flag.UNRELIABLE: 2}
    assert counted(record, Scope(None, None, "dien-dan")) == {Flag.SCAM: 1, Flag.UNRELIABLE: 1}
    assert counted(record, Scope(), before) == NOTHING
    with record.read() as connection:
        days = flagged.flagged_days(connection, Scope(source="bao-mau"))
    assert days == {day: {Flag.SCAM: 1, Flag.UNRELIABLE: 1} for day in (first, last)}


def test_a_post_that_gets_another_day_takes_its_flags_along(record: Record) -> None:
    add(record)
    read_all(record, SCAM)
    known = fetched("0", "bài số 0", 60)
    with record.write() as writing:
        posts.add(writing, [type(known)(**{**_fields(known), "published_at": START - timedelta(days=3)})])
    with record.read() as connection:
        days = flagged.flagged_days(connection)
    assert list(days) == [(START - timedelta(days=3) + timedelta(hours=7)).date()]


def _fields(known: Any) -> dict[str, Any]:
    return {name: getattr(known, name) for name in known.__dataclass_fields__}


def test_a_label_takes_the_scam_away_and_undoing_brings_it_back(record: Record) -> None:
    add(record)
    read_all(record, BOTH)
    number = say(record, Act.LABEL, label=Label.POSITIVE)
    assert flags_of_all(record)["bao-mau:0"] == (Flag.UNRELIABLE,)
    say(record, Act.UNDO, undoes=number)
    assert flags_of_all(record)["bao-mau:0"] == (Flag.SCAM, Flag.UNRELIABLE)


def test_what_a_person_calls_a_scam_is_flagged(record: Record) -> None:
    add(record)
    read_all(record, answered(Label.POSITIVE))
    say(record, Act.LABEL, label=Label.SPAM, kind=Kind.SCAM)
    assert counted(record) == {Flag.SCAM: 1, Flag.UNRELIABLE: 0}


def test_a_post_called_a_copy_counts_under_no_flag(record: Record) -> None:
    add(record, 2)
    read_all(record, BOTH)
    say(record, Act.SAME_AS, "bao-mau:1", target="bao-mau:0")
    assert counted(record) == {Flag.SCAM: 1, Flag.UNRELIABLE: 1}


def test_a_new_text_has_no_flag_until_it_is_read(record: Record) -> None:
    add(record)
    read_all(record, BOTH)
    with record.write() as writing:
        posts.add(writing, [fetched("0", "một bài khác hẳn", 9_999)])
    assert counted(record) == NOTHING
    place_all(record)
    read_all(record, RUMOUR)
    assert counted(record) == {Flag.SCAM: 0, Flag.UNRELIABLE: 1}


def test_another_models_answer_moves_the_flags_and_is_followed(record: Record) -> None:
    add(record)
    read_all(record, RUMOUR)
    with record.read() as connection:
        _, position = following.changed(connection, 0, 100, {})
    read_all(record, flagging(answered(Label.NEGATIVE, model="m2"), scam=0.6))
    assert counted(record) == {Flag.SCAM: 1, Flag.UNRELIABLE: 0}
    with record.read() as connection:
        found, _ = following.changed(connection, position, 100, {})
    assert [each.summary.flags for each in found if each.summary] == [(Flag.NEGATIVE, Flag.SCAM)]


def test_an_answer_that_only_moves_a_flag_is_followed(record: Record) -> None:
    """The label stays unsure; a change row carries the flag alone."""
    add(record)
    read_all(record, answered(Label.SPAM, settled=False))
    with record.read() as connection:
        _, position = following.changed(connection, 0, 100, {})
    read_all(record, flagging(answered(Label.SPAM, settled=False, model="m2"), unreliable=0.9))
    with record.read() as connection:
        found, _ = following.changed(connection, position, 100, {})
    assert [each.summary.flags for each in found if each.summary] == [(Flag.UNRELIABLE,)]


def test_nothing_of_a_flag_is_left_of_an_erased_post(record: Record) -> None:
    keys = add(record)
    read_all(record, BOTH)
    with record.write() as writing:
        erasing.erase(writing, keys["bao-mau:0"])
    assert counted(record) == NOTHING
    with record.read() as connection:
        assert connection.execute(select(post.c.flags)).scalar_one() == ""
        assert ledger.ledger(connection).spam == 1


def test_flags_stand_beside_those_of_clusters(record: Record) -> None:
    keys = add(record)
    read_all(record, BOTH)
    with record.write() as writing:
        clusters.set_burst(writing, [f"c{keys['bao-mau:0']}"])
    assert flags_of_all(record)["bao-mau:0"] == (Flag.SCAM, Flag.UNRELIABLE, Flag.BURST)


def _asked(record: Record) -> list[str]:
    with record.read() as connection:
        return [summary.id for summary in queue.queue(connection, "an", 99)]


def _each(record: Record, *answers: Prediction) -> None:
    """Posts 0, 1 …, each with an answer of its own, the newest read first."""
    for n, given in enumerate(answers):
        with record.write() as writing:
            posts.add(writing, [fetched(str(n), f"bài số {n}", n)])
        place_all(record)
        read_all(record, given)


def test_a_scam_is_looked_at_whatever_its_label_and_rumours_are_ranked_first(record: Record) -> None:
    unsure = answered(Label.POSITIVE, settled=False)
    _each(
        record,
        flagging(answered(Label.POSITIVE)),
        flagging(answered(Label.POSITIVE), scam=0.9),
        flagging(unsure),
        flagging(unsure, unreliable=0.9),
        flagging(answered(Label.NEGATIVE)),
        flagging(answered(Label.NEGATIVE), unreliable=0.9),
    )
    assert _asked(record) == ["bao-mau:5", "bao-mau:4", "bao-mau:1", "bao-mau:3", "bao-mau:2"]


def test_looking_unreliable_alone_brings_nothing_before_people(record: Record) -> None:
    _each(record, flagging(answered(Label.POSITIVE), unreliable=0.99))
    assert _asked(record) == []
    assert counted(record)[Flag.UNRELIABLE] == 1


# A record of the first schema, brought up to date


def _fill(record: Record) -> None:
    """Scams by model and by person, one erased, one edited since, one now called something else."""
    keys = add(record, 5)
    read_all(record, answered(Label.SPAM, kind=Kind.SCAM))
    say(record, Act.LABEL, "bao-mau:1", label=Label.SPAM, kind=Kind.ADVERT)
    with record.write() as writing:
        erasing.erase(writing, keys["bao-mau:2"])
        posts.add(writing, [fetched("3", "một bài khác hẳn", 9_999)])


def _first_schema(connection: Connection) -> None:
    config = Config()
    folder = Path(sangtin.record.engine.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


def _pour(source: Record, url: str) -> None:
    """The rows of a record in a new one of the first schema, which lacks what came later."""
    there = sangtin.record.engine.Record(sangtin.record.engine._engine(url, create=True))
    with there.engine.connect() as plain:
        connection = plain.execution_options(sangtin_write=True)
        with connection.begin(), source.read() as reading:
            _first_schema(connection)
            old = MetaData()
            old.reflect(connection)
            for table in metadata.sorted_tables:
                if table.name in old.tables and (rows := reading.execute(select(table)).mappings().all()):
                    names = old.tables[table.name].c.keys()
                    kept = [{name: row[name] for name in names} for row in rows]
                    typed = [column for column in table.c if column.name in names]
                    connection.execute(_insert(table, typed), kept)
    with source.read() as reading:
        copying._finish(reading, there)
    there.close()


def _insert(table: Any, columns: list[Any]) -> Any:
    """An insert of these columns alone, typed as the present schema types them."""
    from sqlalchemy import Column, Table

    return Table(table.name, MetaData(), *(Column(c.name, c.type) for c in columns)).insert()


@pytest.mark.parametrize("engine", ["sqlite", *empty.ON_SERVERS])
def test_a_record_of_the_first_schema_is_brought_up_to_date(engine: str, tmp_path: Path) -> None:
    now_is = open_record(empty.on_sqlite(tmp_path))
    _fill(now_is)
    if engine == "sqlite":
        _up_to_date(now_is, f"sqlite:///{tmp_path / 'old.db'}")
    else:
        with empty.bare_postgresql() as url:
            _up_to_date(now_is, url)
    now_is.close()


def _up_to_date(before: Record, url: str) -> None:
    _pour(before, url)
    with pytest.raises(EngineError, match="sangtin init"):
        open_record(url)
    after = init_record(url)
    with after.read() as connection:
        assert "flagged" in inspect(connection).get_table_names()
    assert_reconciled(after)
    assert flags_of_all(after) == flags_of_all(before)
    assert counted(after) == {Flag.SCAM: 2, Flag.UNRELIABLE: 0}
    then = _moments(before)
    assert [counted(after, Scope(), at) for at in then] == [counted(before, Scope(), at) for at in then]
    read_all(after, flagging(answered(Label.NEGATIVE, model="m2"), unreliable=0.7))
    assert_reconciled(after)
    assert counted(after)[Flag.UNRELIABLE] == 3
    after.close()


def _moments(record: Record) -> list[Any]:
    with record.read() as connection:
        keys = keys_of(record)
        return sorted({step.at for name in keys for step in shown.show(connection, name).steps})  # type: ignore[union-attr] # all are there
