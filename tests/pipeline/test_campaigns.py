"""Clusters that many accounts posted within a minute are flagged; news of one agency is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sangtin import follower
from sangtin.pipeline import home
from sangtin.pipeline.campaigns import campaign_of
from sangtin.pipeline.describing import page, post
from sangtin.pipeline.erasing import erase
from sangtin.pipeline.importing import import_file
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import VIETNAM, Flag, Post, Source, SourceType
from sangtin.record import posts, sources
from sangtin.record.shown import show
from sangtin.search import Filters, parse
from sangtin.settings import Settings
from tests.pipeline.running import write_jsonl
from tests.record.checking import START, assert_reconciled

TEXT = "Khẩn cấp: hồ trên núi sắp xả lũ, bà con hạ lưu chạy ngay trong đêm nay, đừng chờ loa phường báo"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(home=tmp_path / "home", record="", search="")
    home.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            sources.put(writing, Source("bao", SourceType.FEED))
            sources.put(writing, Source("nhom", SourceType.FILE))
        yield made
        assert_reconciled(made.record)


def place(parts: Parts, source: str, seconds: list[int], authors: list[str | None]) -> int:
    """Post one text at these seconds by these authors; how many posts carry the flag in the index."""
    given = [
        Post(source, f"{n}", TEXT, published_at=START + timedelta(seconds=at), author_key=author)
        for n, (at, author) in enumerate(zip(seconds, authors, strict=True))
    ]
    with parts.record.write() as writing:
        posts.add(writing, given)
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass
    follower.follow(parts.record, parts.search)
    return parts.search.total(parse(""), Filters(flags=(Flag.BURST,)))


def test_five_accounts_within_a_minute_flag_the_whole_cluster(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 10, 20, 30, 59, 9_000], list("abcdef")) == 6


def test_five_accounts_within_an_hour_do_not(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 600, 1_200, 1_800, 2_400], list("abcde")) == 0


def test_one_account_five_times_does_not(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 10, 20, 30, 40], ["a"] * 5) == 0


def test_news_sources_with_one_agencys_text_do_not(parts: Parts) -> None:
    assert place(parts, "bao", [0, 10, 20, 30, 40], list("abcde")) == 0


def test_a_burst_that_comes_in_two_batches_is_found(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 10, 20], list("abc")) == 0
    with parts.record.write() as writing:
        late = [
            Post("nhom", f"late{n}", TEXT, published_at=START + timedelta(seconds=30 + n), author_key=author)
            for n, author in enumerate("de")
        ]
        posts.add(writing, late)
    assert place(parts, "nhom", [0], ["a"]) == 5


def test_what_is_told_of_a_cluster_is_what_the_record_flags(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 1, 2, 3], list("abcd")) == 0
    variant = Post(
        "nhom", "v", TEXT.replace("sắp xả", "chưa xả"), START + timedelta(seconds=5), author_key="e"
    )
    assert flagged(parts, replace(variant, published_at=START + timedelta(seconds=5))) == 0
    with parts.record.read() as connection:
        found = show(connection, "nhom:v")
        assert found is not None
        assert found.summary is not None
        assert found.summary.membership is not None
        campaign = campaign_of(connection, found.summary.membership.cluster)
    assert campaign is not None
    assert (campaign.posts, campaign.burst, campaign.flagged) == (5, 5, False)


def flagged(parts: Parts, *given: Post) -> int:
    """The same for posts as given."""
    with parts.record.write() as writing:
        posts.add(writing, given, at=START)
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass
    return shown(parts)


def shown(parts: Parts) -> int:
    follower.follow(parts.record, parts.search)
    return parts.search.total(parse(""), Filters(flags=(Flag.BURST,)))


def test_posts_without_a_date_all_come_when_they_are_fetched_and_raise_no_flag(parts: Parts) -> None:
    assert flagged(parts, *(Post("nhom", author, TEXT, author_key=author) for author in "abcdef")) == 0


def test_posts_dated_by_their_day_raise_no_flag(parts: Parts) -> None:
    midnight = datetime(2026, 9, 30, tzinfo=VIETNAM)
    some = [Post("nhom", each, TEXT, published_at=midnight, author_key=each) for each in "abcdef"]
    assert flagged(parts, *some) == 0
    late = [
        replace(each, native_id=f"late{n}", published_at=midnight + timedelta(seconds=n))
        for n, each in enumerate(some)
    ]
    assert flagged(parts, *late) == 12, "one of these is at midnight, and five are not"


def test_a_flag_is_lowered_when_too_few_are_left(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 10, 20, 30, 40, 9_000], list("abcdef")) == 6
    erase(parts, "nhom:5", "an")
    assert shown(parts) == 5
    erase(parts, "nhom:2", "an")
    assert shown(parts) == 0


def test_a_flag_is_lowered_and_raised_as_texts_and_times_come_in(parts: Parts) -> None:
    assert place(parts, "nhom", [0, 10, 20, 30, 40, 9_000], list("abcdef")) == 6
    import_rows(parts, {"id": "4", "text": "Chợ quê sáng nay họp sớm, rau tươi đầy"})
    assert shown(parts) == 0
    undated = [Post("nhom", f"late{n}", TEXT, author_key=f"late{n}") for n in range(5)]
    assert flagged(parts, *undated) == 0
    late: dict[str, object] = {"text": TEXT, "fetched_at": "2026-10-06T08:00:00+07:00"}
    import_rows(
        parts,
        *({"id": f"late{n}", "published_at": f"2026-10-05T08:00:{n:02}+07:00", **late} for n in range(5)),
    )
    assert shown(parts) == 10


def import_rows(parts: Parts, *rows: dict[str, object]) -> None:
    file = write_jsonl(parts.settings.home / f"rows{len(rows)}.jsonl", list(rows))
    import_file(parts, file, "nhom")


def test_a_post_tells_how_its_cluster_spread(parts: Parts) -> None:
    place(parts, "nhom", [0, 10, 20, 30, 40, 9_000], list("abcdea"))
    with parts.record.read() as connection:
        found = show(connection, "nhom:3")
        assert found is not None
        assert found.summary is not None
        assert found.summary.membership is not None
        campaign = campaign_of(connection, found.summary.membership.cluster)
        assert campaign_of(connection, "none") is None
    assert "posts: 6, known authors: 5, sources: 1, 01/10/2026 07:00:00 – 01/10/2026 09:30:00" in (
        page(found, campaign)
    )
    assert page(found, campaign).count("5 accounts within 60 s") == 1
    assert post(found, campaign)["campaign"] == {
        "posts": 6,
        "authors": 5,
        "sources": 1,
        "first": "2026-10-01T00:00:00+00:00",
        "last": "2026-10-01T02:30:00+00:00",
        "burst": 5,
        "reason": "5 accounts within 60 s",
    }
