"""The index follows the record: in order, once each, whatever happened to it meanwhile."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sangtin import follower
from sangtin.errors import BusyError, EngineError
from sangtin.post import Act, Bin, Flag, Kind, Label, Review
from sangtin.record import (
    Record,
    erasing,
    flagged,
    following,
    init_record,
    leases,
    new_epoch,
    posts,
    reviews,
    sources,
)
from sangtin.search import Filters, Search, open_search, parse
from tests.record.checking import answered, assert_reconciled, fetched, flagging, keys_of, place_all, read_all

ALL = parse("")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    made = init_record(f"sqlite:///{tmp_path / 'record.db'}")
    with made.write() as writing:
        sources.ensure(writing, "bao-mau")
        posts.add(writing, [fetched(str(n), f"nước lên ở xã số {n}", n) for n in range(5)])
    yield made
    assert_reconciled(made)
    made.close()


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with contextlib.closing(open_search(f"sqlite:///{tmp_path / 'search.db'}")) as opened:
        yield opened


def test_it_brings_every_change_once(record: Record, search: Search) -> None:
    assert follower.lag(record, search) == 5
    assert follower.follow(record, search) == 0
    assert search.total(ALL) == 5
    place_all(record)
    read_all(record, answered(Label.NEGATIVE))
    assert follower.lag(record, search) == 10
    follower.follow(record, search)
    assert search.total(ALL, Filters(bins=(Bin.NEGATIVE,))) == 5
    assert follower.check(record, search) == follower.Checked(5, 0, True)


def test_record_and_index_count_the_same_flags(record: Record, search: Search) -> None:
    place_all(record)
    read_all(record, flagging(answered(Label.NEGATIVE), unreliable=0.8))
    follower.follow(record, search)
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.LABEL, "bao-mau:1", label=Label.SPAM, kind=Kind.SCAM))
        erasing.erase(writing, keys_of(record)["bao-mau:2"])
    follower.follow(record, search)
    with record.read() as connection:
        counts = flagged.count_flagged(connection)
    assert counts == {Flag.SCAM: 1, Flag.UNRELIABLE: 4}
    assert {flag: search.facets(ALL).flags[flag] for flag in counts} == counts
    assert search.total(parse("flag:unreliable")) == 4
    assert search.total(parse("cờ:lừa_đảo")) == 1
    assert search.total(parse("flag:scam flag:unreliable")) == 1
    assert follower.check(record, search) == follower.Checked(4, 0, True)
    read_all(record, flagging(answered(Label.NEGATIVE, model="m2"), scam=0.9))
    follower.follow(record, search)
    assert search.total(parse("flag:unreliable")) == 0
    assert follower.check(record, search) == follower.Checked(4, 0, True)


def test_what_was_erased_leaves_the_index(record: Record, search: Search) -> None:
    follower.follow(record, search)
    with record.write() as writing:
        erasing.erase(writing, keys_of(record)["bao-mau:2"])
    follower.follow(record, search)
    assert search.total(ALL) == 4
    assert search.get(["bao-mau:2"]) == {}
    assert follower.check(record, search).agree


def test_a_restored_record_is_another_history_and_is_indexed_anew(record: Record, search: Search) -> None:
    follower.follow(record, search)
    with record.write() as writing:
        new_epoch(writing)
    assert follower.lag(record, search) == 5
    assert follower.follow(record, search) == 0
    assert follower.check(record, search) == follower.Checked(5, 0, True)


def test_an_index_of_another_version_is_built_again(record: Record, search: Search, tmp_path: Path) -> None:
    import sqlite3

    follower.follow(record, search)
    search.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "search.db")) as connection:
        changed = connection.execute(
            "UPDATE meta SET value = 'an older layout' WHERE name = 'layout'"
        ).rowcount
        connection.commit()
    assert changed == 1
    with contextlib.closing(open_search(f"sqlite:///{tmp_path / 'search.db'}")) as again:
        assert follower.lag(record, again) == 5
        assert follower.follow(record, again) == 0
        assert again.total(ALL) == 5


def test_an_index_deleted_while_it_is_followed_is_never_called_complete(
    record: Record, search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 2)

    def delete(_count: int) -> None:
        for file in tmp_path.glob("search.db*"):
            file.unlink()

    with pytest.raises(EngineError, match=r"deleted or restored .*index follow"):
        follower.follow(record, search, delete)
    with contextlib.closing(open_search(f"sqlite:///{tmp_path / 'search.db'}")) as again:
        assert follower.lag(record, again) == 5
        assert follower.follow(record, again) == 0
        assert again.total(ALL) == 5


def test_check_mends_what_is_missing_wrong_or_too_much(record: Record, search: Search) -> None:
    from dataclasses import replace

    from sangtin.search import Gone, Position

    follower.follow(record, search)
    position = search.position()
    assert position
    held = search.get(["bao-mau:1", "bao-mau:3"])
    wrong = replace(held["bao-mau:1"], text="chữ khác hẳn", number=held["bao-mau:1"].number + 1)
    extra = replace(held["bao-mau:3"], id="bao-mau:khong-co", number=position.number)
    gone = Gone("bao-mau:3", held["bao-mau:3"].number)
    search.apply([wrong, extra], [gone], Position(position.epoch, position.number))
    found = follower.check(record, search)
    assert (found.posts, found.mended, found.agree) == (5, 3, True)
    assert search.get(["bao-mau:1"])["bao-mau:1"].text == "nước lên ở xã số 1"


def test_one_follower_at_a_time(record: Record, search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "PATIENCE_S", 0.0)
    other = leases.take(record, follower.lease_name(search))
    assert other
    with pytest.raises(BusyError):
        follower.rebuild(record, search)
    with pytest.raises(BusyError):
        follower.check(record, search)
    other.give_back()
    follower.rebuild(record, search)
    assert search.total(ALL) == 5


def test_watching_outlives_an_engine_and_goes_on_by_itself(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(follower, "FIRST_WAIT_S", 0.0)
    broken = tmp_path / "search.db"
    broken.write_bytes(b"no index at all " * 512)
    with contextlib.closing(open_search(f"sqlite:///{broken}")) as search:
        watching = follower.Watching(record, search)
        watching.follow()
        watching.follow()
        assert watching.failure
        assert capsys.readouterr().err.count("tried again") == 1
    broken.unlink()
    with contextlib.closing(open_search(f"sqlite:///{broken}")) as search:
        watching._search = search
        watching.follow()
        assert watching.failure == ""
        assert search.total(ALL) == 5


def test_an_engine_that_failed_is_left_alone_for_a_while_and_ever_longer(
    record: Record, search: Search
) -> None:
    waits = [0.0]
    for _ in range(9):
        waits.append(follower.next_wait(waits[-1]))
    assert waits[1:3] == [follower.FIRST_WAIT_S, 2 * follower.FIRST_WAIT_S]
    assert waits == sorted(waits)
    assert waits[-1] == follower.LONGEST_WAIT_S


def test_watching_leaves_another_follower_alone(record: Record, search: Search) -> None:
    other = leases.take(record, follower.lease_name(search))
    assert other
    watching = follower.Watching(record, search)
    watching.follow()
    assert (watching.failure, search.total(ALL)) == ("", 0)
    other.give_back()
    watching.follow()
    assert search.total(ALL) == 5


def test_two_indexes_are_followed_side_by_side(record: Record, search: Search, tmp_path: Path) -> None:
    """As when a new server is filled beside the old one, which goes on being followed meanwhile."""
    with contextlib.closing(open_search(f"sqlite:///{tmp_path / 'new.db'}")) as new:
        filling = leases.take(record, follower.lease_name(new))
        assert filling
        assert follower.follow(record, search) == 0
        assert (search.total(ALL), new.total(ALL)) == (5, 0)
        filling.give_back()
        assert follower.follow(record, new) == 0
        with record.write() as writing:
            posts.add(writing, [fetched("6", "nước lên ở xã số 6", 6)])
        for each in (search, new):
            assert follower.lag(record, each) == 1
            assert follower.check(record, each) == follower.Checked(6, 0, True)
        with record.write() as writing:
            following.refuse(writing, new.name(), [("bao-mau:6", 11, "too long")])
        assert follower.refused(record, search) == []
        assert follower.refused(record, new) == [("bao-mau:6", "too long")]


def test_an_index_has_one_follower_however_it_is_reached(
    record: Record, search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with contextlib.closing(open_search("sqlite:///../" + tmp_path.name + "/search.db")) as same:
        held = leases.take(record, follower.lease_name(same))
        assert held
        watching = follower.Watching(record, search)
        watching.follow()
        assert search.total(ALL) == 0
        held.give_back()


def test_watching_stops_in_time_and_says_that_there_is_more(
    record: Record, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 2)
    watching = follower.Watching(record, search)
    assert watching.follow(within=-1.0)
    assert search.total(ALL) == 0
    assert not watching.follow()
    assert search.total(ALL) == 5
    assert not watching.follow(within=-1.0)


def test_what_the_index_refuses_is_kept_with_its_reason_until_it_is_taken(
    record: Record, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from sangtin.search import Document
    from sangtin.search.fts5 import File

    taken = File.apply

    def picky(self: File, documents: list[Document], *rest: object) -> object:
        """As if the index could not hold one of the names."""
        spoilt = [dataclasses.replace(d, source="\ud800") if d.id == "bao-mau:3" else d for d in documents]
        return taken(self, spoilt, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(File, "apply", picky)
    assert follower.follow(record, search) == 0
    ((post_id, reason),) = follower.refused(record, search)
    assert (post_id, search.total(ALL)) == ("bao-mau:3", 4)
    assert "Unicode" in reason
    assert follower.check(record, search).agree
    monkeypatch.undo()
    with record.write() as writing:
        posts.add(writing, [fetched("3", "nước rút ở xã số 3", 30)])
    follower.follow(record, search)
    assert follower.refused(record, search) == []
    assert search.total(ALL) == 5


def test_a_rebuild_and_a_check_wait_for_who_follows(record: Record, search: Search) -> None:
    for act in (follower.rebuild, follower.check):
        other = leases.take(record, follower.lease_name(search))
        assert other
        giving = threading.Timer(0.5, other.give_back)
        giving.start()
        act(record, search)
        giving.join()
    assert search.total(ALL) == 5


def test_what_changes_while_it_is_compared_is_no_difference(
    record: Record, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One post is edited and one erased after the index was read, before the record is."""
    follower.follow(record, search)
    compare = follower._side_by_side

    def meddling(*given: object) -> object:
        monkeypatch.undo()
        held = list(search.digests())
        with record.write() as writing:
            posts.add(writing, [fetched("1", "nước rút rồi", 60)])
            erasing.erase(writing, keys_of(record)["bao-mau:2"])
        with record.read() as connection:
            wanted = [c for page in following.pages(connection, 100) for c in page]
        return compare(iter(wanted), iter(held))

    monkeypatch.setattr(follower, "_side_by_side", meddling)
    assert follower.check(record, search) == follower.Checked(4, 0, True)
