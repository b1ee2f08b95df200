"""What a transformer reads of a text: spelled out, emoji named, words joined, each with its place."""

from __future__ import annotations

import re
import time

import pytest

from nlp.language import foreign
from nlp.passage import HEAD, TAIL, form_of, places_of, words_of
from nlp.words import segment
from sangtin.text import name_emoji, reader_form, word_form
from tests.nlp.texts import generated, real
from tests.nlp.tiny import DATA

LETTERS = re.compile(r"[\s_]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đẹp 😍😍 quá", "đẹp yêu quá"),
        ("👍🏻👍🏽 ❤️ ❤️", "thích yêu"),
        ("hay:)) ghê =))))", "hay cười ghê cười"),
        ("chán :((( T_T", "chán buồn khóc"),
        ("bó tay 🤦‍♀️", "bó tay chê"),
        ("lúc 10:3 và x:Dac, 2:3", "lúc 10:3 và x:Dac, 2:3"),
        ("🦖 lạ", "🦖 lạ"),
        ("", ""),
    ],
)
def test_emoji_are_named(text: str, expected: str) -> None:
    assert name_emoji(text) == expected
    assert name_emoji(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("giáo viên trường tiểu học", "giáo_viên trường tiểu_học"),
        ("@nguyen_van ơi, xem #sài_gòn http://a.vn", "@nguyen_van ơi , xem #sài_gòn http://a.vn"),
        ("quá tệ!!! thật sự", "quá tệ !!! thật_sự"),
        ("H1N1 Covid-19 2.000đ 20/11", "H1N1 Covid - 19 2.000đ 20/11"),
        ("😂 cảm ơn", "😂 cảm_ơn"),
        ("", ""),
    ],
)
def test_words_are_joined_and_handles_kept(text: str, expected: str) -> None:
    assert segment(text) == expected


def test_a_sign_is_never_part_of_a_word() -> None:
    words = segment("Tốt quá ! Cảm ơn shop 😂 rất nhiều , ok ? ").split()
    assert all(word.replace("_", "").isalpha() or not re.search(r"\w", word) for word in words)


def test_chat_is_spelled_out_before_words_are_found() -> None:
    assert words_of("shop ko giao hàng, gv chán 😭") == "shop không giao hàng , giáo_viên chán khóc"


def test_a_long_text_is_read_at_both_ends() -> None:
    text = "đầu " + "giữa " * 5000 + "cuối"
    form = form_of(text)
    assert form.startswith("đầu giữa")
    assert form.endswith("giữa cuối")
    assert len(form) <= HEAD + TAIL + 1


def test_every_word_has_its_place_in_the_original() -> None:
    text = "Shop ko giao, gọi 0909 123 456 hok nghe 😭😭 😭 @nguyen.van https://a.vn/b?c ho\u0300a"
    words, places = places_of(text)
    of = {m[0]: text[places[m.start(), 0] : places[m.end() - 1, 1]] for m in re.finditer(r"\S+", words)}
    assert of["Shop"] == "Shop"
    assert of["không"] in {"ko", "hok"}
    assert of["000"] in {"123", "456"}
    assert of["khóc"] == "😭😭"
    assert of["@user"] == "@nguyen.van"
    assert of["http://a.vn"] == "https://a.vn/b?c"
    assert of["hoà"] == "ho\u0300a"


def well_formed(text: str) -> None:
    read = reader_form(text[:HEAD])
    assert reader_form(read) == read
    form = word_form(text[:HEAD])
    assert word_form(form) == form
    assert "  " not in form
    assert form == form.strip()
    words = segment(form)
    assert "  " not in words
    assert LETTERS.sub("", words) == LETTERS.sub("", form)  # nothing is lost, nothing comes in
    found, places = places_of(text)
    assert found == words_of(text)
    assert places.shape == (len(found), 2)
    assert ((places >= 0) & (places <= len(text))).all()
    assert (places[:, 0] <= places[:, 1]).all()


def test_normalising_is_total_and_idempotent() -> None:
    for text in generated(5_000):
        well_formed(text)


@pytest.mark.soak
def test_normalising_is_total_and_idempotent_on_many() -> None:
    for text in generated(100_000, seed=11):
        well_formed(text)


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="SANGTIN_TEST_DATA names no folder of development data")
def test_real_posts_keep_their_letters_and_their_language() -> None:
    texts = real(2_000)
    for text in texts:
        well_formed(text)
    assert sum(map(foreign, texts)) <= len(texts) * 0.005


@pytest.mark.parametrize(
    "text",
    [
        "Just finished reading the book you recommended and it was good. I think this is one of the best.",
        "Nous avons passé une très bonne soirée dans ce restaurant avec des amis, le service est rapide.",
        "El gobierno anunció hoy que las escuelas estarán cerradas por la tormenta, pero los hospitales no.",
        "Saya sudah pesan barang ini dari minggu lalu tetapi sampai sekarang belum sampai juga.",
        "今天我们去了海边，天气非常好，孩子们都很高兴，晚上我们在一家小餐馆吃了海鲜，味道很不错，价格也不贵。",
        "Сегодня мы гуляли по городу и видели много интересного, погода была отличная.",
        "오늘 날씨가 정말 좋아서 친구들과 함께 공원에 갔어요. 맛있는 음식도 많이 먹고 사진도 찍었습니다.",
    ],
)
def test_a_long_text_in_another_language_is_foreign(text: str) -> None:
    assert foreign(text)
    assert not foreign(text[:20])  # a short one never is


@pytest.mark.parametrize(
    "text",
    [
        "hom nay troi mua to qua duong ngap het roi khong biet bao gio moi het ngap nua moi nguoi di lam",
        "asdkjh qweoiu zxcmnb lkjhgf poiuyt mnbvcx qwerty asdfgh zxcvbn tyuiop ghjkl vbnmc qweasd zxcqwe",
        "Mình xài iPhone 15 Pro Max với AirPods Pro, mua ở The Gioi Di Dong, order online, free ship ok",
        "Sale off 50% all items, inbox shop để được tư vấn size, form, chất liệu nha các nàng ơi ơi ơi ơi ơi",
        "",
        "😂" * 100,
    ],
)
def test_vietnamese_gibberish_and_brands_are_read(text: str) -> None:
    assert not foreign(text)


def test_no_text_holds_up_the_segmenter() -> None:
    began = time.monotonic()
    for text in ("a.vn/((((" * 400, "http://" + "(" * 3000, "một " * 1000, "x" * 4000, "à́" * 2000):
        words_of(text)
    assert time.monotonic() - began < 60
