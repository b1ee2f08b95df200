from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sangtin.post import VIETNAM, Label, Relation
from sangtin.sample.cards import CITY, FORUM, NEWS, WARD
from sangtin.sample.draft import Draft
from sangtin.sample.rhythm import LAST_HOUR
from sangtin.sample.spreading import copies
from sangtin.sample.stories import stories
from sangtin.sample.written import Spread

AT = datetime(2026, 10, 27, 20, 14, tzinfo=VIETNAM)
TEXT = (
    "Đường trước chợ ngập tới gối từ sáng sớm. Xe chết máy nằm la liệt hai bên. Ai đi làm thì vòng phía nam."
)


def draft(spread: Spread, weight: int = 1, at: datetime = AT, source: str = FORUM) -> Draft:
    return Draft("d", "s", Label.NEGATIVE, None, source, at, TEXT, "a", weight=weight, spread=spread)


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_the_count_is_exact(count: int) -> None:
    drafts = [draft(Spread.BURST, 5), draft(Spread.DAYS, 2), draft(Spread.HOURS, 0)]
    assert len(copies(drafts, count, seed=1)) == count


def test_weights_are_shares() -> None:
    often, seldom, never = draft(Spread.DAYS, 9), draft(Spread.DAYS, 1), draft(Spread.DAYS, 0)
    made = copies([often, seldom, never], 100, seed=1)
    assert sum(copy.like is often for copy in made) == 90
    assert sum(copy.like is seldom for copy in made) == 10


def test_a_reposted_advert_is_copied_once_by_its_own_author() -> None:
    advert, other = draft(Spread.REPOST, 0), draft(Spread.HOURS, 1)
    made = [copy for copy in copies([advert, other], 8, seed=1) if copy.like is advert]
    assert [copy.author for copy in made] == ["a"]


def test_a_burst_comes_within_a_minute_from_many() -> None:
    made = copies([draft(Spread.BURST)], 100, seed=1)
    quick = [copy for copy in made if copy.at - AT <= timedelta(seconds=60)]
    assert 40 < len(quick) < 80
    assert len({copy.author for copy in quick}) > 30


def test_what_takes_days_comes_in_no_burst() -> None:
    made = copies([draft(Spread.DAYS)], 100, seed=1)
    assert sum(copy.at - AT <= timedelta(seconds=60) for copy in made) < 5
    assert max(copy.at for copy in made) - AT > timedelta(days=3)


def test_news_is_taken_over_by_the_other_offices() -> None:
    made = copies([draft(Spread.WIRE, source=NEWS)], 40, seed=1)
    assert {copy.source for copy in made} == {CITY, WARD}


def test_copies_follow_and_never_pass_the_last_hour() -> None:
    late = draft(Spread.DAYS, at=LAST_HOUR - timedelta(minutes=5))
    for copy in copies([late, draft(Spread.REPOST)], 80, seed=1):
        assert copy.like
        assert copy.like.at < copy.at <= LAST_HOUR + timedelta(seconds=3)


def test_a_copy_says_whether_it_is_exact() -> None:
    for copy in copies([draft(Spread.HOURS)], 60, seed=1):
        assert (copy.text == TEXT) == (copy.relation is Relation.EXACT)
        assert copy.label is Label.NEGATIVE


def test_a_variant_changes_words_and_a_quote_holds_them() -> None:
    told = {post.slug: post for post in stories(1)}
    rumour, variant, quote = told["lu-ruma"], told["lu-rumb"], told["lu-rebut1"]
    assert "3 người mất tích" in rumour.text
    assert variant.text == rumour.text.replace("3 người", "30 người")
    assert rumour.text in quote.text
    assert (variant.relation, quote.relation) == (Relation.VARIANT, Relation.QUOTES)
    assert variant.like is quote.like is rumour


def test_stories_are_told_alike_each_time() -> None:
    first, again = stories(3), stories(3)
    assert [(d.slug, d.at, d.text) for d in first] == [(d.slug, d.at, d.text) for d in again]
