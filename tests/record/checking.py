"""A record → its ledger counted in every way there is, all of which must agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, func, select

from sangtin.post import Chance, Flag, Kind, Label, Post, Prediction, Relation
from sangtin.record import Record, Writing, flagged, ledger, models, placing, reading
from sangtin.record.flags import flags_of, read_flags
from sangtin.record.ledger import Scope
from sangtin.record.outcome import outcome
from sangtin.record.schema import change, counter, lease, membership, monthly, post, rollup
from sangtin.record.schema import flagged as flags_table
from sangtin.record.settling import evidence

START = datetime(2026, 10, 1, tzinfo=UTC)


def fetched(native_id: str, text: str, minute: int = 0, source: str = "bao-mau") -> Post:
    """A post fetched some minutes after the start of October."""
    return Post(source, native_id, text, fetched_at=START + timedelta(minutes=minute))


def place_all(
    record: Record, copies: dict[int, int] | None = None, relation: Relation = Relation.NEAR
) -> None:
    """Place everything that waits: each post alone, but for the copies (key → key of its original)."""
    copies = copies or {}
    with record.read() as connection:
        waiting = placing.unplaced(connection, 10_000)
    with record.write() as writing:
        placing.place(
            writing,
            [place_of(each, copies.get(each.key), relation) for each in waiting],
        )


def place_of(
    each: placing.Unplaced, of: int | None = None, relation: Relation = Relation.NEAR
) -> placing.Place:
    """A place alone, or as a copy of a post in the cluster that is named after it."""
    return placing.Place(
        key=each.key,
        revision=each.revision,
        cluster=f"c{of or each.key}",
        of=of,
        relation=relation if of else Relation.ORIGINAL,
        similarity=0.9,
        containment=0.9,
        reason="",
        normal_hash=each.key.to_bytes(8, "big"),
        scheme="test",
        signature=b"\x00" * 8,
        moment=each.moment,
    )


def answered(label: Label, settled: bool = True, model: str = "m1", kind: Kind | None = None) -> Prediction:
    """A prediction that is sure of one label, by a model that knows no flag."""
    p = dict.fromkeys(Label, 0.04) | {label: 0.92}
    return Prediction(
        model, "linear", label, kind, p[Label.SPAM], p[Label.NEGATIVE], p[Label.POSITIVE], settled
    )


def flagging(prediction: Prediction, scam: float = 0.1, unreliable: float = 0.1) -> Prediction:
    """The same by a model that knows both flags, and raises each from a chance of one half on."""
    chances = ((Flag.SCAM, scam), (Flag.UNRELIABLE, unreliable))
    return replace(prediction, chances=tuple(Chance(flag, chance, chance >= 0.5) for flag, chance in chances))


def read_all(record: Record, prediction: Prediction) -> int:
    """Let a model give one answer to everything that waits for it; how many posts it read."""
    with record.write() as writing:
        key = models.use_model(writing, prediction.model, "")
    with record.write() as writing:
        waiting = reading.hold_unread(writing, key, _reader_lease(writing), 10_000)
        fresh = [reading.Answer(u.key, u.revision, prediction) for u in waiting if not u.answered]
        reading.answer(writing, key, fresh, [u.key for u in waiting if u.answered])
    return len(fresh)


def keys_of(record: Record) -> dict[str, int]:
    """Post id → key."""
    with record.read() as connection:
        return dict(connection.execute(select(post.c.id, post.c.key)).all())


def assert_reconciled(record: Record) -> None:
    """Both equations, the roll-up, the posts, the changes and the outcome function say the same."""
    with record.read() as connection:
        _equations_hold(connection)
        _rollup_agrees(connection)
        _numbers_have_no_gap(connection)
        _outcomes_follow(connection)
        _no_double_place(connection)


def _equations_hold(connection: Connection) -> None:
    total = ledger.ledger(connection)
    assert total.identified == total.verified + total.pending
    assert total.verified == total.duplicate + total.spam + total.negative + total.positive


def _rollup_agrees(connection: Connection) -> None:
    assert ledger.ledger(connection) == ledger.recount(connection)
    counted: Counter[tuple[object, ...]] = Counter()
    columns = (post.c.day, post.c.source, post.c.bin, func.coalesce(post.c.kind, ""))
    for *cell, posts in connection.execute(select(*columns, func.count()).group_by(*columns)):
        counted[tuple(cell)] = posts
    cells = connection.execute(select(rollup).where(rollup.c.posts != 0))
    assert {tuple(cell): posts for *cell, posts in cells} == dict(counted)
    flags_found = {
        tuple(cell): posts
        for *cell, posts in connection.execute(select(flags_table).where(flags_table.c.posts != 0))
    }
    flags: Counter[tuple[object, ...]] = Counter()
    for day, source, said in connection.execute(select(post.c.day, post.c.source, post.c.flags)):
        flags.update((day, source, flag.value) for flag in flags_of(said))
    assert flags_found == dict(flags)
    assert flagged.count_flagged(connection) == flagged.recount_flagged(connection)
    months: Counter[tuple[object, ...]] = Counter()
    for (day, *where), posts in counted.items():
        assert isinstance(day, date)
        months[day.replace(day=1), *where] += posts
    whole = connection.execute(select(monthly).where(monthly.c.posts != 0))
    assert {tuple(cell): posts for *cell, posts in whole} == dict(months)
    for day in connection.execute(select(post.c.day).distinct()).scalars():
        scope = Scope(day, day)
        assert flagged.count_flagged(connection, scope) == flagged.recount_flagged(connection, scope)
        assert ledger.ledger(connection, scope) == ledger.recount(connection, scope)


def _numbers_have_no_gap(connection: Connection) -> None:
    numbers = list(connection.execute(select(change.c.number).order_by(change.c.number)).scalars())
    assert numbers == list(range(1, len(numbers) + 1))
    assert connection.execute(select(counter.c.value)).scalar_one() == len(numbers)


def _outcomes_follow(connection: Connection) -> None:
    rows = {row.key: row for row in connection.execute(select(post).where(post.c.erased_at.is_(None)))}
    for key, known in evidence(connection, list(rows)).items():
        result = outcome(known)
        row = rows[key]
        if row.placed:
            assert (row.bin, row.kind, row.cause) == (result.bin, result.kind, result.cause), key
            assert flags_of(row.flags) == read_flags(result, known.prediction), key


def _no_double_place(connection: Connection) -> None:
    twice = select(membership.c.post).group_by(membership.c.post, membership.c.revision)
    assert not connection.execute(twice.having(func.count() > 1)).all()


def _reader_lease(writing: Writing) -> str:
    row = {"name": "read:test", "holder": "test", "host": "", "pid": 0, "began": ""}
    found = writing.connection.execute(select(lease).where(lease.c.name == "read:test")).first()
    if not found:
        writing.connection.execute(lease.insert().values(expires_at=START + timedelta(days=9_999), **row))
    return "test"
