"""Placing beside everything else: what was edited or erased meanwhile, and clusters that always add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from sangtin.post import Act, Bin, Cause, Post, Relation, Review
from sangtin.record import Record, clusters, erasing, placing, posts, reviews
from sangtin.record.schema import membership, post, sketch
from tests.record.checking import START, fetched, keys_of, place_all, place_of


def add(record: Record, *some: Post) -> dict[str, int]:
    with record.write() as writing:
        posts.add(writing, some)
    return keys_of(record)


def waiting(record: Record) -> list[placing.Unplaced]:
    with record.read() as connection:
        return placing.unplaced(connection, 10_000)


def place(record: Record, places: list[placing.Place]) -> list[int]:
    with record.write() as writing:
        return [p.key for p in placing.place(writing, places)]


def cluster(record: Record, name: str) -> tuple[int, int, int] | None:
    """(posts, copies, lead) of a cluster."""
    with record.read() as connection:
        found = clusters.find(connection, name)
        assert found is None or found.posts == len(clusters.posts_of(connection, name))
    return (found.posts, found.copies, found.lead) if found else None


def copies_of(record: Record, count: int) -> list[int]:
    """An original and its copies, placed; their keys."""
    keys = add(record, *(fetched(f"{n:06}", f"bài {n}", n) for n in range(count + 1)))
    first, *copies = (keys[name] for name in sorted(keys))
    place_all(record, dict.fromkeys(copies, first))
    return [first, *copies]


def test_a_place_found_for_a_text_that_changed_meanwhile_is_not_recorded(record: Record) -> None:
    add(record, fetched("1", "Đập sắp vỡ"))
    found = [place_of(each) for each in waiting(record)]
    add(record, fetched("1", "Đập an toàn", 9))
    assert place(record, found) == []
    assert [each.text for each in waiting(record)] == ["Đập an toàn"]


def test_a_post_erased_meanwhile_gets_no_place(record: Record) -> None:
    keys = add(record, fetched("1", "Đập sắp vỡ"))
    found = [place_of(each) for each in waiting(record)]
    with record.write() as writing:
        erasing.erase(writing, keys["bao-mau:1"])
    assert place(record, found) == []
    with record.read() as connection:
        assert connection.execute(select(membership)).first() is None
        assert connection.execute(select(sketch)).first() is None


@pytest.mark.parametrize("what", ["edited", "erased"])
def test_a_copy_of_what_was_edited_or_erased_meanwhile_waits_again(record: Record, what: str) -> None:
    keys = add(record, fetched("1", "Đập sắp vỡ"))
    place_all(record)
    add(record, fetched("2", "Đập sắp vỡ!", 1))
    found = [place_of(each, keys["bao-mau:1"]) for each in waiting(record)]
    with record.write() as writing:
        if what == "erased":
            erasing.erase(writing, keys["bao-mau:1"])
        else:
            posts.add(writing, [fetched("1", "Đập an toàn", 9)])
    assert place(record, found) == []
    assert "Đập sắp vỡ!" in [each.text for each in waiting(record)]


def test_a_place_as_copy_of_what_a_person_put_to_the_post_meanwhile_is_not_recorded(record: Record) -> None:
    keys = add(record, fetched("1", "Đập sắp vỡ"))
    place_all(record)
    add(record, fetched("2", "Đập sắp vỡ!", 1))
    found = [place_of(each, keys["bao-mau:1"]) for each in waiting(record)]
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.SAME_AS, "bao-mau:1", target="bao-mau:2"))
    assert place(record, found) == []
    assert [each.text for each in waiting(record)] == ["Đập sắp vỡ!"]


def test_what_is_put_to_a_post_stands_where_that_does_with_its_copies(record: Record) -> None:
    first, copy = copies_of(record, 1)
    other = add(record, fetched("9", "Đê đã vỡ", 99))["bao-mau:9"]
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.SAME_AS, "bao-mau:000000", target="bao-mau:9"))
    with record.read() as connection:
        assert placing.standing(connection, [first, copy]) == {}, "not before that has a place"
        assert placing.told_by_people(connection, [first, copy]) == (set(), {first: None})
    place_all(record)
    with record.read() as connection:
        found = placing.standing(connection, [first, copy, other])
    assert {key: (each.of, each.cluster) for key, each in found.items()} == {
        first: (other, f"c{other}"),
        copy: (other, f"c{other}"),
        other: (None, f"c{other}"),
    }


def test_a_copy_in_the_same_batch_as_its_stale_original_waits_with_it(record: Record) -> None:
    keys = add(record, fetched("1", "Đập sắp vỡ"), fetched("2", "Đập sắp vỡ!", 1))
    first, second = waiting(record)
    add(record, fetched("1", "Đập an toàn", 9))
    assert place(record, [place_of(first), place_of(second, keys["bao-mau:1"])]) == []
    assert len(waiting(record)) == 2


def test_copies_of_an_edited_post_are_placed_again(record: Record) -> None:
    first, *copies = copies_of(record, 2)
    add(record, fetched("000000", "chuyện khác hẳn", 99))
    left = {each.key: each.left for each in waiting(record)}
    assert left == {first: None, **dict.fromkeys(copies)}
    with record.read() as connection:
        bins = connection.execute(select(post.c.bin).where(post.c.key.in_(copies))).scalars()
        assert set(bins) == {Bin.DUPLICATE}, "an outcome stands until the next one"
    place_all(record, {copies[1]: copies[0]})
    assert cluster(record, f"c{first}") == (1, 0, first)
    assert cluster(record, f"c{copies[0]}") == (2, 1, copies[0])


def test_a_post_set_free_that_loses_its_original_is_not_read_before_it_has_a_place(record: Record) -> None:
    first, copy = copies_of(record, 1)
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.NOT_A_COPY, "bao-mau:000001"))
        erasing.erase(writing, first)
    with record.read() as connection:
        assert not connection.execute(select(post.c.readable).where(post.c.key == copy)).scalar_one()
    place_all(record)
    with record.read() as connection:
        assert connection.execute(select(post.c.readable).where(post.c.key == copy)).scalar_one()


def test_the_outcome_of_a_copy_that_lost_its_original_stands_whatever_else_is_said(record: Record) -> None:
    first, copy = copies_of(record, 1)
    with record.write() as writing:
        erasing.erase(writing, first)
    with record.write() as writing:
        reviews.append(writing, Review("an", Act.UNSURE, "bao-mau:000001"))
    with record.read() as connection:
        row = connection.execute(select(post).where(post.c.key == copy)).one()
    assert (row.bin, row.cause) == (Bin.DUPLICATE, Cause.COPY)


def test_an_edited_post_leaves_its_cluster_at_once(record: Record) -> None:
    first, second, third = copies_of(record, 2)
    add(record, fetched("000001", "chuyện khác hẳn", 99))
    assert cluster(record, f"c{first}") == (2, 1, first)
    place_all(record)
    assert cluster(record, f"c{first}") == (2, 1, first)
    assert cluster(record, f"c{second}") == (1, 0, second)
    assert third


def test_erasing_counts_only_the_places_that_posts_have_now(record: Record) -> None:
    first, second, third = copies_of(record, 2)
    add(record, fetched("000001", "chuyện khác hẳn", 99))
    place_all(record)
    with record.write() as writing:
        erasing.erase(writing, third)
    assert cluster(record, f"c{first}") == (1, 0, first)
    with record.write() as writing:
        erasing.erase(writing, second)
    assert cluster(record, f"c{first}") == (1, 0, first)
    assert cluster(record, f"c{second}") is None


def test_a_time_that_comes_later_moves_a_post_within_its_cluster(record: Record) -> None:
    first, copy = copies_of(record, 1)
    earlier = START - timedelta(days=2)
    add(record, Post("bao-mau", "000001", "bài 1", START + timedelta(hours=3), published_at=earlier))
    with record.read() as connection:
        found = clusters.find(connection, f"c{first}")
    assert found is not None
    assert (found.lead, found.first_at, found.last_at) == (copy, earlier, START)


def test_a_time_that_comes_while_a_place_is_looked_for_counts_in_the_cluster(record: Record) -> None:
    keys = add(record, fetched("1", "Đập sắp vỡ"))
    found = [place_of(each) for each in waiting(record)]
    published = START - timedelta(days=2)
    add(record, Post("bao-mau", "1", "Đập sắp vỡ", START + timedelta(hours=1), published_at=published))
    assert place(record, found) == [keys["bao-mau:1"]]
    with record.read() as connection:
        placed = clusters.find(connection, found[0].cluster)
    assert placed is not None
    assert placed.first_at == published


@pytest.mark.parametrize("together", [True, False])
def test_of_posts_with_one_time_the_original_leads_however_they_came(record: Record, together: bool) -> None:
    keys = add(record, fetched("b", "Đập sắp vỡ!"), fetched("a", "Đập sắp vỡ"), fetched("c", "Đập vỡ"))
    original = keys["bao-mau:a"]
    assert original != min(keys.values())
    found = [place_of(each, None if each.key == original else original) for each in waiting(record)]
    found = [_in_one_cluster(each) if each.key == keys["bao-mau:c"] else each for each in found]
    for some in [found[:2]] if together else [found[:1], found[1:2]]:
        place(record, some)
    assert cluster(record, f"c{original}") == (2, 1, original)
    place(record, found[2:])
    with record.write() as writing:
        erasing.erase(writing, keys["bao-mau:c"])
    assert cluster(record, f"c{original}") == (2, 1, original), "counted again"


def _in_one_cluster(place: placing.Place) -> placing.Place:
    return replace(place, of=None, relation=Relation.VARIANT)


def test_any_number_of_posts_fits_in_one_call(record: Record) -> None:
    _narrow(record)
    first, *copies = copies_of(record, 3_000)
    with record.write() as writing:
        assert len(clusters.set_burst(writing, [f"c{first}"])) == 3_001
        erasing.erase(writing, first)
    with record.read() as connection:
        lost = placing.orphans(connection, f"c{first}", 10_000)
        assert [each.key for each in lost] == copies
        assert len(placing.standing(connection, copies)) == 0
    place(record, [place_of(each, None if each.key == copies[0] else copies[0]) for each in lost])
    with record.read() as connection:
        assert len(placing.standing(connection, copies)) == 3_000
        assert len(placing.by_normal_hash(connection, [k.to_bytes(8, "big") for k in copies])) == 3_000
        assert len(posts.texts(connection, copies)) == 3_000
        duplicates = select(func.count()).where(post.c.bin == Bin.DUPLICATE.value, post.c.erased_at.is_(None))
        assert connection.execute(duplicates).scalar_one() == 2_999


def test_once_another_leads_the_rest_of_its_posts_wait_as_any_others(record: Record) -> None:
    first, second, *rest = copies_of(record, 4)
    with record.write() as writing:
        erasing.erase(writing, first)
    with record.read() as connection:
        lost = placing.orphans(connection, f"c{first}", 2)
    assert [(each.key, each.left) for each in lost] == [(second, f"c{first}"), (rest[0], f"c{first}")]
    place(record, [replace(place_of(lost[0]), cluster=f"c{first}")])
    assert [(each.key, each.left) for each in waiting(record)] == [(key, None) for key in rest]
    assert cluster(record, f"c{first}") == (4, 3, second)
    for each in waiting(record):
        place(record, [replace(place_of(each, second), cluster=f"c{first}")])
        assert cluster(record, f"c{first}") == (4, 3, second)


def _narrow(record: Record) -> None:
    """Let SQLite take few parameters a statement: builds differ, from 999 to 250,000."""
    import sqlite3

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 2_500)

    if record.on_sqlite:
        record.engine.dispose()
        event.listen(record.engine, "connect", limit)


def test_what_waits_is_found_without_looking_at_the_rest(record: Record) -> None:
    """A partial index serves only a condition in its own words; without it, each batch reads every post."""
    if not record.on_sqlite:
        pytest.skip("SQLite says how it will run a query before there is anything to run it on")
    with record.read() as connection:
        plans: list[str] = []

        def explain(_c: object, cursor: object, statement: str, given: object, *_more: object) -> None:
            if statement.startswith("SELECT"):
                raw = connection.connection.cursor()
                raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
                plans.extend(row[3] for row in raw.fetchall())

        from sangtin.record import queue, reading

        event.listen(record.engine, "before_cursor_execute", explain)
        placing.unplaced(connection, 10)
        placing.count_unplaced(connection)
        placing.orphans(connection, "c1", 10)
        reading.count_unread(connection, 1)
        reading._free(connection, 1, 10)
        queue.waiting(connection, "an")
        queue.queue(connection, "an")
        event.remove(record.engine, "before_cursor_execute", explain)
    assert plans
    assert not [
        plan for plan in plans if plan == "SCAN post" or "SCAN post USING INDEX ix_post_to_read" in plan
    ]
    assert "SEARCH post USING INDEX ix_post_to_read (answered_by=?)" in plans
    assert len([plan for plan in plans if "TEMP B-TREE" in plan]) == 1, "only orphans are sorted"
