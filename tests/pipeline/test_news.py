"""What known news sources post at once is no campaign; which sources are known is what their cards say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dedupe import Sighting, campaign
from sangtin import follower
from sangtin.pipeline import cards
from sangtin.pipeline.campaigns import accounts_at_once
from sangtin.pipeline.home import init
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Flag, Post, Source, SourceType
from sangtin.record import clusters, posts, sources
from sangtin.record.schema import change, cluster
from sangtin.search import Filters, parse
from sangtin.settings import Settings
from tests.pipeline.running import Home, write_jsonl
from tests.record import empty
from tests.record.checking import START, assert_reconciled

TEXT = "Khẩn cấp: hồ trên núi sắp xả lũ, bà con hạ lưu chạy ngay trong đêm nay, đừng chờ loa phường báo"
OTHER = "Tuyển nhân viên bán hàng siêu thị đường Hùng Vương, lương tám triệu, đi làm ngay thứ hai tuần sau"
FEED, FILE = SourceType.FEED, SourceType.FILE


@pytest.fixture(params=["sqlite", *empty.ON_SERVERS])
def parts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Parts]:
    """A home with an empty record, on SQLite and on PostgreSQL where there is one."""
    if request.param == "sqlite":
        yield from _opened(tmp_path, "")
        return
    with empty.on_postgresql() as url:
        yield from _opened(tmp_path, url)


def _opened(folder: Path, url: str) -> Iterator[Parts]:
    settings = Settings(home=folder / "home", record=url, search="")
    init(settings)
    with opened(settings) as made:
        yield made
        assert_reconciled(made.record)


def put(parts: Parts, *some: Source) -> int:
    """Put cards; how many posts gained or lost the flag by that."""
    with parts.record.write() as writing:
        return sum(cards.put(writing, card) for card in some)


def post(parts: Parts, *accounts: str, text: str = TEXT, since: int = 0) -> None:
    """One text by accounts, each named as SOURCE:ACCOUNT, five seconds apart, placed in one go."""
    given = [
        Post(
            account.partition(":")[0],
            f"{since}-{account}-{len(text)}",
            text,
            published_at=START + timedelta(seconds=since + 5 * n),
            author_key=account,
        )
        for n, account in enumerate(accounts)
    ]
    with parts.record.write() as writing:
        posts.add(writing, given, at=START)
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass


def found(parts: Parts) -> int:
    """How many posts carry the flag in the search, brought up to date."""
    follower.follow(parts.record, parts.search)
    return parts.search.total(parse(""), Filters(flags=(Flag.BURST,)))


def of(source: str, accounts: str) -> list[str]:
    return [f"{source}:{account}" for account in accounts]


@pytest.mark.parametrize(
    ("kind", "news", "flagged"),
    [
        (FILE, None, 5),
        (FILE, False, 5),
        (FILE, True, 0),
        (FEED, None, 0),
        (FEED, True, 0),
        (FEED, False, 5),
    ],
)
def test_a_source_is_news_where_its_card_says_so_and_else_by_its_type(
    parts: Parts, kind: SourceType, news: bool | None, flagged: int
) -> None:
    put(parts, Source("nguon", kind, news=news))
    post(parts, *of("nguon", "abcde"))
    assert found(parts) == flagged


def test_an_agencys_text_in_many_papers_is_no_campaign(parts: Parts) -> None:
    put(
        parts,
        *(Source(f"bao{n}", FEED) for n in range(4)),
        *(Source(f"tap{n}", FILE, news=True) for n in range(4)),
    )
    post(parts, *(f"{name}{n}:toasoan{n}" for n in range(4) for name in ("bao", "tap")))
    assert found(parts) == 0


def test_accounts_beside_the_papers_are_counted_alone(parts: Parts) -> None:
    put(parts, Source("bao", FEED), Source("nhom", FILE), Source("dien-dan", FEED, news=False))
    post(parts, *of("bao", "abcdef"), *of("nhom", "ab"), *of("dien-dan", "ab"))
    assert found(parts) == 0, "four accounts are no campaign, however many papers print the text"
    post(parts, "nhom:c", since=60)
    assert found(parts) == 11, "with the fifth the whole cluster is looked at, news too"


def test_flags_follow_a_card_that_says_otherwise(parts: Parts) -> None:
    put(parts, Source("dien-dan", FEED))
    post(parts, *of("dien-dan", "abcdef"))
    assert found(parts) == 0
    assert put(parts, Source("dien-dan", FEED, news=False)) == 6
    assert found(parts) == 6
    assert put(parts, Source("dien-dan", FEED, news=False, licence="cc-by")) == 0
    assert put(parts, Source("dien-dan", FEED)) == 6
    assert found(parts) == 0


def test_flags_follow_a_type_where_the_card_leaves_it_to_that(parts: Parts) -> None:
    put(parts, Source("nguon", FILE), Source("chac", FILE, news=False))
    post(parts, *of("nguon", "abcde"))
    post(parts, *of("chac", "abcde"), text=OTHER)
    assert put(parts, Source("nguon", FEED), Source("chac", FEED, news=False)) == 5
    assert found(parts) == 5


def test_only_what_rests_on_the_source_moves(parts: Parts) -> None:
    put(parts, Source("nhom", FILE), Source("trang", FILE))
    post(parts, *of("nhom", "abcde"), *of("trang", "a"))
    post(parts, *of("nhom", "ab"), *of("trang", "abc"), text=OTHER)
    assert found(parts) == 11
    numbers = changes(parts)
    assert put(parts, Source("trang", FILE, news=True)) == 5
    assert found(parts) == 6, "five accounts of the group are enough without the page"
    assert changes(parts) == numbers + 5
    assert put(parts, Source("khac", FEED)) == put(parts, Source("khac", FEED, news=False)) == 0
    assert changes(parts) == numbers + 5


def changes(parts: Parts) -> int:
    with parts.record.read() as connection:
        return len(connection.execute(select(change.c.number)).all())


def test_what_is_no_campaign_by_news_alone_stays_none(parts: Parts) -> None:
    """Neither four accounts, nor five over an hour, nor five whose posts have no date."""
    put(parts, Source("dien-dan", FEED))
    post(parts, *of("dien-dan", "abcd"))
    for n, account in enumerate("abcde"):
        post(parts, f"dien-dan:{account}", text=OTHER, since=600 * (n + 1))
    undated = [
        Post("dien-dan", f"u{n}", "Chợ quê sáng nay họp sớm, rau tươi đầy", author_key=f"{n}")
        for n in range(6)
    ]
    with parts.record.write() as writing:
        posts.add(writing, undated, at=START)
    post(parts)
    assert put(parts, Source("dien-dan", FEED, news=False)) == 0
    assert found(parts) == 0


def test_flags_are_those_of_the_cards_whatever_came_before(parts: Parts) -> None:
    """Posts and cards in any order leave the flags that all posts and the last cards give at once."""
    dice = random.Random(4)
    names, texts = ("bao", "nhom", "trang"), (TEXT, OTHER)
    put(parts, *(Source(name, FILE) for name in names))
    seen = set()
    for turn in range(60):
        if dice.random() < 0.5:
            put(
                parts,
                Source(dice.choice(names), dice.choice((FEED, FILE)), news=dice.choice((None, True, False))),
            )
        else:
            since = turn * 40
            accounts = {f"{dice.choice(names)}:{dice.randrange(8)}" for _ in range(3)}
            post(parts, *sorted(accounts), text=dice.choice(texts), since=since)
        seen.add(judged(parts))
    assert len(seen) > 2, "the flags moved"


def judged(parts: Parts) -> tuple[bool, ...]:
    """Which clusters are flagged, seen to be those that are when all is judged from the beginning."""
    with parts.record.read() as connection:
        news = {each.source.name for each in sources.all_sources(connection) if each.source.is_news}
        flags = dict(connection.execute(select(cluster.c.id, cluster.c.burst).order_by(cluster.c.id)).all())
        for name, flag in flags.items():
            members = clusters.sightings(connection, name)
            whole = campaign([Sighting(m.moment, m.author_key, m.source) for m in members], news)
            assert whole is not None
            assert (whole.flagged, whole.burst) == (flag, accounts_at_once(connection, name))
    return tuple(flags.values())


# --- by the command --------------------------------------------------------------------------------


def test_a_card_says_it_on_the_command_line(home: Home) -> None:
    home.run("source", "add", "dien-dan")
    assert marks(home, "dien-dan") == (None, True)
    home.run("source", "add", "dien-dan", "--news", "no")
    home.run("source", "add", "dien-dan", "--licence", "cc-by")
    assert marks(home, "dien-dan") == (False, False)
    home.run("source", "add", "to-bao", "--type", "file", "--news", "yes")
    assert marks(home, "to-bao") == (True, True)
    listed = home.run("source", "list").splitlines()
    assert [line.split()[1:3] for line in listed] == [["feed", "incomplete"], ["file", "news"]]
    home.run("source", "add", "to-bao", "--news", "by-type")
    assert marks(home, "to-bao") == (None, False)


def marks(home: Home, name: str) -> tuple[bool | None, bool]:
    card = home.json("source", "show", name)
    assert card in home.json("source", "list")
    return card["news"], card["is_news"]


@pytest.mark.parametrize("said", ["true", "", "Yes", "maybe"])
def test_what_is_neither_yes_nor_no_is_refused(home: Home, said: str) -> None:
    refusal = home.run("source", "add", "dien-dan", "--news", said, expect=2)
    assert "choose yes, no, by-type" in refusal
    assert home.json("source", "list") == []


def test_who_changes_a_card_is_told_what_it_moves(home: Home, tmp_path: Path) -> None:
    rows = [
        {"id": n, "text": TEXT, "author": f"a{n}", "published_at": f"2026-10-05T08:00:{n:02}+07:00"}
        for n in range(5)
    ]
    home.run("import", str(write_jsonl(tmp_path / "rows.jsonl", rows)), "--source", "nhom")
    home.run("sieve")
    assert home.json("search", "flag:burst")["total"] == 5
    told = home.stderr("source", "add", "nhom", "--news", "yes")
    assert "5 posts are no longer flagged as copied by many" in told
    assert "posts" not in home.stderr("source", "add", "nhom", "--news", "yes")
    home.run("index", "follow")
    assert home.json("search", "flag:burst")["total"] == 0
    assert "5 posts are flagged" in home.stderr("source", "add", "nhom", "--news", "by-type")
    home.run("sieve")
    assert home.json("search", "flag:burst")["total"] == 5
    home.ledger()
