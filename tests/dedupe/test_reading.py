"""Words as a comparison reads them: units, hours, chat spellings, slips."""

import pytest

from dedupe.reading import read
from dedupe.spelling import alike
from dedupe.syllable import is_written


def plain(text: str) -> list[str]:
    return [word.plain for word in read([text])[0].words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lúc 8h tối", ["luc", "20", "gio"]),
        ("lúc 8h30 tối", ["luc", "20", "gio", "30"]),
        ("lúc 3 giờ chiều", ["luc", "15", "gio"]),
        ("lúc 12 giờ đêm", ["luc", "12", "gio", "dem"]),
        ("lúc 8 giờ sáng", ["luc", "8", "gio", "sang"]),
        ("450.000đ", ["450000", "dong"]),
        ("450k", ["450000"]),
        ("1,68m", ["1.68", "met"]),
        ("300 kg", ["300", "kg"]),
        ("dạ ạ", ["da", "a"]),
        ("hẻm 47", ["hem", "47"]),
        ("lớp 1A", ["lop", "1", "a"]),
        ("k biết", ["khong", "biet"]),
        ("600 k", ["600000"]),
        ("4,8% một năm", ["4.8%", "mot", "nam"]),
        ("ở tầng 15 k xuống", ["o", "tang", "15", "khong", "xuong"]),
        ("mất nước... Xem thêm", ["mat", "nuoc"]),
        ("mất nước.\nĐọc tiếp »", ["mat", "nuoc"]),
        ("mất nước, xem thêm ảnh", ["mat", "nuoc", "xem", "them", "anh"]),
        ("xem https://bao.vn/tin-moi.html nha", ["xem", "nha"]),
        ("xem youtu.be/abc?si=xyz nha", ["xem", "nha"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert plain(text) == words


@pytest.mark.parametrize("word", ["đường", "hòa", "hoà", "thư", "nghiêng"])
def test_syllables_of_edited_texts_are_known(word: str) -> None:
    assert is_written(word)


@pytest.mark.parametrize("word", ["đườn", "ngừoi", "cỗng", "vuong", "duoc"])
def test_slips_are_not(word: str) -> None:
    assert not is_written(word)


@pytest.mark.parametrize(("one", "other"), [("Hùng", "Hưng"), ("khách", "kh"), ("chưa", "chua")])
def test_words_that_differ_in_meaning_stay_apart(one: str, other: str) -> None:
    left, right = (read([f"Xin nói rõ với {word} rằng đã rõ"])[0].words[4] for word in (one, other))
    assert alike(left, right) is (one == "chưa")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("nuôi suốt hai mươi năm nay", "20"),
        ("hai mươi lăm người", "25"),
        ("hai trăm năm mươi nghìn", "250"),
        ("hai mươi năm nghìn đồng", "25"),
        ("ba mươi năm trước", "30"),
    ],
)
def test_years_behind_tens_are_no_fives(said: str, number: str) -> None:
    assert number in [word.plain for word in read([said])[0].words]
