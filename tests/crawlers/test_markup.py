"""HTML as feeds carry it → the text that a reader sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.markup import lines, plain


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<p>Một.</p><p>Hai.</p>", "Một.\n\nHai."),
        ("Một<br>Hai<br/>Ba", "Một\nHai\nBa"),
        ("<p>Một</p>\n\n\n  <div><p>Hai</p></div>", "Một\n\nHai"),
        ("<ul><li>Một</li><li>Hai</li></ul>", "Một\nHai"),
        ("<tr><td>7h</td><td>40 cm</td></tr>", "7h 40 cm"),
        ("<p>dòng này\n  và dòng kia</p>", "dòng này và dòng kia"),
        ("<b>đậm</b><i>nghiêng</i>", "đậmnghiêng"),
        ("a<script>x()</script>b<style>p{}</style>c<!-- d -->", "abc"),
        ("<p>R&amp;B &lt;3 &ecirc;&nbsp;&#7879;</p>", "R&B <3 ê ệ"),
        ("<p>x<p>y", "x\n\ny"),
        ("<xhtml:p>x</xhtml:p><xhtml:p>y</xhtml:p>", "x\n\ny"),
        ("<img src=x onerror=alert(1)>", ""),
        ("3 < 5 và 7 > 2", "3 < 5 và 7 > 2"),
        ("5<b nhé", "5<b nhé"),
        ("không thẻ &amp; hai\n\n\n\ndòng", "không thẻ & hai\n\ndòng"),
        ("&lol3; &khong;", "&lol3; &khong;"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(written: str, seen: str) -> None:
    assert plain(written) == seen


def test_text_without_markup_keeps_its_signs() -> None:
    assert lines("<b> &amp; \n  x ") == "<b> &amp;\nx"


def test_depth_is_no_matter() -> None:
    assert plain("<div>" * 20_000 + "đáy") == "đáy"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_can_be_shown(written: str) -> None:
    for shown in (plain(written), plain(f"<p>{written}</p>"), lines(written)):
        shown.encode("utf-8")
        assert shown == shown.strip()
        assert "\n\n\n" not in shown


@given(st.lists(st.text("abcđươ", min_size=1, max_size=8), min_size=1, max_size=6))
def test_paragraphs_stay_apart(words: list[str]) -> None:
    assert plain("".join(f"<p>{word}</p>" for word in words)).split("\n\n") == words
