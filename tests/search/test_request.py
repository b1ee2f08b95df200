"""Cursors travel in links, ties are stable, digests see what search shows, URLs are understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.errors import UsageError
from sangtin.post import Bin, Cause, Flag, Kind, Relation
from sangtin.search import Cursor, Document, open_search
from sangtin.search.request import TIES, tie

MOMENT = datetime(2025, 10, 28, 5, tzinfo=UTC)
DOCUMENT = Document("a:1", "lũ", "a", MOMENT, 1)


@given(st.integers(0, 1 << 32), st.text(), st.integers(0, 10_000))
def test_a_cursor_comes_back_from_a_link(second: int, id: str, rank: int) -> None:
    cursor = Cursor(datetime.fromtimestamp(second, UTC), id, rank)
    text = cursor.encode()
    assert text.replace("-", "").replace("_", "").isalnum()
    back = Cursor.decode(text)
    assert (back.second, back.id, back.rank) == (cursor.second, id, rank)


@pytest.mark.parametrize(
    "text", ["", "x", "!!!!", "bnVsbA", "W10", "WzFd", "é", "W251bGwsIjEiLDBd", "A" * 10_000]
)
def test_a_broken_link_is_an_error_for_a_person(text: str) -> None:
    with pytest.raises(UsageError, match="first page"):
        Cursor.decode(text)


def test_ties_are_stable_and_spread() -> None:
    assert tie("báo:1") == tie("báo:1")
    found = {tie(f"báo:{number}") for number in range(2_000)}
    assert len(found) > 1_990
    assert all(0 <= place < TIES for place in found)


@pytest.mark.parametrize(
    "changed",
    [
        replace(DOCUMENT, text="lụt"),
        replace(DOCUMENT, moment=MOMENT + timedelta(seconds=1)),
        replace(DOCUMENT, bin=Bin.SPAM),
        replace(DOCUMENT, cause=Cause.MODEL),
        replace(DOCUMENT, kind=Kind.SCAM),
        replace(DOCUMENT, flags=(Flag.CLAIM,)),
        replace(DOCUMENT, author_key="u"),
        replace(DOCUMENT, thread="t"),
        replace(DOCUMENT, cluster="c"),
        replace(DOCUMENT, relation=Relation.NEAR),
        replace(DOCUMENT, source="b"),
    ],
)
def test_a_digest_sees_every_difference(changed: Document) -> None:
    assert changed.digest() != DOCUMENT.digest()


def test_a_digest_does_not_see_the_number_nor_the_order_of_flags() -> None:
    assert replace(DOCUMENT, number=2).digest() == DOCUMENT.digest()
    one, other = (Flag.CLAIM, Flag.BURST), (Flag.BURST, Flag.CLAIM)
    assert replace(DOCUMENT, flags=one).digest() == replace(DOCUMENT, flags=other).digest()


def test_a_day_is_vietnamese() -> None:
    late = replace(DOCUMENT, moment=datetime(2025, 10, 28, 17, 30, tzinfo=UTC))
    assert (late.day.day, DOCUMENT.day.day) == (29, 28)


@pytest.mark.parametrize("url", ["", "search.db", "postgresql://h/d", "sqlite://x", "ftp://a"])
def test_a_place_that_holds_no_index_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="SANGTIN_SEARCH"):
        open_search(url)


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    search = open_search(f"sqlite:///{tmp_path}/no/search.db")
    assert search.position() is None
    search.close()
    assert list(tmp_path.iterdir()) == []
