"""Clusters that many accounts posted within a minute are flagged; news of one agency is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sangtin import follower
from sangtin.pipeline import home
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Flag, Post, Source, SourceType
from sangtin.record import posts, sources
from sangtin.search import Filters, parse
from sangtin.settings import Settings
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
