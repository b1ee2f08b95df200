from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sangtin.post import VIETNAM, Kind, Label
from sangtin.sample.cards import sources
from sangtin.sample.dice import Dice
from sangtin.sample.rhythm import FIRST_DAY, LAST_DAY, LAST_HOUR, fetched, moment, whole
from sangtin.sample.slots import fill
from sangtin.sample.written import Theme, Window, Written, rows, themes, written

POSTS = written()
THEMES = themes()
NAMES = {card.name for card in sources()}
NOON = datetime(2026, 7, 1, 12, tzinfo=VIETNAM)


def test_some_three_hundred_posts_are_written() -> None:
    assert 290 <= len(POSTS) <= 400
    assert len({post.slug for post in POSTS}) == len(POSTS)


def test_written_texts_are_all_different() -> None:
    texts = [post.text for post in POSTS if not post.varies]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("post", POSTS, ids=lambda p: p.slug)
def test_a_written_post_is_whole(post: Written) -> None:
    assert (post.label is Label.SPAM) == (post.kind is not None)
    assert post.source in NAMES
    assert bool(post.text) != bool(post.varies)
    assert bool(post.swaps) == bool(post.varies)
    assert ("{gốc}" in post.text) == bool(post.quotes)
    if post.at:
        assert FIRST_DAY <= post.at.date() <= LAST_DAY
        assert post.at <= LAST_HOUR


def test_variants_and_quotes_come_after_what_they_name() -> None:
    seen: set[str] = set()
    for post in POSTS:
        named = post.varies or post.quotes
        assert named is None or named in seen
        seen.add(post.slug)


def test_variants_change_what_a_copy_must_not() -> None:
    changed = [swap for post in POSTS for swap in post.swaps]
    assert any(re.search(r"\d", old) and re.search(r"\d", new) for old, new in changed)
    assert any("ĐÃ" in old and "CHƯA" in new for old, new in changed)
    assert sum(bool(post.varies) for post in POSTS) >= 25
    assert sum(bool(post.quotes) for post in POSTS) >= 12


def test_every_storyline_is_told_within_its_days() -> None:
    lines = {row["storyline"]: row for row in rows("storylines.jsonl")}
    assert {post.storyline for post in POSTS} == set(lines)
    assert all(row["title"] and row["first"] <= row["last"] for row in lines.values())


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: t.slug)
def test_a_theme_is_whole(theme: Theme) -> None:
    assert (theme.label is Label.SPAM) == (theme.kind is not None)
    assert set(theme.sources) <= NAMES
    assert all(FIRST_DAY <= window.first <= window.last <= LAST_DAY for window in theme.windows)
    everything = [sentence for part in theme.parts for sentence in part]
    assert len(set(everything)) == len(everything)
    assert all(sentence == sentence.strip() != "" for sentence in everything)


def test_no_sentence_serves_two_themes() -> None:
    long = [sentence for theme in THEMES for part in theme.parts for sentence in part if len(sentence) > 25]
    assert len(set(long)) == len(long)


def test_every_kind_of_post_is_written() -> None:
    kinds = {(post.label, post.kind) for post in POSTS}
    assert kinds == {(Label.NEGATIVE, None), (Label.POSITIVE, None), *((Label.SPAM, kind) for kind in Kind)}


def test_a_slot_that_occurs_twice_has_one_value() -> None:
    for seed in range(20):
        one, other = fill("{phường}/{phường}", Dice(str(seed)), NOON).split("/")
        assert one == other


def test_days_are_counted_from_the_post() -> None:
    assert fill("{hôm qua} {ngày} {mai} {mốt} {tuần sau}", Dice("x"), NOON) == "30/6 1/7 2/7 3/7 8/7"
    assert fill("{thứ}, tháng {số tháng}", Dice("x"), NOON) == "thứ tư, tháng 7"


def test_an_unknown_slot_is_refused() -> None:
    with pytest.raises(KeyError):
        fill("{không có}", Dice("x"), NOON)


def test_telephones_and_links_are_nobodys() -> None:
    for seed in range(30):
        assert re.fullmatch(r"09xx\.\d{3}\.xxx", fill("{sđt}", Dice(str(seed)), NOON))
        assert re.fullmatch(r"https://[a-z-]+\.invalid/\w{6}", fill("{link}", Dice(str(seed)), NOON))


@pytest.mark.parametrize("source", sorted(NAMES))
def test_moments_stay_in_the_window(source: str) -> None:
    window = Window(LAST_DAY, LAST_DAY, 1)
    for seed in range(40):
        at = moment(Dice(str(seed)), (window,), source)
        assert at.date() == LAST_DAY
        assert at <= LAST_HOUR


@pytest.mark.parametrize("source", sorted(NAMES))
def test_a_post_is_fetched_after_it_was_published_and_the_same_day_at_the_end(source: str) -> None:
    for seed in range(40):
        dice = Dice(str(seed))
        at = moment(dice, whole(), source)
        assert at < fetched(dice, at, source)
        assert fetched(dice, LAST_HOUR, source).astimezone(UTC).date() == LAST_DAY
