"""The search screen: its address is its state, its counts are exact, and each of its states is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from api import rows as folding
from api.asked import Asked
from api.passage import SEEN, excerpt, segments
from api.services import Moved
from sangtin.errors import UsageError
from sangtin.post import Bin, Flag, Kind
from sangtin.record import accounts, posts
from sangtin.search import Filters, Sort
from tests.api.desk import FLOOD, Desk, copied, fresh, open_desk
from tests.api.pages import links, texts, tree


def total(page: str) -> int:
    (said,) = texts(page, "//h1[@id='total']")
    return int(said.split()[0])


def test_unmarked_words_find_marked_ones_and_mark_them_in_the_original(reader: httpx.Client) -> None:
    page = reader.get("/search?q=ngap").text
    assert total(page) == 5
    assert texts(page, "//ol[@id='rows']//mark") == ["ngập"]


def test_exact_marks_find_only_what_was_typed(reader: httpx.Client) -> None:
    assert total(reader.get("/search?q=ngap&exact=1").text) == 0
    assert total(reader.get("/search?q=ngập&exact=1").text) == 5


def test_a_cluster_is_one_row_led_by_the_post_that_others_repeat(reader: httpx.Client) -> None:
    (row,) = tree(reader.get("/search?q=ngap").text).xpath("//ol[@id='rows']/li")
    said = " ".join(row.text_content().split())
    assert row.xpath("./a/@data-post") == ["bao-mau:1"]
    assert "3 bản sao" in said
    assert "và 4 bài cùng cụm mới nhất 02/10/2026 15:00" in said


def test_every_facet_leads_to_as_many_posts_as_it_says(reader: httpx.Client) -> None:
    for path in ("/search", "/search?q=ngap OR lu", "/search?bin=spam&bin=negative"):
        options = tree(reader.get(path).text).xpath("//a[@class='option' and not(@aria-current)]")
        assert options
        for option in options:
            alone = Asked.of(QueryParams(option.get("href").partition("?")[2]))
            counted = int(option.xpath(".//span[contains(@class, 'number')]")[0].text)
            if len(alone.filters.bins) < 2:
                assert total(reader.get(option.get("href")).text) == counted


def test_a_chosen_facet_can_be_taken_away(reader: httpx.Client) -> None:
    page = reader.get("/search?bin=spam&kind=scam").text
    chosen = links(page, "//a[@class='option' and @aria-current]")
    assert sorted(chosen) == ["/search?bin=spam", "/search?kind=scam"]


def test_a_day_of_the_histogram_leads_to_its_posts(reader: httpx.Client) -> None:
    days = tree(reader.get("/search").text).xpath("//*[@id='days']//a")
    assert len(days) == 6
    for day in days:
        counted = int(day.xpath("./*[local-name()='title']")[0].text.split(": ")[1])
        assert total(reader.get(day.get("href")).text) == counted


@pytest.mark.parametrize("query", ["", "?q=ngap OR lu OR khong OR rac", "?bin=duplicate&bin=negative"])
@pytest.mark.parametrize("sort", Sort)
def test_each_cluster_is_one_row_on_one_page_and_the_rows_hold_all_that_was_found(
    reader: httpx.Client, monkeypatch: pytest.MonkeyPatch, query: str, sort: Sort
) -> None:
    monkeypatch.setattr(folding, "ROWS", 2)
    seen: list[str] = []
    held = 0
    address = f"/search{query or '?'}&sort={sort}"
    while address:
        page = reader.get(address).text
        items = tree(page).xpath("//ol[@id='rows']/li[a[@class='row']]")
        assert len(items) <= 2
        for item in items:
            more = re.search(r"và (\d+) bài cùng cụm", item.text_content())
            seen += item.xpath("./a/@data-post")
            held += 1 + int(more[1] if more else 0)
        address = next(iter(links(page, "//li[@id='more']/a")), "")
    assert len(seen) == len(set(seen))
    assert held == total(page)


def test_a_flood_of_copies_ends_a_page_and_loses_no_post_behind_it(
    reader: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest hits are copies of one post; a page reads few of them, and the next goes on behind."""
    monkeypatch.setattr(folding, "MOST_HITS", 2)
    seen: list[str] = []
    address = "/search?q=ngap OR rac"
    while address:
        page = reader.get(address).text
        seen += tree(page).xpath("//ol[@id='rows']//@data-post")
        assert "Không tìm thấy" not in page
        address = next(iter(links(page, "//li[@id='more']/a")), "")
    assert len(seen) == 2
    assert "bao-mau:11" in seen


def test_the_posts_of_one_cluster_are_not_folded(reader: httpx.Client) -> None:
    page = reader.get("/search?q=ngap").text
    (cluster,) = links(page, "//p[contains(@class, 'row-more')]/a")
    page = reader.get(cluster).text
    assert len(tree(page).xpath("//ol[@id='rows']//a[@class='row']")) == total(page) == 5


def test_a_chosen_row_shows_its_post_with_found_words_and_words_that_moved_the_label(
    reader: httpx.Client,
) -> None:
    pane = "//section[@id='pane']"
    page = reader.get("/search?q=ngap&post=bao-mau:1").text
    assert texts(page, f"{pane}//p[@class='post-text']") == [FLOOD]
    assert texts(page, f"{pane}//p[@class='post-text']/mark") == ["ngập"]
    assert texts(page, f"{pane}//p[@class='post-text']//span[contains(@class, 'towards-3')]") == ["ngập"]


def test_found_words_are_marked_in_a_post_beyond_the_page_at_hand(
    reader: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "ROWS", 1)
    page = reader.get("/search?q=ngap OR rac&post=bao-mau:1").text
    assert "bao-mau:1" not in tree(page).xpath("//ol[@id='rows']//@data-post")
    assert texts(page, "//section[@id='pane']//p[@class='post-text']/mark") == ["ngập"]


def test_a_post_that_is_not_there_leaves_the_results_alone(reader: httpx.Client) -> None:
    page = reader.get("/search?q=ngap&post=bao-mau:nowhere")
    assert page.status_code == 200
    assert total(page.text) == 5


def test_what_strangers_wrote_is_shown_as_text(reader: httpx.Client) -> None:
    page = reader.get("/search?q=quán&post=bao-mau:14").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("query", "wrong", "says"),
    [
        ("(lũ OR bão))", ")", "Ngoặc"),
        ("lũ nhãn:xanh", "xanh", "Nhãn là một trong: tiêu_cực"),
        ("lũ (cờ:xanh)", "xanh", "Cờ là một trong"),
        ("😀", "😀", "không có gì để tìm"),
        ("lũ từ:mai", "mai", "không phải ngày"),
        ("OR", "OR", "Trước OR"),
        ("lũ AND", "AND", "Sau AND"),
        ('vỡ đập "xả lũ', '"', "Dấu nháy ở ký tự 8 chưa được đóng"),
        ("(lũ OR bão", "(", "Ngoặc"),
        ("lũ nhãn:", "nhãn:", "cần một giá trị"),
        ("lũ OR từ:2026", "2026", "cả câu tìm"),
        ("(" * 25 + "lũ" + ")" * 25, "(", "quá 20 lớp"),
        ("lũ " * 1_700 + "lũ", "", "dài hơn 5000 ký tự"),
    ],
    ids=lambda text: text[:14],
)
def test_a_mistake_is_drawn_where_it_is(reader: httpx.Client, query: str, wrong: str, says: str) -> None:
    answer = reader.get("/search", params={"q": query})
    assert answer.status_code == 400
    assert texts(answer.text, "//p[@class='mistake']") == [query]
    assert texts(answer.text, "//p[@class='mistake']/strong") == [wrong]
    assert says in texts(answer.text, "//p[@role='alert']")[0]
    assert tree(answer.text).xpath("string(//input[@id='q']/@value)") == query


def test_nothing_found_says_what_was_searched_and_what_to_try(reader: httpx.Client) -> None:
    page = reader.get("/search?q=khongco&exact=1&bin=spam").text
    assert "Đã tìm “khongco” đúng dấu như đã gõ." in page
    assert links(page, "//ul[@class='tries']//a") == [
        "/search?q=khongco&bin=spam",
        "/search?q=khongco&exact=1",
    ]


def test_the_first_day_says_how_posts_come_in(empty_desk: Desk) -> None:
    page = empty_desk.client().get("/search").text
    assert "Chưa có bài nào" in page
    assert "sangtin import FILE.jsonl --source NAME" in page
    assert "bộ lọc đã chọn" not in page


def test_how_to_search_is_shown_by_examples_that_work(reader: httpx.Client) -> None:
    examples = links(reader.get("/search").text, "//dl[@class='examples']//a")
    assert len(examples) == 6
    assert all(reader.get(example).status_code == 200 for example in examples)


def test_without_the_engine_the_screen_says_what_still_works(made_desk: Path, tmp_path: Path) -> None:
    home = copied(made_desk, tmp_path)
    for file in home.glob("search.db*"):
        file.unlink()
    (home / "search.db").write_bytes(b"no index at all " * 512)
    with open_desk(home) as desk:
        client = desk.client()
        down = client.get("/search?q=ngap")
        assert down.status_code == 503
        assert "Tổng quan và hàng chờ vẫn dùng được" in down.text
        assert client.get("/").status_code == client.get("/queue").status_code == 200
        assert client.get("/api/v1/health").json() == {"record": True, "search": False, "lag": None}


def test_an_index_behind_the_record_says_by_how_much(desk: Desk, browser: httpx.Client) -> None:
    with desk.record.write() as writing:
        posts.add(writing, [fresh("Tin mới chưa vào chỉ mục")])
    assert "Chỉ mục còn chậm 1 thay đổi" in browser.get("/search").text


def test_searches_and_reads_are_in_the_audit_without_any_text(desk: Desk, browser: httpx.Client) -> None:
    browser.get("/search?q=ngap&post=bao-mau:1")
    with desk.record.read() as connection:
        read, searched = accounts.entries(connection, 2)
    assert (read.act, read.subject) == ("read", "bao-mau:1")
    assert (searched.act, searched.subject) == ("search", "/search?q=ngap")


def test_the_box_keeps_the_filters_and_the_query(reader: httpx.Client) -> None:
    form = "//search/form"
    page = tree(reader.get("/search?q=lũ&bin=negative&exact=1&sort=oldest").text)
    assert page.xpath(f"string({form}//input[@name='q']/@value)") == "lũ"
    assert page.xpath(f"{form}//input[@type='hidden']/@name") == ["bin", "sort"]
    assert page.xpath(f"boolean({form}//input[@name='exact']/@checked)")


@pytest.mark.parametrize("query", ["bin=green", "kind=x", "sort=x", "flag=", "after=zzz", "from=1/2"])
def test_a_wrong_state_is_a_page_not_a_crash(reader: httpx.Client, query: str) -> None:
    assert reader.get(f"/search?{query}").status_code == 400


asked = st.builds(
    Asked,
    text=st.text(max_size=20).map(str.strip),
    exact=st.booleans(),
    sort=st.sampled_from(Sort),
    filters=st.builds(
        Filters,
        sources=st.lists(st.text(min_size=1, max_size=5), max_size=2).map(tuple),
        bins=st.lists(st.sampled_from(Bin), max_size=2, unique=True).map(tuple),
        kinds=st.lists(st.sampled_from(Kind), max_size=2, unique=True).map(tuple),
        flags=st.lists(st.sampled_from(Flag), max_size=2, unique=True).map(tuple),
        since=st.none() | st.dates(),
        until=st.none() | st.dates(),
    ),
)


@given(asked)
def test_an_address_and_what_it_asks_are_the_same_thing(asked: Asked) -> None:
    assert Asked.of(QueryParams(asked.url().partition("?")[2])) == asked


@given(asked, st.sampled_from(Bin))
def test_a_filter_toggled_twice_asks_the_same(asked: Asked, bin_: Bin) -> None:
    twice = asked.toggle("bins", bin_).toggle("bins", bin_)
    assert set(twice.filters.bins) == set(asked.filters.bins)


def test_days_are_read_as_programs_and_as_people_write_them() -> None:
    assert Asked.of(QueryParams("from=2026-10-09")) == Asked.of(QueryParams("from=09/10/2026"))
    with pytest.raises(UsageError, match="DD/MM/YYYY"):
        Asked.of(QueryParams("from=10-09-26"))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda s: tuple(sorted(s))), max_size=5
)
moved = st.lists(st.builds(Moved, st.integers(0, 30), st.integers(31, 60), st.floats(-9, 9).filter(bool)))


@given(st.text(max_size=50), spans, moved)
def test_segments_joined_are_the_text(text: str, found: list[tuple[int, int]], moved: list[Moved]) -> None:
    cut = segments(text, found, moved)
    assert "".join(s.text for s in cut) == text
    assert all(-3 <= s.strength <= 3 for s in cut)


@given(st.text(alphabet="ab ờ", max_size=900), st.integers(0, 890))
def test_an_excerpt_is_short_and_holds_the_first_found_word(text: str, at: int) -> None:
    found = [(at, at + 3)] if at + 3 <= len(text) and text[at : at + 3].strip() else []
    cut = excerpt(text, found)
    plain = "".join(s.text for s in cut)
    assert len(plain) <= 240 + 4
    if found:
        assert any(s.found for s in cut)
        assert plain.index(text[at : at + 3]) < SEEN
    elif len(text) <= 240:
        assert plain == text
