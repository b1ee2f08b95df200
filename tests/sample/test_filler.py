from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.post import Kind, Relation, day_of
from sangtin.sample.filler import _shares, filler
from sangtin.sample.written import Spread, themes

DRAFTS = filler(1, 1500)


@pytest.mark.parametrize("count", [40, 700, 1500])
def test_the_count_is_exact(count: int) -> None:
    assert len(filler(1, count)) == count


def test_the_same_seed_gives_the_same_drafts() -> None:
    again = filler(1, 1500)
    assert [(d.slug, d.at, d.text, d.author) for d in again] == [
        (d.slug, d.at, d.text, d.author) for d in DRAFTS
    ]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(any), st.integers(0, 500))
def test_shares_add_up_and_keep_the_proportion(weights: list[int], count: int) -> None:
    shares = _shares(weights, count)
    assert sum(shares) == count
    for weight, got in zip(weights, shares, strict=True):
        assert abs(got - weight * count / sum(weights)) < 1


def test_every_theme_has_its_part() -> None:
    there = Counter(draft.storyline for draft in DRAFTS)
    for theme in themes():
        assert there[theme.slug] >= 0.2 * theme.posts


def test_posts_of_a_theme_keep_to_its_days_and_sources() -> None:
    by_slug = {theme.slug: theme for theme in themes()}
    for draft in DRAFTS:
        if draft.kind is Kind.NOISE and draft.storyline == "nonsense":
            continue
        theme = by_slug[draft.storyline]
        assert draft.source in theme.sources
        assert any(window.first <= day_of(draft.at) <= window.last for window in theme.windows)
        assert (draft.label, draft.kind) == (theme.label, theme.kind)


def test_only_themes_that_say_so_are_reposted() -> None:
    reposting = {theme.slug for theme in themes() if theme.reposts}
    assert {draft.storyline for draft in DRAFTS if draft.spread is Spread.REPOST} <= reposting


def test_all_are_originals_of_their_own() -> None:
    assert {draft.relation for draft in DRAFTS} == {Relation.ORIGINAL}
    assert len({draft.slug for draft in DRAFTS}) == len(DRAFTS)


def test_some_are_typed_without_marks_and_some_in_chat_spelling() -> None:
    small_talk = [draft for draft in DRAFTS if draft.storyline == "dap-loi"]
    assert any(draft.text.isascii() for draft in small_talk)
    assert not all(draft.text.isascii() for draft in small_talk)
