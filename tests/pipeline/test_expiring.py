"""Posts that were kept for as long as their source's card says are erased everywhere, and no others."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sangtin import follower
from sangtin.pipeline import expiring
from sangtin.pipeline import home as homes
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Act, Label, Post, Relation, Review, Source, SourceType, now
from sangtin.record import accounts, ledger, posts, reviews, shown, sources
from sangtin.record.expiring import count_expired, unlimited
from sangtin.settings import Settings
from tests.pipeline.running import Home, write_jsonl
from tests.record.checking import assert_reconciled

AT = now()
FLOOD = "Nước lũ lên nhanh ở hạ lưu, bà con xóm dưới cần thuyền và áo phao ngay trong tối nay"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A home with a source whose posts are kept for a month, one for a year, one for as long as one likes."""
    settings = Settings(home=tmp_path / "home", record="", search="")
    homes.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            for name, days in (("thang", 30), ("nam", 365), ("mai", None)):
                sources.put(writing, Source(name, SourceType.FILE, retention_days=days))
        yield made
        assert_reconciled(made.record)


def add(parts: Parts, source: str, name: str, days: float, text: str = "") -> None:
    """A post that was fetched so many days ago."""
    fetched = AT - timedelta(days=days)
    with parts.record.write() as writing:
        posts.add(writing, [Post(source, name, text or f"bài số {name}", fetched)])


def left(parts: Parts) -> set[str]:
    """The native ids of the posts that the record and its index both still show."""
    assert follower.follow(parts.record, parts.search) == 0
    assert follower.check(parts.record, parts.search).agree
    with parts.record.read() as connection:
        ids = [f"{source}:{name}" for source in ("thang", "nam", "mai") for name in "123456789"]
        return {summary.id.partition(":")[2] for summary in shown.summaries_by_id(connection, ids)}


def expire(parts: Parts, at: datetime = AT) -> dict[str, int]:
    return expiring.expire(parts, at, "an", lambda _: None).posts


def test_each_source_keeps_its_posts_for_as_long_as_its_card_says(parts: Parts) -> None:
    for name, source, days in (
        ("1", "thang", 31),
        ("2", "thang", 29.9),
        ("3", "nam", 366),
        ("4", "nam", 31),
        ("5", "mai", 9_999),
    ):
        add(parts, source, name, days)
    with parts.record.read() as connection:
        before = ledger.ledger(connection)
        assert count_expired(connection, AT) == {"nam": 1, "thang": 1}
        assert unlimited(connection) == ["mai"]
    assert expire(parts) == {"nam": 1, "thang": 1}
    assert left(parts) == {"2", "4", "5"}
    assert expire(parts) == {}
    assert expire(parts, AT + timedelta(days=1)) == {"thang": 1}
    with parts.record.read() as connection:
        assert ledger.ledger(connection) == before
        said = [(entry.person, entry.subject) for entry in accounts.entries(connection)]
    assert said == [("an", "posts: 1 of thang"), ("an", "posts: 1 of nam, 1 of thang")]


def test_a_post_is_kept_from_when_it_was_first_fetched(parts: Parts) -> None:
    add(parts, "thang", "1", 40)
    add(parts, "thang", "1", 1)
    add(parts, "thang", "2", 40, "chuyện cũ")
    add(parts, "thang", "2", 1, "chuyện mới")
    assert expire(parts) == {"thang": 2}
    add(parts, "thang", "1", 0)
    assert left(parts) == set()


def test_a_card_of_any_number_of_days_is_understood(parts: Parts) -> None:
    add(parts, "nam", "1", 9_999)
    with parts.record.write() as writing:
        sources.put(writing, Source("nam", SourceType.FILE, retention_days=2_000_000_000))
    assert expire(parts) == {}


def test_many_posts_expire_with_their_copies_in_portions(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies of an original that expired, which are younger, find their place anew."""
    monkeypatch.setattr(expiring, "PORTION", 2)
    for name, days in (("1", 40), ("2", 39), ("3", 38), ("4", 20), ("5", 10)):
        add(parts, "thang", name, days, FLOOD + "!" * int(name))
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass
    done: list[int] = []
    assert expiring.expire(parts, AT, "an", done.append).posts == {"thang": 3}
    assert done == [2, 1]
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass
    assert left(parts) == {"4", "5"}
    with parts.record.read() as connection:
        found = shown.summaries_by_id(connection, ["thang:4", "thang:5"])
    assert [s.membership and s.membership.relation for s in found] == [Relation.ORIGINAL, Relation.EXACT]
    keys = (parts.settings.home / "copies" / "keys").read_bytes()
    assert {1, 2, 3}.isdisjoint(int.from_bytes(keys[at : at + 8], "little") for at in range(0, len(keys), 8))


def test_what_a_person_labelled_expires_too_and_its_label_stays(parts: Parts) -> None:
    add(parts, "thang", "1", 40)
    with parts.record.write() as writing:
        reviews.append(writing, Review("an", Act.LABEL, "thang:1", label=Label.NEGATIVE))
    with parts.record.read() as connection:
        assert [each.id for each in reviews.labelled(connection)] == ["thang:1"]
    assert expire(parts) == {"thang": 1}
    with parts.record.read() as connection:
        assert list(reviews.labelled(connection)) == []
        assert ledger.ledger(connection).negative == 1


def test_the_command_says_what_it_would_do_does_it_and_goes_on(home: Home, tmp_path: Path) -> None:
    secret = "chuyện riêng chỉ được giữ một tháng rồi thôi"
    rows = [{"id": n, "text": f"{secret} {n}", "fetched_at": "2024-05-01T00:00:00Z"} for n in range(7)]
    rows.append({"id": "now", "text": "chuyện hôm nay"})
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "cu")
    assert "cu" in home.stderr("source", "expire")
    home.run("source", "add", "cu", "--type", "file", "--retention-days", "30")
    home.run("sieve")
    before = home.ledger()
    assert home.json("source", "expire", "--dry-run") == {"posts": 7, "sources": {"cu": 7}}
    assert "7 posts would be erased." in home.run("source", "expire", "--dry-run")
    assert home.json("search", "", "--limit", "0")["total"] == 8
    assert home.die("sangtin.record.erasing:erase_all", 1, "source", "expire")  # before the commit
    assert home.json("source", "expire", "--dry-run")["posts"] == 7
    assert home.die("sangtin.pipeline.expiring:_next", 2, "source", "expire")  # after it
    assert home.json("search", "", "--limit", "0")["total"] == 8
    assert "0 posts erased." in home.run("source", "expire")
    assert home.json("search", "", "--limit", "0")["total"] == 1
    assert home.ledger() == before
    for held in home.folder.rglob("*"):
        if held.is_file() and held.parent.name != "models":
            assert secret.encode() not in held.read_bytes(), held


def test_a_reader_that_keeps_the_log_open_is_named(home: Home, tmp_path: Path) -> None:
    rows = [{"id": 1, "text": "chuyện cũ", "fetched_at": "2024-05-01T00:00:00Z"}]
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "cu")
    home.run("source", "add", "cu", "--type", "file", "--retention-days", "30")
    with contextlib.closing(sqlite3.connect(home.folder / "record.db", isolation_level=None)) as beside:
        beside.execute("BEGIN")
        beside.execute("SELECT count(*) FROM post").fetchall()
        said = home.run("source", "expire", expect=6)
        assert "The record's log still holds them" in said
    home.run("source", "expire")


def test_cards_may_be_many(parts: Parts) -> None:
    with parts.record.write() as writing:
        for number in range(1_200):
            sources.put(writing, Source(f"nguon-{number}", SourceType.FILE, retention_days=number + 1))
    add(parts, "nguon-7", "1", 9)
    add(parts, "nguon-700", "2", 9)
    with parts.record.read() as connection:
        assert count_expired(connection, AT)["nguon-7"] == 1
    assert expire(parts) == {"nguon-7": 1}
