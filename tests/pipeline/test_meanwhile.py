"""What changes while a sieve is at work: the model in use, the text of an original."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sangtin import follower
from sangtin.pipeline import home
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.pipeline.reading import load_in_use
from sangtin.pipeline.sieve import Work, sieve
from sangtin.post import Bin, Post
from sangtin.record import models, placing, posts, shown, sources
from sangtin.record.schema import post
from sangtin.settings import Settings
from tests.record.checking import START, assert_reconciled, fetched

FIRST = "Nước lũ lên nhanh ở hạ lưu, bà con xóm dưới cần thuyền và áo phao ngay trong tối nay"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(home=tmp_path / "home", record="", search="")
    home.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            sources.ensure(writing, "bao-mau")
        yield made
        assert_reconciled(made.record)


def add(parts: Parts, *some: Post) -> None:
    with parts.record.write() as writing:
        posts.add(writing, some)


def place_all(parts: Parts) -> None:
    with Placing(parts) as placer:
        while placer.place_some().posts:
            pass


def test_a_sieve_takes_the_model_that_was_chosen_meanwhile_and_ends(parts: Parts) -> None:
    add(parts, fetched("1", "Chợ hôm nay đông vui"), fetched("2", "Đường ngập, xe chết máy hàng loạt", 1))
    stale = load_in_use(parts.record, parts.settings)
    with parts.record.write() as writing:
        known = models.model_in_use(writing.connection)
        assert known
        newer = models.use_model(writing, "khac", known.folder)
    until = time.monotonic() + 60
    done = sieve(parts, stale, lambda _: None, Work(lambda: time.monotonic() < until))
    assert time.monotonic() < until
    assert done.read == 2
    with parts.record.read() as connection:
        assert set(connection.execute(select(post.c.answered_by)).scalars()) == {newer}


@pytest.mark.parametrize("edited", [FIRST.replace(", ", " – "), "Thông báo đổi giờ họp phụ huynh lớp năm"])
def test_no_post_is_ever_a_copy_of_itself_and_the_text_of_every_copy_is_some_originals(
    parts: Parts, edited: str
) -> None:
    add(
        parts,
        fetched("1", FIRST),
        *(fetched(f"{n}", f"{FIRST} {'!' * n} chia sẻ giúp nhé", n) for n in (2, 3, 4)),
    )
    place_all(parts)
    add(parts, Post("bao-mau", "1", edited, START + timedelta(hours=5)))
    place_all(parts)
    with parts.record.read() as connection:
        keys = connection.execute(select(post.c.key).order_by(post.c.key)).scalars().all()
        found = shown.summaries(connection, keys)
        duplicates = select(func.count()).where(post.c.bin == Bin.DUPLICATE.value)
        assert connection.execute(duplicates).scalar_one() == (3 if edited.startswith("Nước") else 2)
        originals = {s.id for s in found if s.membership and s.membership.of is None}
        assert not placing.unplaced(connection, 9)
    assert all(s.original in originals for s in found if s.membership and s.membership.of is not None)
    follower.follow(parts.record, parts.search)
    assert follower.check(parts.record, parts.search).mended == 0
