"""A post's screen: who says what, how its copies differ, what happened to it, and what a person says."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language import languages
from api.passage import segments
from api.reading import LONGEST_COMPARED, brief, compare
from api.services import Edit, Piece, Services
from sangtin.errors import MissingError
from sangtin.follower import follow
from sangtin.post import Act, Bin, Kind, Label, Post, Source, SourceType
from sangtin.record import accounts, clusters, erasing, posts, shown, sources
from tests.api.desk import FLOOD, PERSON, START, Desk, differences, fresh, review, why
from tests.api.pages import links, proof, texts, tree
from tests.record.checking import keys_of, place_all


def page_of(client: httpx.Client, post: str) -> str:
    answer = client.get(f"/posts/{post}")
    assert answer.status_code == 200
    return answer.text


def say(client: httpx.Client, post: str, **given: str) -> httpx.Response:
    form = {"proof": proof(client), "post": post} | given
    return client.post("/review", data=form)


def bin_of(desk: Desk, post: str) -> tuple[Bin, Kind | None]:
    with desk.record.read() as connection:
        (found,) = shown.summaries_by_id(connection, [post])
    return found.outcome.bin, found.outcome.kind


def test_the_words_that_moved_the_label_are_underlined_by_strength(reader: httpx.Client) -> None:
    page = page_of(reader, "bao-mau:5")
    assert texts(page, "//p[@class='post-text']//span[contains(@class, 'towards-3')]") == ["ngập"]
    assert texts(page, "//p[@class='post-text']//span[contains(@class, 'against-')]") == ["chưa"]


def test_the_machine_says_its_name_and_its_scores(reader: httpx.Client) -> None:
    (said,) = texts(page_of(reader, "bao-mau:1"), "//div[@class='said']")
    assert "máy đọc, chưa có người duyệt" in said
    assert "Mô hình 20260930-4f2a, bộ đọc linear." in said
    assert "0,97" in said


def test_what_is_not_settled_is_to_be_read_and_never_called_false(reader: httpx.Client) -> None:
    page = page_of(reader, "bao-mau:12")
    assert "chưa ai kết luận, cần xem" in page
    assert "Máy không đủ chắc" in page
    assert "tin giả" not in page.lower()


def looks(page: str) -> list[str]:
    """What a page says of the flags of its post."""
    return [" ".join(each.split()) for each in texts(page, "//ul[contains(@class, 'looks')]/li")]


def test_a_flag_is_shown_with_its_chance_as_a_reason_to_look(reader: httpx.Client) -> None:
    (said,) = looks(page_of(reader, "bao-mau:5"))
    assert said.startswith("ngờ vực, cần xem 0,81 Giống những bài từng bị người đọc cho là không đáng tin.")
    assert "lý do để xem" in said
    (said,) = looks(page_of(reader, "bao-mau:8"))
    assert said.startswith("lừa đảo 0,93 Giống những bài lừa đảo")
    assert said.endswith("Do những chữ: quà link")


def test_no_language_calls_a_flagged_post_false(reader: httpx.Client) -> None:
    for language in languages().values():
        for name, said in language.sayings.items():
            if name.startswith(("flag.", "looks.")):
                assert not any(word in said.lower() for word in ("false", "fake", "tin giả", "sai sự thật"))


def test_a_chance_that_raises_nothing_is_not_shown(reader: httpx.Client) -> None:
    assert looks(page_of(reader, "bao-mau:1")) == []


def test_what_a_person_labels_is_no_longer_shown_as_a_scam(desk: Desk, browser: httpx.Client) -> None:
    review(desk, "bao-mau:8", label=Label.NEGATIVE)
    page = page_of(browser, "bao-mau:8")
    assert looks(page) == []
    assert "lừa đảo" not in " ".join(texts(page, "//div[@class='said']/p[1]"))


def test_a_post_that_no_model_has_read_says_so(reader: httpx.Client) -> None:
    assert "Máy chưa đọc bài này." in page_of(reader, "bao-mau:15")


def test_copies_show_only_where_they_differ_and_a_variant_comes_first(reader: httpx.Client) -> None:
    rows = tree(page_of(reader, "bao-mau:1")).xpath("//ol[@class='relatives']/li")
    assert "biến thể: gần cùng lời, khác nghĩa" in rows[0].text_content()
    assert [each.text for each in rows[0].xpath(".//del")] == ["đã ngập nửa mét, "]
    assert [each.text for each in rows[0].xpath(".//ins")] == ["chưa ngập, "]
    assert "y hệt" in rows[-1].text_content()
    assert not rows[-1].xpath(".//ins|.//del")


def test_the_cluster_says_how_it_spread(reader: httpx.Client) -> None:
    page = page_of(reader, "bao-mau:1")
    assert "5 bài, 2 nguồn. 5 người đăng khác nhau." in " ".join(
        texts(page, "//div[contains(@class, 'spread-of')]")
    )


def test_an_address_is_text_and_no_link(reader: httpx.Client) -> None:
    page = page_of(reader, "bao-mau:1")
    assert texts(page, "//span[@class='url']") == ["https://bao.example/1"]
    assert not [link for link in links(page) if "bao.example" in link]


def test_a_person_settles_a_post_and_is_named_with_the_time(desk: Desk, browser: httpx.Client) -> None:
    answer = say(browser, "bao-mau:12", act="label", label="negative")
    assert (answer.status_code, answer.headers["location"]) == (303, "/posts/bao-mau:12")
    assert bin_of(desk, "bao-mau:12") == (Bin.NEGATIVE, None)
    (said,) = texts(page_of(browser, "bao-mau:12"), "//div[@class='said']")
    assert PERSON in said


def test_an_undone_review_stays_in_the_history(desk: Desk, browser: httpx.Client) -> None:
    number = review(desk, "bao-mau:12", label=Label.POSITIVE)
    review(desk, "bao-mau:12", Act.UNDO, undoes=number)
    (line,) = texts(page_of(browser, "bao-mau:12"), "//li[@class='undone']")
    assert PERSON in line
    assert "tích cực" in line
    assert "đã hoàn tác" in line


def test_a_copy_is_set_free_and_a_post_is_named_a_copy(desk: Desk, browser: httpx.Client) -> None:
    say(browser, "dien-dan:3", act="not a copy")
    assert bin_of(desk, "dien-dan:3")[0] is Bin.PENDING
    say(browser, "bao-mau:11", act="same as", target="bao-mau:10")
    assert bin_of(desk, "bao-mau:11")[0] is Bin.DUPLICATE


@pytest.mark.parametrize(
    "given",
    [
        {"act": "label"},
        {"act": "label", "label": "green"},
        {"act": "label", "label": "negative", "kind": "scam"},
        {"act": "same as"},
        {"act": "undo", "undoes": "99"},
    ],
)
def test_an_act_that_does_not_fit_changes_nothing(
    desk: Desk, browser: httpx.Client, given: dict[str, str]
) -> None:
    assert say(browser, "bao-mau:12", **given).status_code == 400
    assert bin_of(desk, "bao-mau:12")[0] is Bin.PENDING


@pytest.mark.parametrize("target", ["bao-mau:nowhere", "bao-mau:1"])
def test_a_target_that_will_not_do_is_told_on_the_post(
    desk: Desk, browser: httpx.Client, target: str
) -> None:
    answer = say(browser, "bao-mau:1", act="same as", target=target)
    assert answer.headers["location"] == "/posts/bao-mau:1?notice=target"
    assert bin_of(desk, "bao-mau:1")[0] is Bin.NEGATIVE


def test_a_day_that_no_calendar_has_is_named(reader: httpx.Client) -> None:
    answer = reader.get("/search?from=31/02/2026")
    assert answer.status_code == 400
    assert "Không có ngày như vậy" in answer.text


def test_a_long_post_of_many_found_words_is_cut_by_its_length() -> None:
    text = "Nước ngập quá bà con ơi. " * 40_000
    spans = [(start, start + 4) for start in range(5, len(text), 25)]
    found = segments(text, spans)
    assert "".join(s.text for s in found) == text
    assert sum(s.found for s in found) == len(spans)


def test_an_edited_post_shows_its_earlier_text_and_waits_again(desk: Desk, browser: httpx.Client) -> None:
    from datetime import timedelta

    review(desk, "bao-mau:11", label=Label.NEGATIVE)
    edited = Post("bao-mau", "11", "Rác chợ Đông Ba đã dọn xong", fetched_at=START + timedelta(days=20))
    with desk.record.write() as writing:
        posts.add(writing, [edited])
    page = page_of(browser, "bao-mau:11")
    assert texts(page, "//p[@class='post-text']") == ["Rác chợ Đông Ba đã dọn xong"]
    assert "Các bản trước" in page
    assert "được sửa ở nguồn, chờ đọc lại" in page


def test_an_erased_post_leaves_its_bin_and_no_word(desk: Desk, browser: httpx.Client) -> None:
    with desk.record.write() as writing:
        key = posts.key_of(writing.connection, "bao-mau:11")
        assert key
        erasing.erase(writing, key)
    follow(desk.record, desk.search)
    page = browser.get("/posts/bao-mau:11").text
    assert "Bài này đã được xóa" in page
    assert "chợ Đông Ba" not in page
    assert texts(page, "//main//span[contains(@class, 'mark')]") == ["tiêu cực"]


@pytest.mark.parametrize("post", ["bao-mau:nowhere", "x", "bao-mau:1/2", "%00", "bao-mau:" + "9" * 3_000])
def test_a_post_that_is_not_there_is_a_page_that_leads_on(reader: httpx.Client, post: str) -> None:
    answer = reader.get(f"/posts/{post}")
    assert answer.status_code == 404
    assert links(answer.text, "//main//a") == ["/", "/search"]


def test_reading_a_post_is_in_the_audit(desk: Desk, browser: httpx.Client) -> None:
    page_of(browser, "bao-mau:6")
    with desk.record.read() as connection:
        (line,) = accounts.entries(connection, 1)
    assert (line.person, line.act, line.subject) == (PERSON, "read", "bao-mau:6")


def test_a_post_is_shown_where_no_model_can_say_why(desk: Desk, browser: httpx.Client) -> None:
    def unable(text: str, label: Label) -> list[object]:
        raise MissingError("no model is here")

    object.__setattr__(desk.app.state.house.services, "why", unable)
    page = page_of(browser, "bao-mau:1")
    assert texts(page, "//p[@class='post-text']") == [FLOOD]
    assert "Gạch chân" not in page


def test_long_runs_that_two_texts_share_are_shortened_to_their_ends() -> None:
    same = "một hai ba bốn năm sáu bảy tám chín mười " * 5
    cut = brief([Piece(same, Edit.SAME), Piece("mới ", Edit.ADDED), Piece(same, Edit.SAME)])
    assert cut[0].text.startswith("… ")
    assert cut[0].text.endswith("mười ")
    assert cut[1].text == "mới "
    assert cut[2].text.startswith("một hai")
    assert all(len(each.text) < 60 for each in cut)


def test_the_same_text_is_not_shortened_away() -> None:
    same = "một hai ba " * 30
    assert brief(differences(same, same)) == [Piece(same, Edit.SAME)]


sentences = st.lists(st.sampled_from(["lũ", "đã", "chưa", "rút", "về\n", "  "]), max_size=12).map(" ".join)


@given(sentences, sentences)
def test_what_is_compared_makes_both_texts(old: str, new: str) -> None:
    pieces = compare(Services(why, differences), old, new)
    assert "".join(p.text for p in pieces if p.edit is not Edit.ADDED) == old
    assert "".join(p.text for p in pieces if p.edit is not Edit.REMOVED) == new


def test_texts_of_any_length_are_compared_at_once(reader: httpx.Client) -> None:
    asked: list[int] = []

    def watched(old: str, new: str) -> list[Piece]:
        asked.append(max(len(old), len(new)))
        return differences(old, new)

    head, tail = "nước lên " * 30_000, " bà con cẩn thận" * 30_000
    pieces = compare(Services(why, watched), head + "đã ngập" + tail, head + "chưa ngập" + tail)
    assert [p.text for p in pieces if p.edit is not Edit.SAME] == ["đã ", "chưa "]
    assert sum(len(p.text) for p in pieces) < 300
    compare(Services(why, watched), "a " * 90_000, "b " * 90_000)
    assert max(asked) <= LONGEST_COMPARED


def test_a_long_post_leaves_room_for_what_is_said_of_it(desk: Desk, browser: httpx.Client) -> None:
    long = "Kính gửi quý cơ quan, tôi xin phản ánh. " * 200
    with desk.record.write() as writing:
        posts.add(writing, [fresh(long, "long")])
    (text,) = tree(page_of(browser, "bao-mau:long")).xpath("//p[contains(@class, 'post-text')]")
    assert text.text_content() == long
    assert (text.get("tabindex"), text.get("role")) == ("0", "region")
    assert not tree(page_of(browser, "bao-mau:1")).xpath("//p[@tabindex]")


def test_what_is_not_there_is_said_within_the_frame_to_those_who_came_in(
    reader: httpx.Client, shared_desk: Desk
) -> None:
    for path in ("/posts/bao-mau:nowhere", "/nowhere", "/?period=x"):
        assert texts(reader.get(path).text, "//nav[@class='rail']//a")
    assert not texts(shared_desk.client(enter=False).get("/nowhere").text, "//nav[@class='rail']")


def test_a_relative_says_how_like_it_is_and_why(reader: httpx.Client) -> None:
    (row, *_) = texts(page_of(reader, "bao-mau:1"), "//ol[@class='relatives']/li")
    assert "giống 0," in row
    assert "chứa 0," in row


def test_what_changed_is_said_in_the_language() -> None:
    said = languages()["vi"].differs("negation: đã → chưa; number: 3 → 30; khác: a → b")
    assert said == "phủ định: đã → chưa; con số: 3 → 30; khác: a → b"
    assert languages()["en"].differs("the same statement") == "the same statement"


def test_what_people_said_of_posts_like_it_stands_beside(desk: Desk, browser: httpx.Client) -> None:
    new = "Rác đổ đầy chợ Đông Ba mấy hôm nay không ai dọn"
    with desk.record.write() as writing:
        posts.add(writing, [fresh(new)])
    about = "//section[@aria-labelledby='similar']//li"
    assert texts(page_of(browser, "bao-mau:fresh"), about) == []
    review(desk, "bao-mau:7", label=Label.SPAM, kind=Kind.ADVERT)
    review(desk, "bao-mau:11", label=Label.NEGATIVE)
    (like,) = texts(page_of(browser, "bao-mau:fresh"), about)
    assert like.startswith(f"tiêu cực{PERSON}, ")
    assert "Rác đổ đầy chợ Đông Ba" in like
    assert texts(page_of(browser, "bao-mau:11"), about) == []


def test_how_many_accounts_posted_at_once_is_told_on_the_screen_and_by_the_api(desk: Desk) -> None:
    at_once = [
        Post("dien-dan", f"once{n}", FLOOD, START, START + timedelta(seconds=n), author_key=f"a{n}")
        for n in range(5)
    ]
    with desk.record.write() as writing:
        posts.add(writing, at_once)
    keys = keys_of(desk.record)
    first = keys["dien-dan:once0"]
    place_all(desk.record, {key: first for name, key in keys.items() if "once" in name and key != first})
    with desk.record.write() as writing:
        clusters.set_burst(writing, [f"c{first}"])
    browser = desk.client()
    assert "5 tài khoản trong vòng 60 giây." in page_of(browser, "dien-dan:once3")
    whole = browser.get("/api/v1/posts/dien-dan:once3").json()
    assert (whole["spread"]["authors"], whole["spread"]["posts"], whole["spread"]["at_once"]) == (5, 5, 5)
    quiet = browser.get("/api/v1/posts/bao-mau:1").json()
    assert (quiet["spread"]["posts"], quiet["spread"]["at_once"]) == (5, 0)
    with desk.record.write() as writing:
        sources.put(writing, Source("dien-dan", SourceType.FILE, news=True))
    assert browser.get("/api/v1/posts/dien-dan:once3").json()["spread"]["at_once"] == 0
