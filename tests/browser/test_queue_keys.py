"""The queue by keyboard alone: a key decides, the next card stands there before the server has answered."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import api
from sangtin.post import Act, Bin, Kind, Label, Post, now
from sangtin.record import posts, reviews, shown
from tests.api.desk import PERSON, Desk
from tests.browser.conftest import Window, open_window

pytestmark = pytest.mark.browser
# The longest that a decision may take to slide away, in ms (screens: at most 150).
LONGEST_SLIDE = 150
FIRST, SECOND, THIRD = "bao-mau:1", "bao-mau:11", "bao-mau:5"


def card(page: Page) -> str | None:
    """The post of the card at hand."""
    at = page.locator("#cards > .card.now")
    return at.get_attribute("data-post") if at.count() else None


def settled(page: Page) -> None:
    """Wait until everything that was pressed has been noted and drawn."""
    page.evaluate("() => work")


def outcome(desk: Desk, post: str) -> tuple[Bin, Kind | None]:
    with desk.record.read() as connection:
        (found,) = shown.summaries_by_id(connection, [post])
    return found.outcome.bin, found.outcome.kind


def acts(desk: Desk) -> list[tuple[str, Act, Label | None]]:
    """The person's acts that stand, oldest first."""
    with desk.record.read() as connection:
        latest = reviews.latest(connection, PERSON)
    return [(said.review.post, said.review.act, said.review.label) for said in reversed(latest)]


def slowly(route: Route) -> None:
    """Let a request through after a while."""
    time.sleep(0.1)
    route.continue_()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize(("key", "bin_"), [("1", Bin.SPAM), ("2", Bin.NEGATIVE), ("3", Bin.POSITIVE)])
def test_one_key_decides(window: Window, key: str, bin_: Bin) -> None:
    page = window.go("/queue")
    press(page, "j", key)
    assert card(page) == THIRD
    settled(page)
    assert outcome(window.desk, SECOND) == (bin_, None)
    assert "5 bài đang chờ" in page.locator("#queue-head").inner_text()
    assert page.locator("#rail-waiting").inner_text() == "5"


def test_the_next_card_stands_there_before_the_server_answers(window: Window) -> None:
    page = window.go("/queue")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/queue/review", hold)
    press(page, "2")
    assert card(page) == SECOND
    expect(page.locator(f'[data-post="{SECOND}"] .post-text')).to_be_visible()
    page.wait_for_timeout(2 * LONGEST_SLIDE)
    assert acts(window.desk) == []
    held[0].continue_()
    settled(page)
    assert acts(window.desk) == [(FIRST, Act.LABEL, Label.NEGATIVE)]


def test_a_decision_slides_away_in_time() -> None:
    tokens = (Path(api.__file__).parent / "static" / "css" / "tokens.css").read_text()
    found = re.search(r"--slide: (\d+)ms", tokens)
    assert found
    assert int(found[1]) <= LONGEST_SLIDE


def test_keys_pressed_faster_than_the_server_answers_reach_the_right_posts(window: Window) -> None:
    page = window.go("/queue")
    page.route("**/queue/**", slowly)
    press(page, "2", "3", "1")
    settled(page)
    assert acts(window.desk) == [
        (FIRST, Act.LABEL, Label.NEGATIVE),
        (SECOND, Act.LABEL, Label.POSITIVE),
        (THIRD, Act.LABEL, Label.SPAM),
    ]
    assert card(page) == "bao-mau:8"


@pytest.mark.parametrize(
    ("key", "kind"), [("a", Kind.ADVERT), ("c", Kind.SCAM), ("s", Kind.NOISE), ("n", Kind.NEUTRAL)]
)
def test_spam_takes_its_kind_by_the_next_key_and_leaves_the_card_at_hand_alone(
    window: Window, key: str, kind: Kind
) -> None:
    page = window.go("/queue")
    press(page, "1", key)
    assert card(page) == SECOND
    settled(page)
    assert outcome(window.desk, FIRST) == (Bin.SPAM, kind)
    assert len(acts(window.desk)) == 1


def test_a_kind_without_spam_before_it_does_nothing(window: Window) -> None:
    page = window.go("/queue")
    press(page, "a", "2", "s")
    settled(page)
    assert acts(window.desk) == [(FIRST, Act.LABEL, Label.NEGATIVE)]


def test_undo_brings_the_cards_back_one_by_one(window: Window) -> None:
    page = window.go("/queue")
    press(page, "2", "1", "a")
    settled(page)
    assert "(2)" in page.locator("#undo").inner_text()
    press(page, "z")
    settled(page)
    assert card(page) == SECOND
    press(page, "z")
    settled(page)
    assert card(page) == FIRST
    assert acts(window.desk) == []
    press(page, "3")
    assert card(page) == SECOND


def test_every_card_can_be_decided_to_the_last_and_all_taken_back(window: Window) -> None:
    page = window.go("/queue")
    for _ in range(6):
        press(page, "u")
        settled(page)
    assert card(page) is None
    expect(page.locator("#queue-empty")).to_be_in_viewport()
    press(page, *"zzzzzz")
    settled(page)
    assert card(page) == FIRST
    expect(page.locator("#queue-empty")).to_be_hidden()


def test_a_card_can_be_left_for_later_and_found_again(window: Window) -> None:
    page = window.go("/queue")
    seen = []
    for _ in range(5):
        seen.append(card(page))
        press(page, "j")
        settled(page)
    seen.append(card(page))
    assert len(set(seen)) == 6
    press(page, *"kkkkk")
    assert card(page) == FIRST
    assert acts(window.desk) == []


def test_split_sets_the_chosen_copy_free_and_keeps_the_card(window: Window) -> None:
    page = window.go("/queue")
    press(page, "x")
    settled(page)
    assert card(page) == FIRST
    assert [(act, post.split(":")[0]) for post, act, _ in acts(window.desk)] == [(Act.NOT_A_COPY, "dien-dan")]
    assert page.locator(".was-split").count() == 1
    press(page, "j", "x")
    assert "không có bản sao để tách" in page.locator("#queue-says").inner_text()


def test_the_original_opens_beside(window: Window) -> None:
    page = window.go("/queue")
    page.context.route("https://bao.example/**", lambda route: route.fulfill(body="bài gốc"))
    with page.context.expect_page() as opened:
        press(page, "o")
    assert opened.value.url == "https://bao.example/1"
    assert opened.value.evaluate("() => window.opener") is None


def test_what_could_not_be_noted_comes_back_and_the_screen_says_so(window: Window) -> None:
    page = window.go("/queue")
    page.route("**/queue/review", lambda route: route.fulfill(status=503, body=""))
    press(page, "2")
    settled(page)
    assert card(page) == FIRST
    assert "Chưa ghi được" in page.locator("#queue-says").inner_text()
    page.unroute("**/queue/review")
    press(page, "2")
    settled(page)
    assert acts(window.desk) == [(FIRST, Act.LABEL, Label.NEGATIVE)]


def test_a_key_after_the_login_is_over_leads_to_the_login_and_back(window: Window) -> None:
    page = window.go("/queue")
    page.context.clear_cookies()
    press(page, "2")
    page.wait_for_url("**/login?expired=1&next=/queue")
    assert "việc vừa làm chưa được ghi" in page.locator("main").inner_text()
    assert acts(window.desk) == []


def test_undoing_a_split_brings_back_the_card_that_it_was_done_on(window: Window) -> None:
    page = window.go("/queue")
    press(page, "x")
    settled(page)
    press(page, "z")
    settled(page)
    assert card(page) == FIRST
    assert page.locator(".was-split").count() == 0
    assert page.locator("#cards > .card:visible .split").count() > 0


def test_typing_in_the_search_box_decides_nothing(window: Window) -> None:
    page = window.go("/queue")
    press(page, "/")
    page.keyboard.type("123uxz")
    assert page.locator("#q").input_value() == "123uxz"
    assert card(page) == FIRST


def test_the_keys_of_the_screen_are_listed(window: Window) -> None:
    page = window.go("/queue")
    press(page, "?")
    said = page.locator("#keys").inner_text()
    assert all(key in said for key in ("rác", "tiêu cực", "tích cực", "chưa rõ", "hoàn tác", "mở nguồn gốc"))
    press(page, "2")
    assert card(page) == FIRST
    press(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_card_can_be_decided_by_mouse_too(window: Window) -> None:
    page = window.go("/queue")
    page.locator(".card.now button", has_text="tích cực").click()
    settled(page)
    assert outcome(window.desk, FIRST)[0] is Bin.POSITIVE
    assert card(page) == SECOND


def test_two_people_do_not_step_on_each_other(window: Window, chromium: Browser) -> None:
    page, desk = window.go("/queue"), window.desk
    context = chromium.new_context()
    other = open_window(context, desk, "binh.le").go("/queue")
    press(other, "3", "3")
    settled(other)
    press(page, "2")
    settled(page)
    assert "Người khác vừa quyết định" in page.locator("#queue-says").inner_text()
    assert card(page) == FIRST
    assert "binh.le" in page.locator(".card.now .said").inner_text()
    assert outcome(desk, FIRST)[0] is Bin.POSITIVE
    assert page.locator(f'[data-post="{SECOND}"]').count() == 0
    press(page, "2")
    assert card(page) == THIRD
    settled(page)
    assert outcome(desk, FIRST)[0] is Bin.NEGATIVE
    context.close()


def test_a_card_that_was_edited_while_it_was_read_comes_back_anew(window: Window) -> None:
    page = window.go("/queue")
    edited = Post("bao-mau", "1", "Nước đã rút, đường Lê Lợi đi lại bình thường.", fetched_at=now())
    with window.desk.record.write() as writing:
        posts.add(writing, [edited])
    press(page, "2")
    settled(page)
    assert card(page) == FIRST
    assert "Nước đã rút" in page.locator(".card.now .post-text").inner_text()
    assert "vừa được sửa ở nguồn" in page.locator("#queue-says").inner_text()
    assert acts(window.desk) == []
    press(page, "3")
    settled(page)
    assert acts(window.desk) == [(FIRST, Act.LABEL, Label.POSITIVE)]
