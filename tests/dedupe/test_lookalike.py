"""Letters of other scripts are read as the Latin ones that they are drawn like, and no others."""

import unicodedata

import pytest

from dedupe.compare import compare
from dedupe.lookalike import latin, lookalikes
from dedupe.normal import forms
from dedupe.reading import Reading
from sangtin.post import Relation

TEXT = "Sáng nay cổng trường Nguyễn Du ngập nước, đường Phạm Hồng Thái cấm xe, bà con đi vòng giúp nhé"

DRAWN = {
    "Cyrillic": str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ"),
    "Greek": str.maketrans("aiouvABEHIKMNOPTXYZ", "αιουνΑΒΕΗΙΚΜΝΟΡΤΧΥΖ".replace("ο", "σ")),
    "Armenian": str.maketrans("ghnou", "ցհոօս"),
    "Cherokee": str.maketrans("ABDEGHKLMPSTV", "ᎪᏴᎠᎬᏀᎻᏦᏞᎷᏢᏚᎢᏙ"),
    "Lisu": str.maketrans("ABDEGHKLMNPSTVXY", "ꓮꓐꓓꓰꓖꓧꓗꓡꓟꓠꓑꓢꓔꓦꓫꓬ"),
    "small capitals": str.maketrans("acdehmnoptuvy", "ᴀᴄᴅᴇʜᴍɴᴏᴘᴛᴜᴠʏ"),
    "sounds": str.maketrans("aegi", "ɑɛɡı"),
    "zeros": str.maketrans("o", "੦"),
}


def drawn(text: str, alphabet: dict[int, int]) -> str:
    """A text whose letters an alphabet draws, the marks standing apart behind them."""
    spread = unicodedata.normalize("NFD", text).translate(alphabet)
    return spread.replace("đ", "ɖ")


@pytest.mark.parametrize("alphabet", DRAWN.values(), ids=DRAWN)
def test_letters_drawn_alike_are_the_letters(alphabet: dict[int, int]) -> None:
    noisy = drawn(TEXT, alphabet)
    assert noisy != TEXT
    assert forms([noisy])[0].letters == forms([TEXT])[0].letters
    assert compare(Reading(TEXT), Reading(noisy)).relation is Relation.NEAR


@pytest.mark.parametrize(
    ("noisy", "word"),
    [
        ("ở", "ở"),
        ("օ̛̉", "ở"),
        ("ҽ̂", "ê"),
        ("σ̛́", "ớ"),
        ("ά", "á"),
        ("Νha Τrang", "Nha Trang"),
        ("ƌi", "đi"),
        ("Ðà", "Đà"),
        ("ցhҽ", "ghe"),
    ],
)
def test_words_keep_their_marks_and_their_capitals(noisy: str, word: str) -> None:
    assert latin(noisy) == word


def test_capitals_drawn_otherwise_than_their_small_letters_are_read_as_they_are_drawn() -> None:
    assert forms(["ΝΗΑ ΤRΑΝG ΗÔΜ ΝΑΥ ΜƯΑ"])[0].letters == forms(["NHA TRANG HÔM NAY MƯA"])[0].letters


def test_texts_beside_one_with_lookalikes_are_read_as_ever() -> None:
    batch = ["Nước lên", drawn(TEXT, DRAWN["Armenian"]), "", "ở đây 5 triệu 🙏", "东西南北"]
    assert forms(batch) == [forms([text])[0] for text in batch]


@pytest.mark.parametrize("word", ["đường", "ưu đãi", "Ỷ lại", "kẽ hở", "Ýt"])
def test_vietnamese_letters_are_themselves(word: str) -> None:
    assert latin(word) == word


def test_no_letter_of_vietnamese_is_taken_for_another() -> None:
    vietnamese = set("aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz") | set("AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY")
    assert vietnamese.isdisjoint(lookalikes())
    assert all(len(latin_one) == 1 for latin_one in lookalikes().values())


@pytest.mark.parametrize(
    "changed",
    [
        TEXT.replace("cấm", "cho"),
        TEXT.replace("Hồng Thái", "Hồng Thắm"),
        TEXT.replace("ngập", "không ngập"),
    ],
)
@pytest.mark.parametrize("alphabet", [DRAWN["Cyrillic"], DRAWN["Armenian"]])
def test_a_change_is_seen_through_letters_of_other_scripts(changed: str, alphabet: dict[int, int]) -> None:
    assert compare(Reading(TEXT), Reading(drawn(changed, alphabet))).relation is Relation.VARIANT


def test_the_hash_tells_them_apart_still() -> None:
    """Equal hashes are exact copies without comparison: who writes in another script is compared."""
    assert forms(["Сao tốc thông xe"])[0].hash != forms(["Cao tốc thông xe"])[0].hash
