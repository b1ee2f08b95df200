"""Emoticons vanish, letters that signs part come together, tags at the ends go; numbers and lists stay."""

import pytest

from dedupe.compare import compare
from dedupe.noise import put_together, read_keys, without_faces
from dedupe.reading import Reading
from sangtin.post import Relation


def words(text: str) -> list[str]:
    return [word.marked or word.plain for word in Reading(text).words]


@pytest.mark.parametrize(
    "face",
    [
        ":D",
        ":v",
        ":3",
        "T_T",
        "<3",
        ">.<",
        "-_-",
        "=))",
        ":(",
        ":'(",
        "^^",
        ":)))",
        ";)",
        "=]]",
        "^_^",
        "@@",
        "T.T",
    ],
)
def test_emoticons_say_nothing(face: str) -> None:
    assert words(f"Nước lên {face} nhanh lắm {face}") == words("Nước lên nhanh lắm")


@pytest.mark.parametrize(
    "text", ["chú chó vànghaizz :( đeo vòng", "chú chó vàng:)) đeo:v vòng", "chú chó >.<vàng đeo vòng"]
)
def test_emoticons_run_onto_words(text: str) -> None:
    assert words(text) == words("chú chó vàng đeo vòng")


@pytest.mark.parametrize(
    "text",
    [
        "họp lúc 7:30",
        "đội nhà thắng 3:2",
        "nhiệt độ <30",
        "dưới <3 triệu",
        "gồm: 3 thùng",
        "<5 người",
        "5 > 3",
        "từ 2-3 ngày",
        "ghi chú:(1) mang giấy",
        "xem: D là lớp học",
    ],
)
def test_numbers_and_lists_are_no_emoticons(text: str) -> None:
    assert without_faces(text) == text


@pytest.mark.parametrize(
    ("parted", "word"),
    [
        ("t/h/o/ạ/i", "thoại"),
        ("c|h|ủ", "chủ"),
        ("T+r+ầ+n", "Trần"),
        ("n . g . à . n . h", "ngành"),
        ("ch|ủ", "chủ"),
        ("m  i  ễ  n", "miễn"),
        ("m+ẹ", "mẹ"),
        ("k/h/i", "khi"),
        ("S/ố", "Số"),
        ("th|ẳng", "thẳng"),
        ("m . i . 💔 ễ . n", "miễn"),
        ("r . út", "rút"),
        ("q*u*a", "qua"),
        ("c-ụ-c", "cục"),
    ],
)
def test_letters_that_signs_part_are_a_word(parted: str, word: str) -> None:
    assert put_together(f"xin {parted} nhé") == f"xin {word} nhé"


@pytest.mark.parametrize(
    "text",
    [
        "và/hoặc",
        "A/B",
        "D/N",
        "24/24",
        "T/P",
        "anh/chị",
        "bố/mẹ",
        "km/h",
        "TP/HN",
        "ở/đi",
        "a/b/c",
        "1/5",
        "đ/c",
        "ba + mẹ",
        "A + B",
        "vitamin A+E",
        "ông/bà/cô",
        "đến | đi",
        "lúc 5 h . anh ra",
        "xong . Anh đi",
        "về . ông",
    ],
)
def test_words_beside_one_another_stay_apart(text: str) -> None:
    assert put_together(text) == text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("n9àn", "ngàn"),
        ("tr!ệu", "triệu"),
        ("mộ+", "mộ+"),
        ("đườn9", "đườn9"),
        ("gi@y", "giay"),
        ("600 ng4n", "600 ngan"),
        ("hai 7r4m", "hai tram"),
        ("tru7o7ng2", "trường"),
        ("50 ngan2", "50 ngàn"),
        ("N9ười", "Người"),
    ],
)
def test_what_can_be_one_word_only_is_read(typed: str, read: str) -> None:
    assert read_keys(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        *[
            "7h",
            "5k",
            "3tr",
            "2m",
            "1m2",
            "4g",
            "5l",
            "7A1",
            "B4",
            "8a",
            "SH150i",
            "RON95",
            "C12",
            "3h15",
            "10am",
            "59X3",
            "2con",
            "1.200k",
            "5/10a",
            "lô5",
        ],
        *["24h", "3G", "F0", "H5N1", "A4", "20cm", "0h", "#t4g"],
        "số 2b",
    ],
)
def test_amounts_units_and_codes_are_left(text: str) -> None:
    assert read_keys(text) == text


@pytest.mark.parametrize(
    ("typed", "word"),
    [("x/e", "xe"), ("a|i", "ai"), ("c+o", "co"), ("ba/o", "bao"), ("và/o", "vào")],
)
def test_what_may_be_two_words_is_one_where_the_other_text_has_it(typed: str, word: str) -> None:
    one, other = (Reading(f"Sáng nay {part} ở bến chật quá, bà con đi sớm nhé") for part in (word, typed))
    assert compare(one, other).relation is Relation.NEAR


@pytest.mark.parametrize(("typed", "word"), [("A/B", "ai"), ("C/O", "trà"), ("x/e", "tàu"), ("1/e", "le")])
def test_it_is_no_other_word(typed: str, word: str) -> None:
    one, other = (Reading(f"Sáng nay {part} ở bến chật quá, bà con đi sớm nhé") for part in (word, typed))
    assert compare(one, other).relation is not Relation.NEAR


POST = "Quán bún mắm cô Sáu dời qua 42 kiệt Chùa Ông, bán từ 3h chiều tới hết, làm ở ngân hàng về ghé ăn nha."


@pytest.mark.parametrize(
    "noisy",
    [
        POST + " #xuhuong#fyp#hue#anngon#review",
        POST + "\n#xuhuong #fyp 💯💯",
        POST + " #xuhuong #fyp https://vt.tiktok.com/abc",
        POST + "\n.\n.\n#hue#danang\n#saigon",
        POST.replace("ngân hàng", "#ngânhàng"),
        POST.replace("ngân hàng", "ngânhàng"),
        POST.replace("chiều", "chìu"),
        POST.replace("hết", "h/ế/t").replace("ngân", "n|g|â|n"),
        POST.replace("mắm", "mắm :))").replace("kiệt", "kiệt😀"),
        POST.replace("Chùa Ông", "Chùa Ông:v").replace("nha", "nhahaizz :("),
    ],
)
def test_a_noisy_copy_is_a_copy(noisy: str) -> None:
    assert compare(Reading(POST), Reading(noisy)).relation is Relation.NEAR


@pytest.mark.parametrize(
    "changed",
    [
        POST.replace("3h", "7h") + " #xuhuong#fyp",
        POST.replace("42", "24") + " :3",
        POST.replace("bán", "k/h/ô/n/g bán"),
        POST.replace("qua", "khỏi") + " #hue 💯",
        POST.replace("tới hết", "tới <3 giờ"),
        POST.replace("3h chiều", "8h tố/i"),
        POST.replace("cô Sáu", "cô Năm:v"),
    ],
)
def test_a_changed_one_is_not(changed: str) -> None:
    assert compare(Reading(POST), Reading(changed)).relation is not Relation.NEAR
