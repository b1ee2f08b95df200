"""What disturbs a text without changing it leaves its normal form as it was."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.normal import folded_words, forms
from dedupe.sketch import shingles

TEXT = "Nước sông Hương đang dâng rất nhanh, bà con ở Đập Đá chú ý kê đồ lên cao"


def letters(text: str) -> bytes:
    return forms([text])[0].letters


def hashed(text: str) -> bytes:
    return forms([text])[0].hash


@pytest.mark.parametrize(
    "noisy",
    [
        TEXT.upper(),
        unicodedata.normalize("NFD", TEXT),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in TEXT),
        TEXT.replace(" ", "   ").replace(",", " ,\n"),
        TEXT + " https://bit.ly/3xYz?utm_source=fb&fbclid=IwAR0",
        "www.baomoi.com/c/123.epi " + TEXT + " tinhue.vn/bai-1",
        TEXT.replace(" ", " 😱 ", 3) + "🙏🙏",
        TEXT + " #lulut #Hue @bao.hue",
        "nuoc song huong dang dang rat nhanh, ba con o dap da chu y ke do len cao",
        TEXT.replace("rất", "rấttttt").replace("cao", "caooo"),
        TEXT.replace("nhanh", "n h a n h").replace("dâng", "d.â.n.g"),
        TEXT.replace("o", "о").replace("e", "е").replace("c", "с"),
        TEXT.replace("nhanh", "nh4nh").replace("con", "c0n"),
        "\u200b".join(TEXT),
        "COPY: " + TEXT + ". Chia sẻ giúp!",
        TEXT.replace("rất", "r\u0336ất"),
    ],
)
def test_noise_leaves_the_letters(noisy: str) -> None:
    assert letters(noisy) == letters(TEXT)


def test_chat_spellings_are_written_out() -> None:
    assert folded_words("mn ơi nc dâng ko đi đc") == "moi nguoi oi nuoc dang khong di duoc"


def test_syllables_are_no_chat_spellings() -> None:
    assert folded_words("vô hông thôi") == "vo hong thoi"


def test_words_typed_by_ear_are_the_syllables_they_stand_for() -> None:
    assert folded_words("wán fở kon chủg xog") == "quan pho con chung xong"
    assert folded_words("fan hok zal0") == "phan khong zalo"


@pytest.mark.parametrize("code", ["30k", "7h30", "u23", "f0", "0905123456", "b52"])
def test_codes_and_amounts_keep_their_digits(code: str) -> None:
    assert any(c.isdigit() for c in folded_words(code))


@pytest.mark.parametrize(
    "noisy", ["Chuẩn luôn!!!", "  chuẩn   LUÔN 😂", unicodedata.normalize("NFD", "chuẩn luôn")]
)
def test_short_texts_are_equal_in_case_spacing_signs_and_composition(noisy: str) -> None:
    assert hashed(noisy) == hashed("chuẩn luôn")


@pytest.mark.parametrize("other", ["chuan luon", "chuẩn luồn", "chuẩn luôn?", "chuẩn luôn nha"])
def test_short_texts_differ_by_marks_words_and_questions(other: str) -> None:
    assert hashed(other) != hashed("chuẩn luôn")


def test_old_and_new_spelling_of_a_short_text_are_one() -> None:
    assert hashed("hòa bình") == hashed("hoà bình")


def test_texts_without_words_are_compared_as_written() -> None:
    assert hashed("😂😂") == hashed(" 😂😂 ")
    assert len({hashed("😂😂"), hashed("😂"), hashed("❤️"), hashed("..."), hashed("")}) == 5


def test_other_scripts_are_told_apart() -> None:
    assert hashed("こんにちは") != hashed("さようなら")


@given(st.lists(st.text(), max_size=6))
def test_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    assert forms(texts) == [forms([text])[0] for text in texts]


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_string_has_a_normal_form(text: str) -> None:
    form = forms([text])[0]
    assert form.letters.isascii()
    assert len(form.hash) == 16
    assert all(len(s) == 5 for s in shingles(form.letters))


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạ", min_size=1))
def test_composition_does_not_matter(text: str) -> None:
    assert forms([unicodedata.normalize("NFC", text)]) == forms([unicodedata.normalize("NFD", text)])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bà con n9ưng làm, 8áo xã", "bà con ngưng làm, báo xã"),
        ("ngày tru7o7ng2 mở", "ngày trường mở"),
        ("truwowcs ddeesn nhaf", "trước đến nhà"),
        ("hom nay 7ai 8enh v1en", "hom nay tai benh vien"),
    ],
)
def test_words_in_digits_and_keys_have_the_letters_of_the_words(typed: str, meant: str) -> None:
    assert letters(typed) == letters(meant)


@pytest.mark.parametrize(
    "typed", ["7h 5k 3tr 2m 10am", "copy share repost", "5tr 15k 4g 12h30", "f0 h5n1 u23"]
)
def test_amounts_and_foreign_words_stay(typed: str) -> None:
    assert letters(typed).decode() == typed.replace(" ", "")
