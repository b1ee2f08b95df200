"""What a person should compare a post with first: what is no copy, then the doubtful copies."""

from __future__ import annotations

from sqlalchemy import update

from sangtin.post import Relation
from sangtin.record import Record, posts
from sangtin.record.relatives import relatives
from sangtin.record.schema import membership
from sangtin.record.settling import settle
from tests.record.checking import fetched, keys_of, place_all


def cluster(record: Record, *similarities: float) -> dict[str, int]:
    """An original `0` with copies `1`, `2`, … of these similarities; the keys by native id."""
    with record.write() as writing:
        posts.add(writing, [fetched(str(i), f"bài {i}", i) for i in range(len(similarities) + 1)])
    keys = {post_id.removeprefix("bao-mau:"): key for post_id, key in keys_of(record).items()}
    place_all(record, {keys[str(i + 1)]: keys["0"] for i in range(len(similarities))})
    with record.write() as writing:
        for i, similarity in enumerate(similarities):
            mine = update(membership).where(membership.c.post == keys[str(i + 1)])
            writing.connection.execute(mine.values(similarity=similarity))
    return keys


def native_ids(record: Record, besides: int, limit: int = 20) -> list[str]:
    with record.read() as connection:
        (name,) = connection.execute(
            membership.select().where(membership.c.post == besides).with_only_columns(membership.c.cluster)
        ).one()
        return [s.id.removeprefix("bao-mau:") for s in relatives(connection, name, besides, limit)]


def test_the_least_similar_copies_come_first(record: Record) -> None:
    keys = cluster(record, 0.99, 0.6, 0.8)
    assert native_ids(record, keys["0"]) == ["2", "3", "1"]


def test_a_variant_comes_before_every_copy(record: Record) -> None:
    keys = cluster(record, 0.5, 0.99)
    with record.write() as writing:
        mine = update(membership).where(membership.c.post == keys["2"])
        writing.connection.execute(mine.values(of=None, relation=Relation.VARIANT.value))
        settle(writing, [keys["2"]])
    assert native_ids(record, keys["0"]) == ["2", "1"]


def test_seen_from_a_copy_its_original_comes_first(record: Record) -> None:
    keys = cluster(record, 0.9, 0.7)
    assert native_ids(record, keys["1"]) == ["0", "2"]


def test_no_more_than_asked_for(record: Record) -> None:
    keys = cluster(record, 0.9, 0.7, 0.8)
    assert native_ids(record, keys["0"], 2) == ["2", "3"]


def test_a_post_alone_has_none(record: Record) -> None:
    assert native_ids(record, cluster(record)["0"]) == []
