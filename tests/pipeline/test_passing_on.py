"""The copies' index of a home is a cache of one record as one placer left it, whoever placed in between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from sangtin.errors import BusyError
from sangtin.pipeline import home
from sangtin.pipeline.erasing import erase
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Relation
from sangtin.record import erasing, init_record, new_epoch, posts, shown, sources
from sangtin.record.schema import lease
from sangtin.settings import Settings
from tests.record.checking import assert_reconciled, fetched

FLOOD = "Nước lũ lên nhanh ở hạ lưu, bà con xóm dưới cần thuyền và áo phao ngay trong tối nay"
MARKET = "Chợ chiều nay vắng hơn mọi hôm vì mưa to, mấy cô bán cá dọn hàng về sớm từ bốn giờ"


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Parts, Parts]]:
    """Two homes on one record."""
    url = f"sqlite:///{tmp_path / 'shared' / 'record.db'}"
    with contextlib.ExitStack() as stack:
        found = []
        for name in ("first", "second"):
            settings = Settings(home=tmp_path / name, record=url, search="")
            home.init(settings)
            found.append(stack.enter_context(opened(settings)))
        with found[0].record.write() as writing:
            sources.ensure(writing, "bao-mau")
        yield found[0], found[1]
        assert_reconciled(found[0].record)


def place(parts: Parts, *texts: tuple[str, str]) -> None:
    """Add posts (native id, text) and place all that wait, as one run of a placer."""
    with parts.record.write() as writing:
        posts.add(writing, [fetched(name, text, at) for at, (name, text) in enumerate(texts)])
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass


def relation(parts: Parts, name: str) -> Relation:
    with parts.record.read() as connection:
        (found,) = shown.summaries_by_id(connection, [f"bao-mau:{name}"])
    assert found.membership is not None
    return found.membership.relation


def test_a_placer_sees_what_another_machines_placed(machines: tuple[Parts, Parts]) -> None:
    first, second = machines
    place(first, ("1", MARKET))
    place(second, ("2", FLOOD))
    place(first, ("3", FLOOD + "!"), ("4", MARKET + "."))
    place(second, ("5", MARKET + "…"))
    assert relation(first, "1") is relation(first, "2") is Relation.ORIGINAL
    assert all(relation(first, name) in (Relation.EXACT, Relation.NEAR) for name in "345")


def test_what_another_machine_forgot_is_forgotten_here_too(machines: tuple[Parts, Parts]) -> None:
    first, second = machines
    place(first, ("1", FLOOD))
    place(second, ("2", MARKET))
    erase(second, "bao-mau:1", "an")
    place(first, ("3", FLOOD + " mau lên bà con ơi"))
    assert relation(first, "3") is Relation.ORIGINAL
    keys = (first.settings.home / "copies" / "keys").read_bytes()
    assert [int.from_bytes(keys[at : at + 8], "little") for at in range(0, len(keys), 8)] == [2, 3]


def files(parts: Parts) -> dict[str, bytes]:
    """What a home's folder of the copies' index holds."""
    return {path.name: path.read_bytes() for path in sorted((parts.settings.home / "copies").iterdir())}


def test_who_slept_while_its_lease_passed_on_leaves_the_index_to_the_next(
    machines: tuple[Parts, Parts],
) -> None:
    parts, _ = machines
    with parts.record.write() as writing:
        posts.add(writing, [fetched("1", FLOOD)])
    sleeper = Placing(parts)
    assert sleeper.place_some().posts == 1
    with parts.record.write() as writing:
        writing.connection.execute(delete(lease))  # as the next one does once it lapsed
    place(parts, ("2", MARKET), ("3", MARKET + " Ai cũng lo tối nay nước về sớm hơn hôm qua."))
    erase(parts, "bao-mau:1", "an")
    left = files(parts)
    with pytest.raises(BusyError), sleeper:
        with parts.record.write() as writing:
            posts.add(writing, [fetched("4", FLOOD, 9)])
        sleeper.place_some()
    assert files(parts) == left
    place(parts, ("5", MARKET + "!"))
    assert relation(parts, "5") is Relation.EXACT


def test_who_slept_forgets_nothing_in_the_next_ones_index(machines: tuple[Parts, Parts]) -> None:
    parts, _ = machines
    place(parts, ("1", FLOOD), ("2", MARKET))
    sleeper = Placing(parts)
    assert sleeper.forget_erased()
    with parts.record.write() as writing:
        writing.connection.execute(delete(lease))
        erasing.erase(writing, 1)
    left = files(parts)
    with pytest.raises(BusyError), sleeper:
        sleeper.forget_erased()
    assert files(parts) == left


def test_a_cache_that_is_ahead_of_a_restored_record_is_made_anew(machines: tuple[Parts, Parts]) -> None:
    first, _ = machines
    place(first, ("1", FLOOD), ("2", MARKET))
    marker = first.settings.home / "copies" / "record"
    before = marker.read_text()
    place(first, ("3", MARKET + "."))
    assert marker.read_text() == before
    with first.record.write() as writing:
        new_epoch(writing)
    place(first, ("4", FLOOD + "."))
    assert marker.read_text() != before
    assert relation(first, "4") in (Relation.EXACT, Relation.NEAR)


def test_another_record_in_the_same_home_shares_no_cache(
    machines: tuple[Parts, Parts], tmp_path: Path
) -> None:
    first, _ = machines
    place(first, ("1", FLOOD), ("2", MARKET))
    url = f"sqlite:///{tmp_path / 'other' / 'record.db'}"
    with contextlib.closing(init_record(url)) as made, made.write() as writing:
        sources.ensure(writing, "bao-mau")
    with opened(first.settings.model_copy(update={"record": url})) as other:
        place(other, ("9", MARKET), ("8", FLOOD))
        assert relation(other, "8") is relation(other, "9") is Relation.ORIGINAL
        place(other, ("7", FLOOD + "!"))
        assert relation(other, "7") in (Relation.EXACT, Relation.NEAR)
    place(first, ("3", FLOOD + "!"))
    assert relation(first, "3") in (Relation.EXACT, Relation.NEAR)
