"""Highlights lie on the original text, whatever its normal form and whatever stands between."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.search import highlight, parse


def shown(query: str, text: str, *, exact: bool = False) -> list[str]:
    return [text[start:end] for start, end in highlight(parse(query, exact=exact), text)]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("ngap", "Ngập, ngap, NGẬP!", ["Ngập", "ngap", "NGẬP"]),
        ("ngập", "Ngập, ngap", ["Ngập", "ngap"]),
        ("hoa", "Hòa hoà Hoa", ["Hòa", "hoà", "Hoa"]),
        ("da", "Đà đá da", ["Đà", "đá", "da"]),
        ('"xả lũ"', "xả lũ; xả nước lũ; Xả  Lũ", ["xả lũ", "Xả  Lũ"]),
        ('"a a"', "a a a", ["a a a"]),
        ("a b", "b x a", ["b", "a"]),
        ("a OR b", "b x", ["b"]),
        ("a -b", "a b", ["a"]),
        ("-b", "a b", []),
        ("ng*", "nga ngập n", ["nga", "ngập"]),
        ("tp.hcm", "ở TP. HCM, hcm tp", ["TP. HCM"]),
        ("1250000", "giá 1.250.000đ", ["1.250.000"]),
        ("huế", "#Huế @huế huế😢", ["Huế", "huế", "huế"]),
        ("không", "kh\u200bông 😢 không", ["kh\u200bông", "không"]),
        ("tin", "𝐓𝐢𝐧 tin", ["𝐓𝐢𝐧", "tin"]),
        ("nhãn:rác a", "rác a", ["a"]),
        ("", "a", []),
        ("a", "", []),
    ],
)
def test_what_is_shown(query: str, text: str, expected: list[str]) -> None:
    assert shown(query, text) == expected


def test_exact_marks_show_only_themselves() -> None:
    assert shown("hòa", "hoa hòa hoà hoả", exact=True) == ["hòa", "hoà"]
    assert shown("hoa", "hoa hòa", exact=True) == ["hoa"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_decomposed_text_is_shown_whole(form: str) -> None:
    normal = unicodedata.normalize
    text = normal("NFD", "Nước lên ở Huế") if form == "NFD" else "Nước lên ở Huế"
    assert [normal("NFC", part) for part in shown("nuoc hue", text)] == ["Nước", "Huế"]


@given(st.text("lũa ,.😢\u0301đ"), st.sampled_from(["lu", '"lu a"', "l* a", "lũ OR d"]))
def test_ranges_are_in_order_apart_and_inside(text: str, query: str) -> None:
    end = 0
    for start, stop in highlight(parse(query), text):
        assert end <= start < stop <= len(text)
        end = stop
