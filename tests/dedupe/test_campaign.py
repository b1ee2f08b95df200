"""Many accounts at once raise a flag; friends, one busy account and news agencies do not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dedupe import Sighting, campaign
from dedupe.campaign import ACCOUNTS, WINDOW

START = datetime(2025, 3, 1, 8, tzinfo=UTC)


def seen(second: float, author: str | None, source: str = "facebook") -> Sighting:
    return Sighting(START + timedelta(seconds=second), author, source)


def test_nobody_is_no_campaign() -> None:
    assert campaign([]) is None


def test_it_counts_authors_sources_and_times() -> None:
    found = campaign([seen(90, "b", "tiktok"), seen(0, "a"), seen(30, "a")])
    assert found is not None
    assert (found.posts, found.authors, found.sources) == (3, 2, 2)
    assert (found.first, found.last) == (START, START + timedelta(seconds=90))
    assert not found.flagged
    assert found.reason == ""


def test_many_accounts_within_a_minute_are_flagged() -> None:
    found = campaign([seen(10 * i, f"account {i}") for i in range(ACCOUNTS)])
    assert found is not None
    assert found.flagged
    assert found.reason == f"{ACCOUNTS} accounts within 60 s"


def test_the_same_accounts_over_a_day_are_not() -> None:
    found = campaign([seen(3600 * i, f"account {i}") for i in range(20)])
    assert found is not None
    assert not found.flagged


def test_one_account_that_posts_often_is_one() -> None:
    found = campaign([seen(i, "busy") for i in range(50)])
    assert found is not None
    assert found.burst == 1


def test_news_sources_that_print_wire_copy_are_not_flagged() -> None:
    wire = [seen(i, f"desk {i}", f"news-{i}") for i in range(10)]
    found = campaign(wire, news={f"news-{i}" for i in range(10)})
    assert found is not None
    assert not found.flagged
    assert found.posts == 10


def test_accounts_beside_news_sources_still_count() -> None:
    wire = [seen(i, f"desk {i}", "news") for i in range(10)]
    found = campaign([*wire, *(seen(i, f"account {i}") for i in range(ACCOUNTS))], news={"news"})
    assert found is not None
    assert found.burst == ACCOUNTS
    assert found.flagged


def test_unknown_authors_prove_nothing() -> None:
    found = campaign([seen(0, None) for _ in range(100)])
    assert found is not None
    assert found.authors == 0
    assert not found.flagged


def test_the_window_ends_with_its_last_second() -> None:
    within = campaign([seen(0, "a"), seen(60, "b")], accounts=2)
    beyond = campaign([seen(0, "a"), seen(60.001, "b")], accounts=2)
    assert within is not None
    assert within.flagged
    assert beyond is not None
    assert not beyond.flagged


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_the_burst_is_the_fullest_window(sightings: list[tuple[int, str]]) -> None:
    found = campaign([seen(second, author) for second, author in sightings])
    width = int(WINDOW.total_seconds())
    fullest = max(
        len({author for second, author in sightings if start <= second <= start + width})
        for start, _ in sightings
    )
    assert found is not None
    assert found.burst == fullest
