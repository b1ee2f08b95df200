"""Feeds as they are written, with their mistakes → entries; any bytes bring entries or a reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.entry import LONGEST_ID, LONGEST_TEXT
from crawlers.feed import MOST_ENTRIES, Feed, read
from crawlers.trouble import FeedError, Trouble
from sangtin.post import text_hash
from tests.crawlers.keeping import AT, FEEDS, item, rss

ADDRESS = "https://nguon.example.vn/rss/x.xml"


def reading(body: bytes, charset: str | None = None) -> Feed:
    return read(body, ADDRESS, AT, charset)


def told(feed: Feed) -> dict[str, Any]:
    """A feed as its golden file has it."""
    return {
        "entries": [
            json.loads(json.dumps(asdict(entry), default=datetime.isoformat)) for entry in feed.entries
        ],
        "rejected": [asdict(rejected) for rejected in feed.rejected],
        "issues": dict(feed.issues),
    }


@pytest.mark.parametrize("path", sorted(FEEDS.glob("*.xml")), ids=lambda path: path.stem)
def test_golden_feeds(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert told(reading(path.read_bytes())) == expected


@pytest.mark.parametrize("path", sorted(FEEDS.glob("*.xml")), ids=lambda path: path.stem)
def test_reading_twice_gives_the_same(path: Path) -> None:
    assert told(reading(path.read_bytes())) == told(reading(path.read_bytes()))


def test_entities_are_never_expanded_nor_files_read() -> None:
    texts = [entry.text for entry in reading((FEEDS / "laughs.xml").read_bytes()).entries]
    assert texts == ["Cười &lol3;\n\nMật khẩu: &xxe;"]


def test_an_entry_without_id_and_link_is_known_by_its_text() -> None:
    feed = reading(rss("<title>Chỉ có chữ</title>", "<title>Chữ khác</title>", "<title>Chỉ có chữ</title>"))
    assert [entry.native_id for entry in feed.entries] == [text_hash("Chỉ có chữ"), text_hash("Chữ khác")]
    assert [rejected.reason for rejected in feed.rejected] == ["id repeated"]


def test_a_link_is_the_id_where_there_is_none() -> None:
    entry = reading(rss("<title>a</title><link>https://a.example.vn/1</link>")).entries[0]
    assert entry.native_id == entry.url == "https://a.example.vn/1"


def test_a_long_id_becomes_its_hash() -> None:
    entry = reading(rss(f"<title>a</title><guid>{'x' * (LONGEST_ID + 1)}</guid>")).entries[0]
    assert entry.native_id == text_hash("x" * (LONGEST_ID + 1))


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("<link>bai.html</link>", "https://nguon.example.vn/rss/bai.html"),
        ("<link>//khac.example.vn/a</link>", "https://khac.example.vn/a"),
        ("<link><![CDATA[https://a.example.vn/?x=1&y=2]]></link>", "https://a.example.vn/?x=1&y=2"),
        ("<link>https://a.example.vn/?x=1&y=2</link>", "https://a.example.vn/?x=1&y=2"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[khong-phai</link>", None),
        ("<link>hai tu</link>", None),
        ("<guid>https://a.example.vn/guid</guid>", "https://a.example.vn/guid"),
        ("<guid isPermaLink='false'>https://a.example.vn/guid</guid>", None),
        ("<guid>17</guid>", None),
    ],
)
def test_links(written: str, url: str | None) -> None:
    assert reading(rss(f"<title>a</title>{written}")).entries[0].url == url


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Tiêu đề", "Thân bài", "Tiêu đề\n\nThân bài"),
        ("Tiêu đề", "", "Tiêu đề"),
        ("", "Thân bài", "Thân bài"),
        ("Câu đầu của bài", "Câu đầu của bài và phần còn lại", "Câu đầu của bài và phần còn lại"),
        ("Câu đầu của…", "Câu đầu của bài và phần còn lại", "Câu đầu của bài và phần còn lại"),
        ("Câu đầu của...", "Câu đầu của\nbài", "Câu đầu của\nbài"),
        ("Như nhau", "Như nhau", "Như nhau"),
    ],
)
def test_a_title_that_the_body_repeats_is_told_once(title: str, body: str, text: str) -> None:
    made = rss(f"<title>{title}</title><description>{body}</description><guid>1</guid>")
    assert reading(made).entries[0].text == text


def test_an_emoji_written_in_halves_is_one_character() -> None:
    entry = reading(rss("<title>vui &#xD83D;&#xDE00; &#55357;&#56832; &#xD83D;</title>")).entries[0]
    assert entry.text == "vui 😀 😀 \ufffd"


def test_too_many_entries_are_counted() -> None:
    body = rss(*(item(number) for number in range(MOST_ENTRIES + 7)))
    feed = reading(body)
    assert len(feed.entries) == MOST_ENTRIES
    assert [(rejected.reason, rejected.count) for rejected in feed.rejected] == [("too many", 7)]
    assert feed.fetched == MOST_ENTRIES + 7


def test_a_text_that_is_too_long_is_rejected() -> None:
    feed = reading(rss(item(1, "x" * LONGEST_TEXT), item(2)))
    assert [entry.native_id for entry in feed.entries] == ["2"]
    assert [rejected.reason for rejected in feed.rejected] == ["too long"]


def test_entries_lost_to_broken_xml_are_counted() -> None:
    deep = "<x>" * 300
    feed = reading(rss(item(1), deep, item(2), item(3)))
    assert [entry.native_id for entry in feed.entries] == ["1"]
    assert feed.fetched == 4


def test_a_date_from_next_year_is_dropped_and_told() -> None:
    feed = reading(rss(item(1) + "<pubDate>Fri, 01 Jan 2027 00:00:00 +0700</pubDate>"))
    assert feed.entries[0].published_at is None
    assert feed.issues["date in the future"] == 1


def test_unknown_fields_are_told_and_ignored_ones_are_not() -> None:
    known = "<category>x</category><media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='x'/>"
    assert reading(rss(item(1) + known)).issues == {}
    assert reading(rss(item(1) + "<la>x</la>", item(2) + "<la>y</la>")).issues == {"unknown field: la": 2}


def test_a_namespace_is_known_by_its_address_not_by_its_prefix() -> None:
    written = "<q:creator xmlns:q='https://purl.org/dc/elements/1.1'>Người Viết</q:creator>"
    assert reading(rss(item(1) + written)).entries[0].author == "Người Viết"


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b"", Trouble.NOT_A_FEED),
        (b"   \n", Trouble.NOT_A_FEED),
        (b"khong phai xml", Trouble.NOT_A_FEED),
        (b'{"items": []}', Trouble.NOT_A_FEED),
        (b"<opml><body/></opml>", Trouble.NOT_A_FEED),
        (b"<!DOCTYPE html><html><body>xin</body></html>", Trouble.PAGE),
        (b"<!DOCTYPE x [", Trouble.NOT_A_FEED),
        (b"\xff\xfe", Trouble.NOT_A_FEED),
        (b"\xc3\x28" * 40 + b"<rss/>", Trouble.CHARSET),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, trouble: Trouble) -> None:
    with pytest.raises(FeedError) as raised:
        reading(body)
    assert raised.value.trouble is trouble


def test_a_message_repeats_nothing_hostile() -> None:
    with pytest.raises(FeedError) as raised:
        reading("<tênlạ>x</tênlạ>".encode())
    assert "tênlạ" not in raised.value.message


PARTS = st.sampled_from(
    [path.read_bytes() for path in sorted(FEEDS.glob("*.xml"))]
    + [
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"&",
        b"<",
        b">",
        b"\0",
        b"<!DOCTYPE x [",
        b"<item>",
        b"</item>",
    ]
    + [b"&#xD800;", b"&#0;", b"&#xFFFF;", b"&lt;p", b"xmlns:a='b'", b"<?xml encoding='utf-7'?>", b"\xff\xfe"]
)


@st.composite
def broken_feeds(draw: st.DrawFn) -> bytes:
    """A feed with pieces cut out and others put in."""
    body = bytearray(draw(PARTS))
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(body)))
        cut = draw(st.integers(0, 60))
        other = draw(PARTS | st.binary(max_size=8))
        start = draw(st.integers(0, max(len(other) - 1, 0)))
        body[at : at + cut] = other[start : start + 200]
    return bytes(body)


@settings(max_examples=400, deadline=None)
@given(broken_feeds() | st.binary(max_size=300), st.sampled_from([None, "utf-8", "windows-1258", "punycode"]))
def test_any_bytes_give_entries_or_a_reason(body: bytes, charset: str | None) -> None:
    try:
        feed = reading(body, charset)
    except FeedError:
        return
    assert feed.fetched == len(feed.entries) + sum(rejected.count for rejected in feed.rejected)
    assert len({entry.native_id for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        words = (entry.text, entry.native_id, entry.url or "", entry.author or "", entry.thread or "")
        assert all(word.encode("utf-8") is not None and "\0" not in word for word in words)
        assert entry.text.strip() == entry.text != ""
        assert entry.url is None or entry.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "body",
    [
        b"<" * 1_000_000,
        b"<rss>" + b"&" * 1_000_000,
        b" " * 1_000_000 + b"<rss/>",
        b"<?a?>" * 200_000,
        b"<!--" * 200_000,
        b"<!DOCTYPE x [" + b"'" * 1_000_000,
        b"<!DOCTYPE x>" * 80_000,
        rss("<description><![CDATA[" + "<div>" * 200_000 + "x]]></description>"),
        rss("<description><![CDATA[" + "<a><p>" * 100_000 + "x]]></description>"),
        rss("".join(f"<t{number}/>" for number in range(100_000))),
        b"<rss><channel>" + b"<item>" * 150_000,
        rss(*["<title>x</title>"] * 50_000),
    ],
    ids=range(12),
)
@pytest.mark.timeout(30)
def test_a_hostile_megabyte_takes_no_more_than_its_share(body: bytes) -> None:
    """What is quadratic would take hours here; the limit stops it."""
    try:
        feed = reading(body)
    except FeedError:
        return
    assert len(feed.issues) < 50
    assert len(feed.rejected) <= MOST_ENTRIES + 3
