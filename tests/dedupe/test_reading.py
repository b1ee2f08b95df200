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
        ("lúc 8h30 tối", ["luc", "20:30", "gio"]),
        ("lúc 3 giờ chiều", ["luc", "15", "gio"]),
        ("lúc 12 giờ đêm", ["luc", "24", "gio"]),
        ("lúc 8 giờ sáng", ["luc", "8", "gio"]),
        ("450.000đ", ["450000", "dong"]),
        ("450k", ["450000"]),
        ("1,68m", ["1.68", "met"]),
        ("300 kg", ["300", "kg"]),
        ("dạ ạ", ["da", "a"]),
        ("hẻm 47", ["hem", "47"]),
        ("lớp 1A", ["lop", "1", "a"]),
        ("lúc 22h00", ["luc", "22", "gio"]),
        ("từ 8 giờ tới 10 giờ", ["tu", "8", "gio", "toi", "10", "gio"]),
        ("1 tỷ 400 triệu", ["1400000000"]),
        ("5 triệu 2 chỉ", ["5000000", "2", "chi"]),
        ("18-22tr", ["18000000", "den", "22000000"]),
        ("thắng 2-1", ["thang", "2", "1"]),
        ("Đài KTTV ở đây", ["dai", "ktv", "o", "day"]),
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
        ("hai trăm năm mươi nghìn", "250000"),
        ("hai mươi năm nghìn đồng", "25000"),
        ("ba mươi năm trước", "30"),
    ],
)
def test_years_behind_tens_are_no_fives(said: str, number: str) -> None:
    assert number in [word.plain for word in read([said])[0].words]
