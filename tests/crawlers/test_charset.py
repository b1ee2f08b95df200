"""Bytes → the characters that were meant, whatever is declared."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.charset import decode, known
from crawlers.trouble import FeedError, Trouble

WORDS = "Đường ngập, trường cho nghỉ học"


def xml(encoding: str, words: str = WORDS) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?><rss>{words}</rss>'


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (b"", "utf-16-le"),
        (b"", "utf-16-be"), (b"", "utf-8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared", [None, "iso-8859-1"])
def test_marks_and_shapes_decide_over_words(mark: bytes, codec: str, declared: str | None) -> None:
    assert decode(mark + xml("us-ascii").encode(codec), declared) == (xml("us-ascii"), 0)


def test_utf_8_is_seen_through_a_wrong_declaration() -> None:
    for claim in ("utf-16", "windows-1258", "iso-8859-1"):
        assert decode(xml(claim).encode(), claim) == (xml(claim), 0)


def test_http_is_asked_before_the_document() -> None:
    body = xml("windows-1252", "Bản nháp").encode("utf-8").replace("Bản nháp".encode(), b"\xe0\xe1\xe2")
    assert "àáâ" in decode(body)[0]
    assert "абв" in decode(body.replace(b"\xe0\xe1\xe2", b"\xe0\xe1\xe2"), "windows-1251")[0]


def test_windows_1258_keeps_vietnamese() -> None:
    body = xml("windows-1258", "Đư").encode("cp1258") + "ơ\u0300ng".encode("cp1258")
    assert unicodedata.normalize("NFC", decode(body)[0]).endswith("ờng")


def test_western_names_mean_what_browsers_mean() -> None:
    assert known("ISO-8859-1") == known("us-ascii") == known("windows-1252") == "cp1252"
    assert decode(xml("iso-8859-1", "x").encode() + b"\x93xin\x94\x93\x94")[0].endswith("“xin”“”")


def test_a_stray_byte_is_tolerated_and_counted() -> None:
    body = xml("utf-8", WORDS * 3).encode() + b"\xe1"
    text, bad = decode(body)
    assert (text[-1], bad) == ("\ufffd", 1)
    assert text[:-1] == xml("utf-8", WORDS * 3)


def test_bytes_in_another_encoding_than_declared_are_refused() -> None:
    for declared in (None, "utf-8"):
        with pytest.raises(FeedError) as raised:
            decode("ђљњћџ".encode("cp1251"), declared)
        assert raised.value.trouble is Trouble.CHARSET


@pytest.mark.parametrize(
    "claim",
    ["punycode", "unicode_escape", "utf-7", "rot13", "base64", "zlib", "idna", "tcvn-5712", "x\0y", "a" * 99],
)
def test_encodings_that_no_feed_may_choose(claim: str) -> None:
    with pytest.raises(FeedError) as raised:
        known(claim)
    assert raised.value.trouble is Trouble.CHARSET


@given(st.binary(max_size=200), st.sampled_from([None, "utf-16", "big5", "koi8-r", "shift_jis", "gb18030"]))
def test_any_bytes_give_text_or_a_reason(body: bytes, declared: str | None) -> None:
    try:
        text, bad = decode(body, declared)
    except FeedError:
        return
    text.encode("utf-8")
    assert 0 <= bad <= len(text)
