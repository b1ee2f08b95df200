"""Posts whose original was erased are placed again in batches, and stand together as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sangtin.pipeline import home, placing
from sangtin.pipeline.erasing import erase
from sangtin.pipeline.parts import Parts, opened
from sangtin.pipeline.placing import Placing
from sangtin.post import Relation
from sangtin.record import clusters, posts, sources
from sangtin.record.shown import Summary
from sangtin.settings import Settings
from tests.record.checking import START, assert_reconciled, fetched

FLOOD = "Nước lũ lên nhanh ở hạ lưu, bà con xóm dưới cần thuyền và áo phao ngay trong tối nay"


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A home whose placer takes eight posts at a time."""
    monkeypatch.setattr(placing, "BATCH", 8)
    settings = Settings(home=tmp_path / "home", record="", search="")
    home.init(settings)
    with opened(settings) as made:
        with made.record.write() as writing:
            sources.ensure(writing, "bao-mau")
        yield made
        assert_reconciled(made.record)


def place(parts: Parts) -> list[int]:
    """Place all that waits; how many in each batch."""
    sizes = []
    with Placing(parts) as placer:
        while done := placer.place_some().posts:
            sizes.append(done)
    return sizes


def only_cluster(parts: Parts) -> list[Summary]:
    with parts.record.read() as connection:
        (grown,) = clusters.spreading(connection, START)
        return clusters.posts_of(connection, grown.cluster.id)


def test_many_copies_of_what_was_erased_come_together_again_a_batch_at_a_time(parts: Parts) -> None:
    texts = [FLOOD + "!" * n if n % 3 else f"Chia sẻ giúp: {FLOOD}" for n in range(30)]
    with parts.record.write() as writing:
        posts.add(writing, [fetched(f"{n:03}", text, n) for n, text in enumerate([FLOOD, *texts])])
    place(parts)
    before = only_cluster(parts)
    erase(parts, "bao-mau:000", "an")
    assert place(parts) == [8, 8, 8, 6]
    found = only_cluster(parts)
    assert [each.id for each in found] == [each.id for each in before[1:]]
    assert Counter(each.original for each in found) == {None: 1, "bao-mau:001": 29}
    assert found[0].membership is not None
    assert found[0].membership.relation is Relation.ORIGINAL
    assert {each.membership.cluster for each in found if each.membership} == {
        each.membership.cluster for each in before if each.membership
    }
