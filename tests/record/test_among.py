"""Many keys in one question, on every engine."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from sangtin.record import Record, posts
from sangtin.record.among import among
from sangtin.record.schema import post, revision
from tests.record.checking import fetched, keys_of


@pytest.fixture
def keys(record: Record) -> list[int]:
    with record.write() as writing:
        posts.add(writing, [fetched(f"{n}", f"bài {n}", n) for n in range(6)])
    return sorted(keys_of(record).values())


@pytest.mark.parametrize("chosen", [[], [0], [5, 1, 1], [0, 1, 2, 3, 4, 5]])
def test_it_finds_those_and_no_others(record: Record, keys: list[int], chosen: list[int]) -> None:
    wanted = [keys[n] for n in chosen]
    with record.read() as connection:
        found = connection.execute(select(post.c.key).where(among(connection, post.c.key, wanted)))
        assert sorted(found.scalars()) == sorted(set(wanted))


def test_keys_that_nobody_has_find_nothing(record: Record, keys: list[int]) -> None:
    strange = [-1, 0, max(keys) + 1, 2**62]
    with record.read() as connection:
        query = select(post.c.key).where(among(connection, post.c.key, strange))
        assert connection.execute(query).all() == []


def test_more_than_one_statement_takes_as_parameters(record: Record, keys: list[int]) -> None:
    many = [*range(10**6, 10**6 + 70_000), *keys]
    with record.read() as connection:
        query = select(post.c.key).where(among(connection, post.c.key, many)).order_by(post.c.key)
        assert connection.execute(query).scalars().all() == keys


def test_it_serves_updates_and_deletions(record: Record, keys: list[int]) -> None:
    with record.write() as writing:
        connection = writing.connection
        connection.execute(update(post).where(among(connection, post.c.key, keys[:2])).values(likes=7))
        connection.execute(delete(revision).where(among(connection, revision.c.post, keys[4:])))
        liked = connection.execute(select(post.c.key).where(post.c.likes == 7).order_by(post.c.key))
        assert liked.scalars().all() == keys[:2]
        assert set(connection.execute(select(revision.c.post)).scalars()) == set(keys[:4])
        connection.rollback()
