"""Texts typed without diacritics get their likeliest ones; nothing else of them changes."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.compact import CompactReader
from nlp.marks import Marks, forms_of, marked, with_marks
from nlp.prepare import prepare
from sangtin.errors import InputError
from sangtin.text import strip_marks
from training import gathering

SHIPPED = nlp.SHIPPED / "compact"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hom nay troi mua to qua", "hôm nay trời mưa to quá"),
        ("cam on cac anh cong an da giup do ba con", "cảm ơn các anh công an đã giúp đỡ bà con"),
        ("nuoc ngap het duong roi khong di lam duoc", "nước ngập hết đường rồi không đi làm được"),
        ("Gia xang hom nay lai tang manh", "Giá xăng hôm nay lại tăng mạnh"),
        ("TIN VUI: benh vien moi da mo cua", "TIN VUI: bệnh viện mới đã mở cửa"),
    ],
)
def test_common_sentences_get_the_marks_that_people_mean(typed: str, meant: str) -> None:
    assert with_marks(typed) == meant


def test_three_syllables_of_four_get_the_marks_that_they_were_written_with() -> None:
    right = total = 0
    for one in gathering.seed_rows(gathering.SEED, "held"):
        form = prepare(one.row.text)
        found = with_marks(strip_marks(form))
        for word, mine in zip(form.lower().split(), (found or "").lower().split(), strict=False):
            total, right = total + 1, right + (word == mine)
    assert right > 0.75 * total > 10_000


@pytest.mark.parametrize(
    "form",
    [
        "hôm nay trời mưa to quá",
        "the government should build more streets through the winter",
        "ok shop",
        "",
        "🙂🙂🙂 !!! 123",
        "http://tin-moi.vn/bai-viet @nguoidung #hanoi",
    ],
)
def test_what_has_marks_or_is_no_vietnamese_stays(form: str) -> None:
    assert with_marks(form) is None
    assert forms_of([form]) == [prepare(form)]


def test_a_word_that_gets_no_marks_keeps_its_case() -> None:
    found = with_marks("ban iPhone moi cho ban be o McDonald di ban oi")
    assert found is not None
    assert "iPhone" in found
    assert "McDonald" in found


def test_addresses_handles_and_tags_are_no_words() -> None:
    found = with_marks("ba con xem tin nay nhe http://tin.vn @con #tin va gui cho nguoi nha")
    assert found is not None
    assert "http://tin.vn @con #tin" in found


def test_words_that_carry_marks_already_keep_them() -> None:
    found = with_marks("toi di cho mua ca va rau ve nau com cho ca nha an, ngon lắm")
    assert found is not None
    assert found.endswith("ngon lắm")


SYLLABLES = sorted(word for word in Marks.load().ways if word.isascii())[::7]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*SYLLABLES, "12", ",", ".", "!", "🙂", "xyz", "ABC"]), max_size=40))
def test_only_marks_are_put_on(words: list[str]) -> None:
    form = prepare(" ".join(words))
    found = with_marks(form)
    if found is not None:
        assert strip_marks(found) == form
        assert prepare(found) == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_it_is_total_and_keeps_the_letters(text: str) -> None:
    form = prepare(text)
    found = with_marks(form)
    assert found is None or strip_marks(found) == strip_marks(form)


def test_a_reader_reads_an_unmarked_text_as_it_reads_the_marked_one() -> None:
    reader = CompactReader.load(SHIPPED, "compact")
    marked = "cảm ơn các anh công an đã giúp đỡ bà con"
    assert reader.forms([strip_marks(marked), marked]) == [marked, marked]
    one, other = reader.read([strip_marks(marked), marked])
    assert one == pytest.approx(other)


def test_why_reads_what_is_left_of_a_short_text_with_its_marks() -> None:
    reader = CompactReader.load(SHIPPED, "compact")
    marked, bare = "đường ngập quá", "duong ngap qua"
    assert reader.forms([bare]) == [marked]
    with_their_own, typed = reader.why(marked, "negative"), reader.why(bare, "negative")
    assert [bare[m.start : m.end] for m in typed] == [
        strip_marks(marked[m.start : m.end]) for m in with_their_own
    ]
    assert [m.weight for m in typed] == pytest.approx([m.weight for m in with_their_own], rel=0.5)


def test_why_never_mixes_what_was_typed_with_what_was_read() -> None:
    reader = CompactReader.load(SHIPPED, "compact")
    typed, read = "Châu di cho mua ca", "Châu đi chợ mua cả"
    assert reader.forms([typed, typed.removesuffix(" ca")]) == [read, "Châu di cho mua"]
    assert marked(typed.removesuffix(" ca")) == read.removesuffix(" cả")
    of_typed, of_read = ({m.start: m.weight for m in reader.why(text, "negative")} for text in (typed, read))
    place = typed.index("ca")
    assert of_typed.get(place, 0.0) == pytest.approx(of_read.get(place, 0.0), abs=0.01)


def test_why_reads_what_is_left_of_a_text_as_it_was_typed_where_the_whole_is() -> None:
    reader = CompactReader.load(SHIPPED, "compact")
    text = "Đường ngap nang qua roi"
    left = text.removeprefix("Đường ")
    assert reader.forms([text]) == [text]
    assert reader.forms([left]) != [left], "alone it would be read with marks"
    wanted = [i for i, one in enumerate(reader.classes) if one.label == "negative"]
    whole, rest = reader._answers([text, left])[:, wanted].sum(axis=1)
    moved = {m.start: m.weight for m in reader.why(text, "negative")}
    assert (moved.get(0, 0.0) > 0) == (whole > rest)


def test_a_reader_of_other_marks_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "compact")
    card = json.loads((folder / "reader.json").read_text())
    (folder / "reader.json").write_text(json.dumps(card | {"marks": "another"}))
    with pytest.raises(InputError, match="another"):
        CompactReader.load(folder, "compact")


def test_a_reader_that_knows_no_marks_reads_what_was_typed(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "compact")
    card = json.loads((folder / "reader.json").read_text())
    card.pop("marks", None)
    (folder / "reader.json").write_text(json.dumps(card))
    assert CompactReader.load(folder, "compact").forms(["cam on ba con"]) == ["cam on ba con"]
