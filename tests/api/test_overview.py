"""The overview: the ledger reconciles, and every number leads to exactly the posts that it counts."""

from __future__ import annotations

import json

import httpx
import pytest

from api.bars import WIDTH, columns, stretches
from sangtin.post import Act, Bin, Kind, Label, Ledger, Source, SourceType
from sangtin.record import posts, sources
from tests.api.desk import Desk, fresh, review
from tests.api.pages import links, texts, tree

SCOPES = ("/", "/?source=dien-dan", "/?from=2026-10-02&to=03/10/2026", "/?to=2026-10-01&source=bao-mau")


def counted(page: str, selector: str) -> list[tuple[int, str]]:
    """The numbers that an XPath finds, with where each leads."""
    found = tree(page).xpath(selector)
    return [(int(a.xpath(".//strong|.")[-1].text_content().replace(".", "")), a.get("href")) for a in found]


def total_at(client: httpx.Client, address: str) -> int:
    """How many posts the search at an address says that it found."""
    (said,) = texts(client.get(address).text, "//h1[@id='total']")
    return int(said.split()[0].replace(".", ""))


@pytest.mark.parametrize("path", SCOPES)
def test_both_equations_hold_on_the_page(reader: httpx.Client, path: str) -> None:
    page = reader.get(path).text
    identified, verified, pending = [n for n, _ in counted(page, "//p[contains(@class, 'equation')]/a")]
    bins = [n for n, _ in counted(page, "//ul[contains(@class, 'bins')]//a")]
    assert identified == verified + pending
    assert verified == sum(bins)
    assert identified > 0


@pytest.mark.parametrize("path", SCOPES)
def test_every_number_of_the_ledger_leads_to_what_it_counts(reader: httpx.Client, path: str) -> None:
    page = reader.get(path).text
    numbers = counted(page, "//p[contains(@class, 'equation')]/a|//ul[contains(@class, 'bins')]//a")
    assert len(numbers) == 7
    for number, address in numbers:
        assert total_at(reader, address) == number, address


def test_every_number_of_the_trend_and_the_sources_leads_to_its_posts(reader: httpx.Client) -> None:
    page = reader.get("/").text
    numbers = counted(page, "//tbody//td[contains(@class, 'number')]/a")
    assert len(numbers) == 6 * 8 + 2 * 2
    for number, address in numbers:
        assert total_at(reader, address) == number, address


def test_the_days_add_up_to_the_ledger(reader: httpx.Client) -> None:
    page = reader.get("/").text
    days = counted(page, "//details[@id='trend-table']//tbody//td[6]/a")
    assert sum(n for n, _ in days) == counted(page, "//p[contains(@class, 'equation')]/a")[0][0]


@pytest.mark.parametrize("path", SCOPES)
def test_every_count_of_a_flag_leads_to_what_it_counts(reader: httpx.Client, path: str) -> None:
    for number, address in counted(reader.get(path).text, "//a[contains(@href, 'flag=')][.//strong]"):
        assert number
        assert total_at(reader, address) == number, address


def test_the_flags_are_counted_beside_the_bins_in_neutral_words(reader: httpx.Client) -> None:
    page = reader.get("/").text
    said = [" ".join(each.split()) for each in texts(page, "//a[contains(@href, 'flag=')][.//strong]")]
    assert said == ["lừa đảo 1", "ngờ vực, cần xem 1"]
    scams = counted(page, "//details[@id='trend-table']//tbody//td[7]/a")
    assert sum(n for n, _ in scams) == 1


def test_the_chart_draws_what_its_table_says(reader: httpx.Client) -> None:
    page = reader.get("/").text
    chart = json.loads(tree(page).xpath("string(//script[@id='chart-data'])"))
    table = tree(page).xpath("//details[@id='trend-table']//tbody/tr")
    rows = [[int(a.text) for a in row.xpath("./td/a")] for row in table]
    for row, *drawn in zip(reversed(rows), *(each["posts"] for each in chart["series"]), strict=True):
        assert row[:5] == drawn
    assert len(chart["links"]) == len(chart["labels"]) == 6


def test_a_day_on_which_collecting_failed_is_marked_and_named(reader: httpx.Client) -> None:
    chart = json.loads(tree(reader.get("/").text).xpath("string(//script[@id='chart-data'])"))
    failed = dict(zip(chart["labels"], chart["failed"], strict=True))
    assert failed["03/10/2026"] == "Không thu được: bao-mau"
    assert [day for day, said in failed.items() if said] == ["03/10/2026"]


def test_a_chart_of_years_is_drawn_by_months_that_add_up(desk: Desk, browser: httpx.Client) -> None:
    from datetime import timedelta

    from sangtin.follower import follow
    from sangtin.post import Post
    from sangtin.record import posts
    from tests.api.desk import START

    old = START - timedelta(days=400)
    with desk.record.write() as writing:
        posts.add(writing, [Post("bao-mau", "old", "Chuyện năm ngoái", fetched_at=old)])
    follow(desk.record, desk.search)
    page = browser.get("/").text
    chart = json.loads(tree(page).xpath("string(//script[@id='chart-data'])"))
    assert chart["labels"] == ["08/2025", "10/2026"]
    assert [total_at(browser, link) for link in chart["links"]] == [1, 15]
    looks = counted(page, "//details[@id='trend-table']//tbody//td[8]/a")
    assert [n for n, _ in looks] == [1, 0]
    assert [total_at(browser, link) for _, link in looks] == [1, 0]


def test_what_spreads_comes_with_copies_and_sources(reader: httpx.Client) -> None:
    (growing,) = texts(reader.get("/").text, "//ol[@class='growing']/li")
    assert "Nước sông Hương lên nhanh" in growing
    assert "3 bản sao trong 7 ngày cuối; cả cụm 5 bài, 2 nguồn" in growing


@pytest.mark.parametrize(
    ("scope", "copies"),
    [
        ("to=2026-10-01", [1]),
        ("source=dien-dan", [2]),
        ("from=2026-10-02&source=dien-dan", [1]),
        ("from=2026-10-04", []),
        ("to=2020-01-01", []),
    ],
)
def test_what_spreads_is_counted_within_the_scope(
    reader: httpx.Client, scope: str, copies: list[int]
) -> None:
    page, came = reader.get(f"/?{scope}").text, "//ol[@class='growing']//p/a"
    assert [int(said.split()[0]) for said in texts(page, came)] == copies
    assert [total_at(reader, link) for link in links(page, came)] == copies


def test_a_broken_source_shows_on_every_screen_and_says_why(reader: httpx.Client) -> None:
    for path in ("/", "/search", "/queue", "/sources"):
        page = reader.get(path).text
        assert "dien-dan: máy chủ báo lỗi: 503" in page
        assert texts(page, "//nav//span[@class='unseen']") == ["1 nguồn đang hỏng"]


def test_the_sources_that_are_known_for_news_are_marked_as_such(desk: Desk, browser: httpx.Client) -> None:
    marked = "//tbody/tr[td[1]/span[contains(@class, 'chip')]='nguồn tin tức']/th"
    assert texts(browser.get("/sources").text, marked) == ["bao-mau"]
    with desk.record.write() as writing:
        sources.put(writing, Source("bao-mau", SourceType.FEED, news=False))
        sources.put(writing, Source("dien-dan", SourceType.FILE, news=True))
    assert texts(browser.get("/sources").text, marked) == ["dien-dan"]


def test_a_review_moves_the_ledger_at_once(desk: Desk, browser: httpx.Client) -> None:
    before = counted(browser.get("/").text, "//p[contains(@class, 'equation')]/a")
    review(desk, "bao-mau:12", label=Label.SPAM, kind=Kind.NEUTRAL)
    after = counted(browser.get("/").text, "//p[contains(@class, 'equation')]/a")
    assert [n for n, _ in after] == [before[0][0], before[1][0] + 1, before[2][0] - 1]


def test_unsure_moves_nothing(desk: Desk, browser: httpx.Client) -> None:
    before = counted(browser.get("/").text, "//ul[contains(@class, 'bins')]//a")
    review(desk, "bao-mau:12", Act.UNSURE)
    assert counted(browser.get("/").text, "//ul[contains(@class, 'bins')]//a") == before


def test_what_waits_for_the_machine_is_told_from_what_waits_for_people(
    desk: Desk, browser: httpx.Client
) -> None:
    with desk.record.write() as writing:
        posts.add(writing, [fresh("Mới tới")])
    (said,) = texts(browser.get("/").text, "//p[contains(@class, 'notice')]")
    assert said.startswith("Máy còn 1 bài chờ xếp cụm và 1 bài chờ đọc")


def test_the_first_day_says_what_to_do_next(empty_desk: Desk) -> None:
    page = empty_desk.client().get("/").text
    assert "Chưa có bài nào" in page
    assert "sangtin import FILE.jsonl --source NAME" in page
    assert not tree(page).xpath("//div[@id='chart']")


def test_a_period_without_posts_says_so_and_leads_out(reader: httpx.Client) -> None:
    page = reader.get("/?from=2020-01-01&to=2020-02-01").text
    assert "Không có bài nào trong khoảng này." in page
    assert "/" in links(page, "//section[@aria-labelledby='trend']//a")


@pytest.mark.parametrize("query", ["from=gestern", "period=x", "period=-1", "to=2026-13-01"])
def test_a_wrong_period_is_a_page_not_a_crash(reader: httpx.Client, query: str) -> None:
    assert reader.get(f"/?{query}").status_code == 400


def test_a_bar_is_drawn_to_scale() -> None:
    ledger = Ledger(pending=500, duplicate=250, spam=200, negative=50)
    bar = stretches(ledger)
    assert [(s.bin, s.x, s.width) for s in bar] == [
        (Bin.NEGATIVE, 0.0, 50.0),
        (Bin.SPAM, 50.0, 200.0),
        (Bin.DUPLICATE, 250.0, 250.0),
        (Bin.PENDING, 500.0, 500.0),
    ]
    assert sum(s.width for s in bar) == WIDTH
    assert stretches(Ledger()) == []


def test_a_sparkline_keeps_the_days_without_posts() -> None:
    from datetime import date

    days = {date(2026, 10, 1): 2, date(2026, 10, 4): 4}
    assert columns(days) == [(0.0, 50.0), (25.0, 0.0), (50.0, 0.0), (75.0, 100.0)]
    assert len(columns({date(2026, 1, 1): 1, date(2026, 10, 1): 1})) == 60
    assert columns({}) == []
