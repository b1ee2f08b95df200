"""A record moves to another engine whole: killed anywhere it goes on, and nothing opens it half."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from sangtin.errors import BusyError, EngineError, UsageError
from sangtin.post import Act, Label, Review, Source, SourceType
from sangtin.record import (
    Record,
    accounts,
    copying,
    erasing,
    following,
    init_record,
    leases,
    models,
    open_record,
    posts,
    reviews,
    runs,
    sources,
)
from sangtin.record.schema import lease, membership, meta, metadata, post
from tests.pipeline.running import Home
from tests.record import empty
from tests.record.checking import (
    answered,
    assert_reconciled,
    fetched,
    flagging,
    keys_of,
    place_all,
    read_all,
)

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(params=["sqlite", *empty.ON_SERVERS])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place without a record."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'copy' / 'record.db'}"
        return
    with empty.bare_postgresql() as url:
        yield url


def fill(record: Record) -> None:
    """Something in every table that holds history: copies, answers, acts, an erased post, a refused one."""
    with record.write() as writing:
        posts.add(writing, [fetched(str(n), f"bài số {n} – nước lên 🌊", n) for n in range(40)])
        models.use_model(writing, "m1", "")
        accounts.put_person(writing, "an", "analyst")
        accounts.make_key(writing, "an")
        run = runs.begin(writing, "import", "bao-mau", "posts.jsonl")
        runs.end(writing, run.id, "done", {"new": 40, "rejected": {"no text": 1}})
        sources.put(writing, Source("to-bao", SourceType.FILE, news=True))
        sources.set_cursor(writing, "bao-mau", {"etag": "x"})
    keys = keys_of(record)
    place_all(record, {keys["bao-mau:3"]: keys["bao-mau:1"], keys["bao-mau:4"]: keys["bao-mau:1"]})
    read_all(record, flagging(answered(Label.NEGATIVE), scam=0.9, unreliable=0.8))
    with record.write(durable=True) as writing:
        number = reviews.append(writing, Review("an", Act.LABEL, "bao-mau:1", True, Label.POSITIVE))
        reviews.append(writing, Review("an", Act.UNDO, "bao-mau:1", undoes=number))
        reviews.append(writing, Review("an", Act.LABEL, "bao-mau:5", False, Label.SPAM))
        accounts.note(writing, "an", "export", "3 rows")
        erasing.erase(writing, keys["bao-mau:7"])
        posts.add(writing, [fetched("8", "đã sửa", 100)])
        following.refuse(writing, "follow", [("bao-mau:9", 9, "too long")])
        writing.connection.execute(delete(lease))  # of the reader in these tests, who never ends


def rows(record: Record) -> Rows:
    """All that a copy must hold."""
    with record.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in copying.LEFT | {"meta"}
        }


def url_of(record: Record) -> str:
    return record.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")


def checked(url: str, expected: Rows) -> None:
    with contextlib.closing(open_record(url)) as copied:
        assert rows(copied) == expected
        assert_reconciled(copied)


def test_a_copy_is_equal_under_an_epoch_of_its_own(record: Record, target: str) -> None:
    fill(record)
    steps: list[int] = []
    total = copying.size(record)
    done = copying.copy(record, target, steps.append)
    assert (done.posts, done.rows) == (40, done.written)
    assert sum(steps) == total == 2 * done.rows
    checked(target, rows(record))
    with contextlib.closing(open_record(target)) as copied:
        assert copied.epoch() != record.epoch()


def test_a_copy_never_gives_a_key_again(record: Record, target: str) -> None:
    fill(record)
    with record.write() as writing:
        posts.add(writing, [fetched("last", "bài cuối", 200)])
    place_all(record)
    with record.write() as writing:
        last = writing.connection.execute(select(membership.c.key).order_by(membership.c.key.desc())).scalar()
        erasing.erase(writing, keys_of(record)["bao-mau:last"])
    copying.copy(record, target)
    with contextlib.closing(open_record(target)) as copied:
        with copied.write() as writing:
            assert posts.add(writing, [fetched("new", "bài mới", 201)]).new == 1
        place_all(copied)
        with copied.read() as connection:
            newest = connection.execute(select(membership.c.key).order_by(membership.c.key.desc())).scalar()
            keys = connection.execute(select(post.c.key)).scalars().all()
        assert last is not None
        assert newest is not None
        assert newest > last
        assert max(keys) == keys_of(copied)["bao-mau:new"]
        assert_reconciled(copied)


def test_what_was_cut_short_goes_on_with_what_changed_meanwhile(
    record: Record, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 7)
    fill(record)
    for steps in (3, 20, 60):
        with pytest.raises(KeyboardInterrupt):
            copying.copy(record, target, stopping_after(steps))
        with pytest.raises(EngineError, match="half of a copy"):
            open_record(target)
        with pytest.raises(EngineError, match="half of a copy"):
            init_record(target)
        with record.write() as writing:
            erasing.erase(writing, keys_of(record)[f"bao-mau:{steps % 30 + 10}"])
            posts.add(
                writing, [fetched(f"late{steps}", "bài muộn", steps), fetched("8", f"sửa {steps}", 300)]
            )
            stood = select(membership.c.post).order_by(membership.c.key).limit(1)
            free = writing.connection.execute(stood).scalar_one()
            writing.connection.execute(update(post).where(post.c.key == free).values(placed=False))
        place_all(record)
    done = copying.copy(record, target)
    assert done.written < done.rows
    checked(target, rows(record))


def stopping_after(steps: int) -> Callable[[int], None]:
    left = steps

    def advance(_count: int) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise KeyboardInterrupt

    return advance


def test_a_record_that_is_worked_on_is_not_copied(record: Record, target: str) -> None:
    fill(record)
    reader = leases.take(record, "read:1")
    assert reader
    with pytest.raises(BusyError, match="read:1"):
        copying.copy(record, target)
    reader.give_back()

    def meddle(_count: int) -> None:
        with record.write() as writing:
            accounts.note(writing, "an", "read", "bao-mau:1")

    if not record.on_sqlite or target.startswith("sqlite"):
        with pytest.raises(BusyError, match="changed while"):
            copying.copy(record, target, meddle)
        with pytest.raises(EngineError, match="half of a copy"):
            open_record(target)
    copying.copy(record, target)
    checked(target, rows(record))


def test_no_other_record_is_written_over(record: Record, target: str, tmp_path: Path) -> None:
    fill(record)
    with pytest.raises(UsageError, match="itself"):
        copying.copy(record, url_of(record))
    with pytest.raises(UsageError, match="is not a URL"):
        copying.copy(record, "blah")
    with contextlib.closing(init_record(target)) as other, other.write() as writing:
        sources.ensure(writing, "bao-mau")
        posts.add(writing, [fetched("1", "của người khác")])
    with pytest.raises(UsageError, match="already"):
        copying.copy(record, target)
    with contextlib.closing(open_record(target)) as other:
        assert list(keys_of(other)) == ["bao-mau:1"]


def test_the_half_of_one_record_is_not_finished_with_another(record: Record, target: str) -> None:
    fill(record)
    with pytest.raises(KeyboardInterrupt):
        copying.copy(record, target, stopping_after(1))
    with record.write() as writing:
        writing.connection.execute(update(meta).where(meta.c.name == "epoch").values(value="another"))
    with pytest.raises(UsageError, match="another record"):
        copying.copy(record, target)


def test_a_place_that_was_only_initialised_takes_a_copy(record: Record, target: str) -> None:
    fill(record)
    with contextlib.closing(init_record(target)) as made, made.write() as writing:
        accounts.put_person(writing, "local", "operator")
        models.use_model(writing, "another", "/elsewhere")
    copying.copy(record, target)
    checked(target, rows(record))


def test_a_difference_is_found_by_the_comparison(
    record: Record, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(record)
    whole = copying._bring

    def lossy(*given: object) -> int:
        written = whole(*given)  # type: ignore[arg-type]
        with contextlib.closing(init_record(target, copying=True)) as made, made.write() as writing:
            writing.connection.execute(delete(metadata.tables["audit"]))
        return written

    monkeypatch.setattr(copying, "_bring", lossy)
    with pytest.raises(EngineError, match="audit differs"):
        copying.copy(record, target)
    monkeypatch.undo()
    copying.copy(record, target)
    checked(target, rows(record))


@pytest.mark.servers
def test_what_postgresql_cannot_store_is_named(tmp_path: Path) -> None:
    if not empty.has_server():
        pytest.skip("neither SANGTIN_TEST_POSTGRESQL nor SANGTIN_TEST_SERVERS is set")
    with (
        contextlib.closing(open_record(empty.on_sqlite(tmp_path))) as record,
        empty.bare_postgresql() as target,
    ):
        fill(record)
        with record.write() as writing:
            broken = text("UPDATE revision SET text = 'a' || char(0) || 'b' WHERE post = :key")
            writing.connection.execute(broken, {"key": keys_of(record)["bao-mau:2"]})
        with pytest.raises(EngineError, match=r"revision.*NUL"):
            copying.copy(record, target)
        with record.write(durable=True) as writing:
            erasing.erase(writing, keys_of(record)["bao-mau:2"])
        copying.copy(record, target)
        checked(target, rows(record))


@pytest.mark.parametrize(
    "point",
    ["copying:_mark", "copying:_write", "copying:_bring", "copying:_compare", "copying:new_epoch"],
)
def test_killed_at_any_point_it_goes_on(target: str, tmp_path: Path, point: str) -> None:
    with contextlib.closing(open_record(empty.on_sqlite(tmp_path))) as record:
        fill(record)
        home = Home(tmp_path / "home")
        command = ("record", "copy", url_of(record), target)
        calls = 3 if point.endswith("_write") else 1
        assert home.die(f"sangtin.record.{point}", calls, *command)
        done = home.json(*command)
        assert (done["posts"], done["rows"]) == (40, copying.size(record) // 2)
        checked(target, rows(record))
        assert "already" in home.run(*command, expect=2)
