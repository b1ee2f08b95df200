"""Normal forms: total, idempotent, alike in NFC and NFD, with offsets into the original."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.text import (
    LONGEST_TOKEN,
    NORMALISER,
    TOKENISER,
    fold,
    nfc,
    place_tones,
    reader_form,
    spaced_forms,
    spell_out,
    strip_marks,
    tokens,
)

VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵAÀÁẢÃẠĐEÊOÔƠUƯY"
)
words = st.text(VIETNAMESE, min_size=1, max_size=8)
# Any code point, lone surrogates too; and the signs that posts are full of.
anything = st.text(
    st.characters() | st.characters(categories=["Cs"]) | st.sampled_from("đĐ .,\u200b\u0301#@")
)
posts = st.lists(words | anything | st.sampled_from(["1.250.000đ", "tp.hcm", "😢", "#lũ", "@a_b"])).map(
    " ".join
)


def folded(text: str) -> list[str]:
    return [token.folded for token in tokens(text)]


def marked(text: str) -> list[str]:
    return [token.marked for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hòa", "hoà"),
        ("hoà", "hoà"),
        ("Hòa Bình", "Hoà Bình"),
        ("HÒA", "HOÀ"),
        ("khỏe", "khoẻ"),
        ("thủy điện", "thuỷ điện"),
        ("Thủy", "Thuỷ"),
        ("quý", "quý"),
        ("của mùa lúa", "của mùa lúa"),
        ("hoàn toàn", "hoàn toàn"),
    ],
)
def test_tone_marks_have_one_place(text: str, expected: str) -> None:
    assert place_tones(text) == expected
    assert place_tones(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize("first", "òóỏõọ")
def test_every_tone_of_oa_and_oe_is_placed(first: str) -> None:
    tone = unicodedata.normalize("NFD", first)[1]
    assert place_tones(first + "a") == nfc("oa" + tone)
    assert place_tones(first + "e") == nfc("oe" + tone)


@pytest.mark.parametrize("first", "ùúủũụ")
def test_every_tone_of_uy_is_placed(first: str) -> None:
    assert place_tones(first + "y") == nfc("uy" + unicodedata.normalize("NFD", first)[1])


@pytest.mark.parametrize(
    ("text", "bare"),
    [("Đường Huế", "Duong Hue"), ("ƯỚC ao", "UOC ao"), ("đđ", "dd"), ("", ""), ("😢 ok", "😢 ok")],
)
def test_marks_are_stripped_and_case_stays(text: str, bare: str) -> None:
    assert strip_marks(text) == bare


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Đường HUẾ", "duong hue"), ("𝐓𝐢𝐧 NÓNG", "tin nong"), ("ＳＡＬＥ", "sale"), ("Straße", "strasse")],
)
def test_folding_takes_case_marks_and_styles_away(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lũ lụt ở Huế!", ["lu", "lut", "o", "hue"]),
        ("tp.hcm TP HCM", ["tp", "hcm", "tp", "hcm"]),
        ("1.250.000đ", ["1250000", "d"]),
        ("1,250,000 VND", ["1250000", "vnd"]),
        ("3,5 triệu", ["3", "5", "trieu"]),
        ("20.11.2025", ["20", "11", "2025"]),
        ("0912.345.678", ["0912345678"]),
        ("#LụtHuế @user_1", ["luthue", "user", "1"]),
        ("anh/chị", ["anh", "chi"]),
        ("https://bit.ly/a1?b=c", ["https", "bit", "ly", "a", "1", "b", "c"]),
        ("kh\u200bông kh\u00adông", ["khong", "khong"]),
        ("covid-19 covid19", ["covid", "19", "covid", "19"]),
        ("𝐓𝐢𝐧 nóng", ["tin", "nong"]),
        ("m² ① ½", ["m"]),
        ("😢🏻👨‍👩‍👧 1️⃣", ["1"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_tokens_are_what_people_type(text: str, expected: list[str]) -> None:
    assert folded(text) == expected


def test_marked_forms_keep_marks_in_one_spelling() -> None:
    assert marked("HÒA hoà hoa Đà") == ["hoà", "hoà", "hoa", "đà"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_point_into_the_original(form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, "😢 Lũ  ở\u200b Huế, 𝐓𝐢𝐧: 1.250.000đ (tp.hcm) #Huế")
    found = [text[token.start : token.end] for token in tokens(text)]
    expected = ["Lũ", "ở\u200b", "Huế", "𝐓𝐢𝐧", "1.250.000", "đ", "tp", "hcm", "Huế"]
    assert [unicodedata.normalize("NFC", word) for word in found] == expected


@given(posts)
def test_offsets_are_in_order_and_apart(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end


@given(posts)
def test_a_token_is_a_word_for_any_engine(text: str) -> None:
    for token in tokens(text):
        for form in (token.marked, token.folded):
            assert 0 < len(form) <= LONGEST_TOKEN
            assert form.isalnum()
            form.encode()


@given(posts)
def test_the_token_of_a_token_is_itself(text: str) -> None:
    for token in tokens(text):
        assert [t[:2] for t in tokens(token.marked)] == [token[:2]]
        assert folded(token.folded) == [token.folded]


@given(posts)
def test_composed_and_decomposed_text_have_the_same_tokens(text: str) -> None:
    one, other = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert [t[:2] for t in tokens(one)] == [t[:2] for t in tokens(other)]


@given(st.lists(words).map(" ".join))
def test_unmarked_typing_gives_the_same_folded_tokens(text: str) -> None:
    assert folded(strip_marks(text)) == folded(text)
    assert folded(text.upper()) == folded(text)


@given(posts)
def test_spaced_forms_are_the_tokens(text: str) -> None:
    found = tokens(text)
    expected = " ".join(t.marked for t in found), " ".join(t.folded for t in found)
    assert spaced_forms(text) == expected


@given(anything)
@pytest.mark.parametrize("form", [nfc, place_tones, strip_marks, fold, reader_form])
def test_the_form_of_a_form_is_itself(form: object, text: str) -> None:
    assert callable(form)
    once = form(text)
    assert form(once) == once


@given(posts)
def test_what_models_read_of_a_form_is_itself(text: str) -> None:
    once = reader_form(text)
    assert reader_form(once) == once
    assert reader_form(unicodedata.normalize("NFD", text)) == reader_form(nfc(text))


def test_a_very_long_word_is_cut() -> None:
    assert [len(token.marked) for token in tokens("a" * 10_000)] == [LONGEST_TOKEN]
    assert [len(token.folded) for token in tokens("7" * 10_000)] == [LONGEST_TOKEN]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Lũ\n\tlụt  ở Huế ", "Lũ lụt ở Huế"),
        ("kh\u200bông", "không"),
        ("thủy", "thuỷ"),
        ("xem https://www.Bit.ly/abc?d=1 nhé", "xem http://bit.ly nhé"),
        ("www.shop.vn/ao", "http://shop.vn"),
        ("@nguyen.van_a ơi", "@user ơi"),
        ("thư a.b@c.vn", "thư @mail"),
        ("a@b.c@d.e", "@@mail"),
        ("gọi 0912.345.678 ngay", "gọi 0000.000.000 ngay"),
        ("chỉ 99.000đ", "chỉ 99.000đ"),
        ("GIẢM GIÁ!!! 😢 #lũ", "GIẢM GIÁ!!! 😢 #lũ"),
        ("\x00\ud800", ""),
    ],
)
def test_what_models_read(text: str, expected: str) -> None:
    assert reader_form(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ko bít j", "không biết gì"),
        ("Ko đc r", "không được rồi"),
        ("koala 5kg", "koala 5kg"),
        ("#ko @ko tp.ko", "#ko @ko tp.ko"),
        ("ko vô http://fb.com/e/r?j=e", "không vô http://fb.com/e/r?j=e"),
        ("HTTPS://ib.vn ib", "HTTPS://ib.vn nhắn tin"),
        ("không", "không"),
        ("", ""),
    ],
)
def test_chat_spellings_are_written_out(text: str, expected: str) -> None:
    assert spell_out(text) == expected


def test_versions_are_named() -> None:
    assert NORMALISER.startswith("reader-")
    assert TOKENISER.startswith("tokens-")
