"""What a source's card says of its being a news source is kept, by records of before as well."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from sangtin.errors import EngineError
from sangtin.post import Post, Source, SourceType
from sangtin.record import Record, clusters, init_record, open_record, posts, sources
from tests.record.checking import START, keys_of, place_all

CARD = Source("bao-mau", SourceType.FEED, "https://bao.example/rss", "cc-by", "luật", 30, 900, 5)
OTHER = Source("dien-dan", SourceType.FILE)  # which every record of these tests has


@pytest.mark.parametrize("news", [None, True, False])
def test_a_card_comes_back_as_it_was_put(record: Record, news: bool | None) -> None:
    card = replace(CARD, news=news)
    with record.write() as writing:
        sources.put(writing, replace(CARD, news=True))
        sources.put(writing, card)
    with record.read() as connection:
        health = sources.find(connection, "bao-mau")
        assert health is not None
        assert health.source == card
        assert [each.source for each in sources.all_sources(connection)] == [card, OTHER]


def test_in_a_record_of_before_feeds_are_news_and_its_cards_can_say_otherwise(record: Record) -> None:
    url = record.engine.url.render_as_string(hide_password=False)
    with record.write() as writing:
        sources.put(writing, CARD)
        writing.connection.execute(text("ALTER TABLE source DROP COLUMN news"))
        writing.connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    with pytest.raises(EngineError, match="sangtin init"):
        open_record(url)
    init_record(url).close()
    with record.write() as writing:
        marks = {each.source.name: each.source.is_news for each in sources.all_sources(writing.connection)}
        assert marks == {"bao-mau": True, "dien-dan": False}
        health = sources.find(writing.connection, "bao-mau")
        assert health is not None
        assert health.source == CARD
        sources.put(writing, replace(health.source, news=False))
        health = sources.find(writing.connection, "bao-mau")
        assert health is not None
        assert not health.source.is_news


def test_the_clusters_of_a_source_are_those_with_posts_that_tell_something(record: Record) -> None:
    """Dated ones with an author, in clusters with enough copies, marked as asked for."""
    given = [
        Post(source, f"{group}{n}", "bài", START, at, author_key=author)
        for group, source, at, author in (
            ("paper", "bao-mau", START, "a"),
            ("forum", "dien-dan", START, "a"),
            ("undated", "bao-mau", None, "a"),
            ("unsigned", "bao-mau", START, None),
        )
        for n in range(3)
    ]
    extra = Post("bao-mau", "forum9", "bài", START, START + timedelta(days=1), author_key="b")
    with record.write() as writing:
        posts.add(writing, [*given, extra])
    keys = keys_of(record)
    first = {name[:-1]: key for name, key in keys.items() if name.endswith("0")}
    place_all(record, {key: lead(first, name) for name, key in keys.items() if not name.endswith("0")})
    paper, forum = f"c{first['bao-mau:paper']}", f"c{first['dien-dan:forum']}"
    with record.write() as writing:
        connection = writing.connection
        assert clusters.with_source(connection, "bao-mau", 2, burst=False) == sorted([paper, forum])
        assert clusters.with_source(connection, "bao-mau", 3, burst=False) == [forum]
        assert clusters.with_source(connection, "dien-dan", 2, burst=False) == [forum]
        assert clusters.with_source(connection, "bao-mau", 2, burst=True) == []
        clusters.set_burst(writing, [forum])
        assert clusters.with_source(connection, "bao-mau", 2, burst=True) == [forum]
        assert clusters.with_source(connection, "bao-mau", 2, burst=False) == [paper]


def test_the_sightings_of_many_clusters_are_those_of_each(record: Record) -> None:
    dice = random.Random(3)
    given = [
        Post(
            "bao-mau", f"{group}:{n}", "bài", START, _when(dice), author_key=dice.choice("abc") if n else None
        )
        for group in range(6)
        for n in range(group + 1)
    ]
    with record.write() as writing:
        posts.add(writing, given)
    keys = keys_of(record)
    first = {name.split(":")[1]: key for name, key in keys.items() if name.endswith(":0")}
    place_all(record, {k: first[name.split(":")[1]] for name, k in keys.items() if not name.endswith(":0")})
    names = [f"c{key}" for key in first.values()]
    with record.read() as connection:
        each = {name: list(clusters.sightings(connection, name)) for name in names}
        found = {name: list(some) for name, some in clusters.sightings_by_cluster(connection, names)}
        assert found == {name: some for name, some in each.items() if some}
        assert sum(map(len, found.values())) > 8
        skipped = [name for name, _ in clusters.sightings_by_cluster(connection, names)]
        assert sorted(skipped) == sorted(found), "whoever has seen enough of one may pass to the next"


def _when(dice: random.Random) -> datetime | None:
    """Some moment of a day, or none."""
    return START + timedelta(seconds=dice.randrange(86_400)) if dice.random() < 0.9 else None


def lead(first: dict[str, int], name: str) -> int:
    """The first post of the group that a post's name begins with, whatever source that came from."""
    return first["dien-dan:forum" if ":forum" in name else name[:-1]]
