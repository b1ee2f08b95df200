"""The other screens by keyboard and mouse: search, overview, the choices of language and theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from api import rows as folding
from tests.browser.conftest import Window

pytestmark = pytest.mark.browser


def test_a_search_from_any_screen_by_keyboard(window: Window) -> None:
    page = window.go("/sources")
    page.keyboard.press("/")
    page.keyboard.type("ngap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=ngap")
    assert page.locator("#total").inner_text() == "5 bài"


def test_rows_by_keyboard_and_the_post_beside_them_in_the_address(window: Window) -> None:
    page = window.go("/search?bin=negative&bin=positive")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane[data-post]")).to_be_visible()
    chosen = page.locator("#pane").get_attribute("data-post")
    assert page.locator('#rows .row[aria-current="true"]').get_attribute("data-post") == chosen
    assert f"post={chosen}".replace(":", "%3A") in page.url
    page.go_back()
    page.wait_for_url(lambda url: "post=" not in url)
    expect(page.locator("#rows .row").first).to_be_visible()


def test_a_review_beside_the_results_stays_beside_them(window: Window) -> None:
    page = window.go("/search?q=dap&post=bao-mau:12")
    expect(page.locator("#pane .only-narrow")).to_be_hidden()
    page.locator("#pane button", has_text="tiêu cực").click()
    expect(page.locator("#pane .said")).to_contain_text("an.nguyen")
    assert page.url.endswith("/search?q=dap&post=bao-mau:12")


def test_a_decision_beside_the_results_leaves_them_as_they_were(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "ROWS", 5)
    page = window.go("/search")
    page.locator("#more a").click()
    expect(page.locator("#rows .row")).not_to_have_count(5)
    rows = page.locator("#rows .row").count()
    page.locator("#rows .row").nth(1).click()
    expect(page.locator("#pane[data-post]")).to_be_focused()
    page.locator("#pane button", has_text="tích cực").click()
    expect(page.locator("#pane .said")).to_contain_text("an.nguyen")
    assert page.locator("#rows .row").count() == rows
    assert page.locator('#rows .row[aria-current="true"]').count() == 1


def test_escape_leaves_the_search_box_and_keeps_what_was_typed(window: Window) -> None:
    page = window.go("/search?q=ngap")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert page.locator("#q").input_value() == "ngap"
    page.keyboard.press("j")
    expect(page.locator("#rows .row").first).to_be_focused()


def test_a_row_that_could_not_be_fetched_says_so(window: Window) -> None:
    page = window.go("/search")
    page.route("**/search?*post=*", lambda route: route.abort())
    page.locator("#rows .row").first.click()
    expect(page.locator("#search-says")).to_be_visible()
    window.complaints.clear()  # of the answer that did not come
    page.unroute("**/search?*post=*")
    page.locator("#rows .row").first.click()
    expect(page.locator("#pane[data-post]")).to_be_visible()
    expect(page.locator("#search-says")).to_be_hidden()


def test_the_next_rows_come_below_the_first(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "ROWS", 5)
    page = window.go("/search")
    before = page.locator("#rows .row").count()
    page.locator("#more a").click()
    expect(page.locator("#rows .row")).not_to_have_count(before)
    assert page.url.endswith("/search")


def test_a_period_can_be_brushed_over_the_days(window: Window) -> None:
    page = window.go("/search")
    box = page.locator("#days").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + 10)
    page.mouse.up()
    page.wait_for_url("**/search?from=02%2F10%2F2026&to=03%2F10%2F2026")
    assert page.locator("#total").inner_text() == "7 bài"


def test_a_day_can_be_clicked_in_the_histogram(window: Window) -> None:
    page = window.go("/search")
    page.locator("#days a").nth(3).click()
    page.wait_for_url("**/search?from=2026-10-04&to=2026-10-04")


def test_exact_marks_is_a_switch(window: Window) -> None:
    page = window.go("/search?q=ngap")
    page.get_by_label("khớp dấu").check()
    page.wait_for_url("**/search?q=ngap&exact=1")
    assert page.locator("#total").inner_text() == "0 bài"


def test_the_chart_is_drawn_and_a_click_on_a_day_leads_to_its_posts(window: Window) -> None:
    page = window.go("/")
    canvas = page.locator("#chart canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.8)
    page.wait_for_url("**/search?from=2026-10-01&to=2026-10-01")


def test_the_table_of_the_chart_is_behind_a_key(window: Window) -> None:
    page = window.go("/")
    expect(page.locator("#trend-table table")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator("#trend-table table")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#trend-table table")).to_be_hidden()


def test_a_period_is_chosen_and_stands_in_the_address(window: Window) -> None:
    page = window.go("/")
    page.locator("#source").select_option("dien-dan")
    page.wait_for_url("**/?source=dien-dan")
    page.locator("#period").select_option("30")
    page.wait_for_url("**/?period=30&source=dien-dan")


def test_language_and_theme_are_kept(window: Window) -> None:
    page = window.go("/search?q=ngap")
    page.get_by_role("button", name="EN").click()
    page.wait_for_url("**/search?q=ngap")
    assert page.locator("#total").inner_text() == "5 posts"
    for theme, ground in (("dark", "rgb(26, 27, 26)"), ("light", "rgb(250, 248, 243)")):
        page.locator("button[name=theme]").click()
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("data-theme") == theme
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    assert window.go("/queue").locator("html").get_attribute("lang") == "en"


def test_everything_is_reached_by_tab_and_the_focus_shows(window: Window) -> None:
    page = window.go("/search?q=ngap")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        label, outline = page.evaluate(
            """() => { const e = document.activeElement;
            const name = e.textContent.trim().slice(0, 30) || e.name || e.ariaLabel;
            return [e === document.body ? "" : name, getComputedStyle(e).outlineStyle]; }"""
        )
        if not label:
            break
        assert outline != "none", label
        assert page.evaluate("() => !document.activeElement.matches('.unseen:not(.skip)')"), label
        reached.add(label)
    assert {"Tới nội dung", "q", "exact", "VI", "Tổng quan", "mới nhất"} <= reached


def test_a_strangers_markup_runs_nowhere(window: Window) -> None:
    page = window.go("/posts/bao-mau:14")
    assert page.locator(".post-text").inner_text().startswith("<script>alert('x')</script>")
