"""Noise in the letters of a word leaves the statement as it was; what is changed shows through it."""

import pytest

from dedupe.compare import compare
from dedupe.reading import Reading
from sangtin.post import Relation

BASE = (
    "Sáng nay bà Hoa ở khu tập thể Tân Mai bị mất 3 triệu đồng vì bấm vào đường link lạ, công an phường "
    "đang làm rõ. "
    "Ai có tin gì thì gọi cô Hạnh, không nên chuyển tiền cho người lạ khi chưa hỏi kỹ các con."
)


def relation(word: str, typed: str, base: str = BASE) -> Relation:
    """How a text in which a word was typed otherwise relates to it, the text itself first."""
    assert word in base
    return compare(Reading(base), Reading(base.replace(word, typed, 1))).relation


MEANT = {
    "digits and signs": [
        ("bà Hoa", "8à Hoa"),
        ("tập thể", "tập 7hể"),
        ("lạ,", "1ạ,"),
        ("tháng", "thán9"),
        ("công an", "côn9 an"),
        ("một", "mộ+"),
        ("gì thì", "gì th1"),
        ("lạ khi", "l@ khi"),
        ("đường", "đườn9"),
        ("gọi", "9ọi"),
        ("phường", "phườn9"),
        ("chuyển", "(huyển"),
        ("có tin", "c0 tin"),
        ("kỹ", "k¥"),
        ("đang", "₫ang"),
        ("cho người", "ch0 n9ười"),
        ("triệu", "tr!ệu"),
        ("làm", "1àm"),
        ("Sáng nay", "S4ng n4y"),
        ("con", "c0n"),
    ],
    "keys of Telex": [
        ("đường", "dduwowngf"),
        ("phường", "phuwowngf"),
        ("người", "nguwowif"),
        ("tiền", "tieenf"),
        ("có tin", "cos tin"),
        ("kỹ", "kyx"),
        ("gọi", "goij"),
        ("triệu", "trieeuj"),
        ("vào", "vaof"),
        ("thể", "theer"),
        ("lạ,", "laj,"),
        ("chuyển", "chuyeenr"),
        ("bị", "bij"),
    ],
    "keys of VNI": [
        ("đường", "d9u7o7ng2"),
        ("phường", "phu7o7ng2"),
        ("tiền", "tie62n"),
        ("có tin", "co1 tin"),
        ("kỹ", "ky4"),
        ("bị", "bi5"),
        ("triệu", "trie6u5"),
        ("bà Hoa", "ba2 Hoa"),
        ("thể", "thê3"),
        ("làm", "lam2"),
        ("hỏi", "hoi3"),
    ],
    "by ear": [
        ("có tin", "kó tin"),
        ("gọi", "gọj"),
        ("hỏi", "hỏj"),
        ("Ai có", "Aj có"),
        ("phường", "fường"),
        ("các", "kác"),
        ("cô Hạnh", "kô Hạnh"),
        ("vào", "zào"),
        ("tiền", "tìn"),
        ("đang", "đag"),
        ("chuyển", "chuyểnk"),
        ("đường", "đườq"),
        ("bị", "pị"),
        ("nên", "nênk"),
    ],
    "slips": [
        ("phường", "phườngh"),
        ("đường", "đuờng"),
        ("chuyển", "chuyểm"),
        ("công an", "cxông an"),
        ("triệu", "trriệu"),
        ("người", "ngưòi"),
        ("tiền", "tièn"),
        ("tập thể", "tậpthể"),
        ("làm rõ", "làmrõ"),
        ("bấm", "bấnm"),
    ],
}


@pytest.mark.parametrize(
    ("word", "typed"), [pair for pairs in MEANT.values() for pair in pairs if pair[0] in BASE]
)
def test_a_garbled_word_is_the_word(word: str, typed: str) -> None:
    assert relation(word, typed) in {Relation.NEAR, Relation.EXACT}


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("3 triệu", "8 triệu"),
        ("3 triệu", "3tr5"),
        ("3 triệu", "30 triệu"),
        ("3 triệu", "ba mươi triệu"),
        ("bà Hoa", "ba9 Hoa"),
        ("bà Hoa", "3 người"),
        ("không nên", "nên"),
        ("không nên", "kông được nên"),
        ("chưa hỏi", "đã hỏi"),
        ("chưa hỏi", "đ4 hỏi"),
        ("chưa hỏi", "zừa hỏi"),
        ("cô Hạnh", "cô Hiền"),
        ("cô Hạnh", "kô Hiền"),
        ("cô Hạnh", "chú Hạnh"),
        ("cô Hạnh", "chj Hạnh"),
        ("Sáng nay", "T0i qua"),
        ("Sáng nay", "Tois qua"),
        ("bị mất", "pị bắt"),
        ("bị mất", "bij bawts"),
        ("công an", "bảo v3"),
    ],
)
def test_a_changed_word_shows_through(word: str, typed: str) -> None:
    assert relation(word, typed) not in {Relation.NEAR, Relation.EXACT}


PLACES = (
    "Lớp {} học ở phòng {} tầng 4, các con mang theo {} đồ chơi và nước uống, "
    "cô giáo đón lúc {} chiều nay nhé"
)


def filled(*slots: str) -> str:
    return PLACES.format(*slots)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("8a", "B4", "5", "3h"), ("ba", "B4", "5", "3h")),
        (("8a", "B4", "5", "3h"), ("6a", "B4", "5", "3h")),
        (("8A1", "B4", "5", "3h"), ("8A7", "B4", "5", "3h")),
        (("lá", "B4", "5", "3h"), ("lá", "B6", "5", "3h")),
        (("lá", "B4", "5", "3h"), ("lá", "ba", "5", "3h")),
        (("lá", "C12", "5", "3h"), ("lá", "C15", "5", "3h")),
        (("lá", "101", "5", "3h"), ("lá", "lol", "5", "3h")),
        (("lá", "B4", "5", "3h"), ("lá", "B4", "8", "3h")),
        (("lá", "B4", "5", "7h"), ("lá", "B4", "5", "1h")),
        (("lá", "B4", "5 bộ", "7h"), ("lá", "B4", "một bộ", "7h")),
        (("lá 2", "B4", "5", "7h"), ("lá 7", "B4", "5", "7h")),
        (("lá2", "B4", "5", "7h"), ("lá7", "B4", "5", "7h")),
        (("lá", "B4", "4m", "7h"), ("lá", "B4", "âm", "7h")),
        (("lá", "B4", "7am", "7h"), ("lá", "B4", "tám", "7h")),
    ],
)
def test_numbers_units_classes_and_blocks_are_no_letters(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert compare(Reading(filled(*one)), Reading(filled(*other))).relation is not Relation.NEAR
    assert compare(Reading(filled(*other)), Reading(filled(*one))).relation is not Relation.NEAR


@pytest.mark.parametrize(
    "slots", [("8a", "B4", "5", "3h"), ("7A1", "C12", "12", "15h30"), ("4c", "SH150i", "3", "7g")]
)
def test_they_are_what_they_are_in_both(slots: tuple[str, ...]) -> None:
    noisy = filled(*slots).replace("chiều", "chi3u" if slots[3] != "3h" else "chìu").replace("cô", "kô")
    assert compare(Reading(filled(*slots)), Reading(noisy)).relation is Relation.NEAR


UNMARKED = (
    "canh bao moi nguoi o khu Binh Thoi: chieu qua co 2 thanh nien di xe Wave gia lam nhan vien dien luc"
)


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("Binh", "8inh"),
        ("qua", "qu4"),
        ("bao", "b4o"),
        ("nguoi", "ngu0i"),
        ("dien", "di3n"),
        ("thanh", "thamh"),
    ],
)
def test_unmarked_words_are_read_too(word: str, typed: str) -> None:
    assert relation(word, typed, UNMARKED) is Relation.NEAR


@pytest.mark.parametrize(
    ("word", "typed"), [("co 2", "co 3"), ("co 2", "k0 co 2"), ("Binh", "8ien"), ("chieu", "s4ng")]
)
def test_what_changes_unmarked_words_shows_through(word: str, typed: str) -> None:
    assert relation(word, typed, UNMARKED) is not Relation.NEAR


NAMED = (
    "Chị {} bán xôi ở cổng khu công nghiệp Vĩnh Lộc mười năm nay vẫn giữ giá 10 nghìn một gói, có lời là vui"
)


@pytest.mark.parametrize(
    ("name", "typed"), [("Thu", "7hư"), ("Hoa", "Hoà B1nh"), ("Ngọc", "N|a"), ("Ba", "B4n")]
)
def test_a_name_in_digits_or_torn_is_no_other_name(name: str, typed: str) -> None:
    one, other = Reading(NAMED.format(name)), Reading(NAMED.format(typed))
    assert compare(one, other).relation is not Relation.NEAR


def test_a_tag_that_ends_the_sentence_is_a_word_of_it() -> None:
    said = "Giám đốc sở xin lỗi người dân vì hệ thống đăng ký khám bị treo suốt buổi sáng thứ {}."
    assert compare(Reading(said.format("Hai")), Reading(said.format("#Ba"))).relation is not Relation.NEAR
    assert compare(Reading(said.format("Hai")), Reading(said.format("#Hai"))).relation is Relation.NEAR
