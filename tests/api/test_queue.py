"""The queue: what waits comes in order, one act decides a card, and every act can be taken back."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sangtin.post import Act, Bin, Cause, Kind, Label, Post, now
from sangtin.record import accounts, erasing, posts, reviews, shown
from tests.api.desk import PERSON, Desk, review
from tests.api.pages import proof, texts, tree

ORDER = ["bao-mau:1", "bao-mau:11", "bao-mau:5", "bao-mau:8", "dien-dan:13", "bao-mau:12"]


def cards(page: str) -> list[str]:
    """The posts of the cards, in order."""
    return [str(each) for each in tree(page).xpath("//ol[@id='cards']/li/@data-post")]


def act(client: httpx.Client, to: str, seen: tuple[str, ...] = (), ahead: int = 0, **given: str) -> str:
    """What a browser with scripts sends, and the part of the screen that comes back."""
    headers = {"x-part": "cards", "x-proof": proof(client)}
    form = {"seen": list(seen), "ahead": str(ahead)} | given
    answer = client.post(f"/queue/{to}", data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def outcome(desk: Desk, post: str) -> tuple[Bin, Kind | None, Cause]:
    with desk.record.read() as connection:
        (found,) = shown.summaries_by_id(connection, [post])
    return found.outcome.bin, found.outcome.kind, found.outcome.cause


def standing(desk: Desk) -> list[reviews.Said]:
    with desk.record.read() as connection:
        return reviews.latest(connection, PERSON)


def test_the_most_urgent_cards_come_first_and_two_wait_behind(reader: httpx.Client) -> None:
    assert cards(reader.get("/queue").text) == ORDER[:3]


def test_the_head_says_how_many_wait_since_when_and_how_many_you_did(reader: httpx.Client) -> None:
    head = texts(reader.get("/queue").text, "//div[@id='queue-head']/span")
    assert head == ["6 bài đang chờ", "cũ nhất 01/10/2026 10:00", "hôm nay bạn đã xem 0"]


def test_a_decision_settles_the_post_and_brings_the_next_card(desk: Desk, browser: httpx.Client) -> None:
    part = act(browser, "review", tuple(ORDER[:3]), 2, post="bao-mau:11", act="label", label="negative")
    assert outcome(desk, "bao-mau:11") == (Bin.NEGATIVE, None, Cause.PERSON)
    assert cards(part) == [ORDER[3]]
    assert "5 bài đang chờ" in part
    assert "hôm nay bạn đã xem 1" in part


def test_a_decision_on_a_post_with_copies_holds_for_the_cluster(desk: Desk, browser: httpx.Client) -> None:
    form = "//li[@data-post='bao-mau:1']//form[input[@name='label' and @value='positive']]"
    fields = tree(browser.get("/queue").text).xpath(f"{form}/input")
    act(browser, "review", **{f.get("name"): f.get("value") for f in fields if f.get("name") != "proof"})
    assert outcome(desk, "bao-mau:1") == (Bin.POSITIVE, None, Cause.CLUSTER)
    assert outcome(desk, "bao-mau:5")[0] is Bin.NEGATIVE


def test_unsure_leaves_this_reviewers_queue_and_no_one_elses(desk: Desk, browser: httpx.Client) -> None:
    act(browser, "review", post="bao-mau:11", act="unsure")
    assert "bao-mau:11" not in cards(browser.get("/queue").text)
    assert outcome(desk, "bao-mau:11")[2] is Cause.MODEL
    with desk.record.write() as writing:
        accounts.put_person(writing, "binh.le")
        link = accounts.make_link(writing, "binh.le")
    other = desk.client(enter=False)
    other.get(f"/login?token={link}")
    assert "bao-mau:11" in cards(other.get("/queue").text)


def form_of(client: httpx.Client, post: str, label: str = "negative") -> dict[str, Any]:
    """What the form of one key on a card would send."""
    form = f"//li[@data-post='{post}']//form[input[@name='label' and @value='{label}']]/input"
    fields = tree(client.get("/queue").text).xpath(form)
    return {f.get("name"): f.get("value") for f in fields if f.get("name") != "proof"}


def says(part: str) -> str:
    return str(tree(part).xpath("string(//div[@id='queue-head']/@data-says)"))


def edit(desk: Desk, post: str, text: str) -> None:
    with desk.record.write() as writing:
        assert posts.add(writing, [Post("bao-mau", post, text, fetched_at=now())]).changed == 1


def test_a_card_whose_post_was_edited_meanwhile_comes_back_with_its_new_text(
    desk: Desk, browser: httpx.Client
) -> None:
    shown_then = form_of(browser, "bao-mau:11")
    edit(desk, "11", "Tòa soạn xin đính chính toàn bộ bài này.")
    part = act(browser, "review", tuple(ORDER[:3]), 2, **shown_then)
    assert says(part) == "edited"
    assert tree(part).xpath("//li[@data-back]/@data-post") == ["bao-mau:11"]
    assert "đính chính" in texts(part, "//li[@data-back]//p[@class='post-text']")[0]
    assert outcome(desk, "bao-mau:11")[2] is Cause.NONE
    assert standing(desk) == []


def test_what_another_person_decided_meanwhile_is_shown_before_it_is_overruled(
    desk: Desk, browser: httpx.Client
) -> None:
    shown_then = form_of(browser, "bao-mau:11")
    review(desk, "bao-mau:11", by="binh.le", label=Label.POSITIVE)
    part = act(browser, "review", **shown_then)
    assert says(part) == "decided"
    assert "binh.le" in texts(part, "//li[@data-back]//div[@class='said']")[0]
    assert outcome(desk, "bao-mau:11")[0] is Bin.POSITIVE
    again = tree(part).xpath("//li[@data-back]//form[input[@value='negative']]/input[@name='after']/@value")
    act(browser, "review", **shown_then | {"after": again[0]})
    assert outcome(desk, "bao-mau:11")[0] is Bin.NEGATIVE


def test_anothers_doubt_or_what_they_took_back_stops_nobody(desk: Desk, browser: httpx.Client) -> None:
    shown_then = form_of(browser, "bao-mau:11")
    review(desk, "bao-mau:11", Act.UNSURE, by="binh.le")
    theirs = review(desk, "bao-mau:11", by="binh.le", label=Label.POSITIVE)
    review(desk, "bao-mau:11", Act.UNDO, by="binh.le", undoes=theirs)
    assert says(act(browser, "review", **shown_then)) == ""
    assert outcome(desk, "bao-mau:11")[0] is Bin.NEGATIVE


def test_a_kind_does_not_overrule_who_decided_after_the_spam(desk: Desk, browser: httpx.Client) -> None:
    mine = review(desk, "bao-mau:11", label=Label.SPAM)
    review(desk, "bao-mau:11", by="binh.le", label=Label.POSITIVE)
    assert says(act(browser, "kind", act=str(mine), kind="scam")) == "decided"
    assert outcome(desk, "bao-mau:11") == (Bin.POSITIVE, None, Cause.PERSON)


def test_cards_on_which_others_decided_leave_the_desk(desk: Desk, browser: httpx.Client) -> None:
    review(desk, "bao-mau:5", by="binh.le", label=Label.SPAM)
    part = act(browser, "review", tuple(ORDER[:3]), 2, **form_of(browser, "bao-mau:11"))
    gone = json.loads(tree(part).xpath("string(//div[@id='queue-head']/@data-gone)"))
    assert gone == ["bao-mau:11", "bao-mau:5"]


def test_a_card_whose_post_was_erased_meanwhile_goes_and_says_so(desk: Desk, browser: httpx.Client) -> None:
    shown_then = form_of(browser, "bao-mau:11")
    with desk.record.write(durable=True) as writing:
        (post,) = shown.summaries_by_id(writing.connection, ["bao-mau:11"])
        erasing.erase(writing, post.key)
    part = act(browser, "review", **shown_then)
    assert says(part) == "gone"
    assert "bao-mau:11" not in cards(part)
    assert standing(desk) == []


def test_without_scripts_a_late_decision_leads_to_the_post_and_says_why(
    desk: Desk, browser: httpx.Client
) -> None:
    shown_then = form_of(browser, "bao-mau:11") | {"proof": proof(browser)}
    edit(desk, "11", "Tòa soạn xin đính chính.")
    for path in ("/queue/review", "/review"):
        answer = browser.post(path, data=shown_then)
        assert answer.headers["location"] == "/posts/bao-mau:11?notice=edited"
    assert "quyết định chưa được ghi" in browser.get(answer.headers["location"]).text
    beside = browser.post("/review", data=shown_then | {"next": "/search?q=rac&post=bao-mau:11"})
    assert "quyết định chưa được ghi" in browser.get(beside.headers["location"]).text


def test_a_program_is_told_that_it_came_too_late(desk: Desk, browser: httpx.Client) -> None:
    edit(desk, "11", "Tòa soạn xin đính chính.")
    given = {"post": "bao-mau:11", "label": "spam", "revision": 1}
    answer = browser.post("/api/v1/reviews", json=given, headers={"x-proof": proof(browser)})
    assert answer.status_code == 409
    assert "edited" in answer.json()["error"]


def test_undo_takes_back_the_latest_act_and_its_card_comes_back_first(
    desk: Desk, browser: httpx.Client
) -> None:
    before = outcome(desk, "bao-mau:11")
    act(browser, "review", post="bao-mau:12", act="label", label="positive")
    act(browser, "review", post="bao-mau:11", act="label", label="positive")
    part = act(browser, "undo", ("bao-mau:1", "bao-mau:5"), 2)
    assert tree(part).xpath("//li[@data-back]/@data-post") == ["bao-mau:11"]
    assert outcome(desk, "bao-mau:11") == before
    assert [said.review.post for said in standing(desk)] == ["bao-mau:12"]


def test_ten_acts_can_be_taken_back_one_after_the_other(desk: Desk, browser: httpx.Client) -> None:
    for post in ORDER:
        act(browser, "review", post=post, act="label", label="spam")
    assert "(6)" in browser.get("/queue").text
    for _ in ORDER:
        act(browser, "undo")
    assert standing(desk) == []
    assert cards(browser.get("/queue").text) == ORDER[:3]


def test_undo_with_nothing_to_take_back_changes_nothing(browser: httpx.Client) -> None:
    part = act(browser, "undo")
    assert not tree(part).xpath("//li[@data-back]")
    assert "mười lần gần nhất hoàn tác được" in part


@pytest.mark.parametrize(
    ("key", "kind"), [("a", Kind.ADVERT), ("c", Kind.SCAM), ("s", Kind.NOISE), ("n", Kind.NEUTRAL)]
)
def test_spam_may_be_given_its_kind_and_one_undo_takes_back_both(
    desk: Desk, browser: httpx.Client, key: str, kind: Kind
) -> None:
    before = outcome(desk, "bao-mau:11")
    part = act(browser, "review", post="bao-mau:11", act="label", label="spam")
    form = tree(part).xpath(f"//form[.//button[@data-key='{key}']]")[0]
    fields = {f.get("name"): f.get("value") for f in form.xpath("./input") if f.get("name") != "proof"}
    part = act(browser, "kind", **fields)
    assert outcome(desk, "bao-mau:11") == (Bin.SPAM, kind, Cause.PERSON)
    assert not tree(part).xpath(f"//div[@id='undo']//button[@data-key='{key}']")
    act(browser, "undo")
    assert outcome(desk, "bao-mau:11") == before
    assert standing(desk) == []


def test_only_ones_own_latest_spam_takes_a_kind(desk: Desk, browser: httpx.Client) -> None:
    theirs = review(desk, "bao-mau:11", by="binh.le", label=Label.SPAM)
    mine = review(desk, "bao-mau:12", label=Label.POSITIVE)
    act(browser, "kind", act=str(theirs), kind="scam")
    act(browser, "kind", act=str(mine), kind="scam")
    assert outcome(desk, "bao-mau:11")[1] is None
    assert outcome(desk, "bao-mau:12")[0] is Bin.POSITIVE


def test_a_copy_can_be_split_off_from_its_card(desk: Desk, browser: httpx.Client) -> None:
    page = browser.get("/queue").text
    form = tree(page).xpath("//li[@data-post='bao-mau:1']//form[@class='split']")[0]
    fields = {f.get("name"): f.get("value") for f in form.xpath("./input") if f.get("name") != "proof"}
    act(browser, "review", **fields)
    assert outcome(desk, fields["post"])[0] is Bin.PENDING
    assert standing(desk)[0].review.act is Act.NOT_A_COPY


def test_the_variant_on_a_card_is_named_and_cannot_be_split(reader: httpx.Client) -> None:
    rows = tree(reader.get("/queue").text).xpath(
        "//li[@data-post='bao-mau:1']//li[contains(@class, 'relative')]"
    )
    assert "biến thể" in rows[0].text_content()
    assert not rows[0].xpath(".//form")
    assert len(rows) == 3


def test_cards_passed_over_stay_and_others_follow(reader: httpx.Client) -> None:
    assert cards(reader.get("/queue/cards", params={"seen": ORDER[:3]}).text) == ORDER[3:]
    assert cards(reader.get("/queue/cards", params={"seen": ORDER}).text) == []
    assert cards(reader.get("/queue/cards", params={"seen": ",".join(ORDER), "ahead": "3"}).text) == []


def test_without_scripts_the_buttons_work_and_lead_back(desk: Desk, browser: httpx.Client) -> None:
    form = {"proof": proof(browser), "post": "bao-mau:11", "act": "label", "label": "spam"}
    answer = browser.post("/queue/review", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert outcome(desk, "bao-mau:11")[0] is Bin.SPAM


def test_an_empty_queue_says_so(empty_desk: Desk) -> None:
    page = empty_desk.client().get("/queue").text
    assert "Không còn thẻ nào" in page
    assert not tree(page).xpath("//*[@id='queue-empty']/@hidden")


def test_the_original_opens_only_by_web_addresses_and_tells_nothing_of_us(reader: httpx.Client) -> None:
    page = tree(reader.get("/queue").text)
    for link in page.xpath("//a[@data-key='o']"):
        assert link.get("href").startswith("https://")
        assert {"noopener", "noreferrer"} <= set(link.get("rel").split())


def test_every_card_shown_is_in_the_audit(desk: Desk, browser: httpx.Client) -> None:
    browser.get("/queue")
    with desk.record.read() as connection:
        lines = accounts.entries(connection, 3)
    assert sorted(line.subject for line in lines) == sorted(ORDER[:3])
    assert {line.act for line in lines} == {"read"}


def test_what_the_labels_mean_stands_beside_the_keys(reader: httpx.Client) -> None:
    (policy,) = texts(reader.get("/queue").text, "//aside[contains(@class, 'policy')]")
    for label in ("tiêu cực", "tích cực", "rác", "quảng cáo", "lừa đảo", "nhiễu", "trung tính"):
        assert label in policy
