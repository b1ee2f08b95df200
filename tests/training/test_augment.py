"""Changed copies of a text: the same change each time, and still the same text to a reader of it."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from training.augment import plain, slipped, teencode, unmarked, variants, with_emoji

TEXT = "Đường ngập mà không ai sửa, người dân bức xúc quá rồi"


def test_each_way() -> None:
    assert unmarked(TEXT) == "Duong ngap ma khong ai sua, nguoi dan buc xuc qua roi"
    assert teencode(TEXT) != TEXT.lower()
    assert "ngập" in teencode(TEXT)
    assert abs(len(slipped(TEXT * 5)) - len(TEXT * 5)) < 40
    assert slipped(TEXT * 5) != TEXT * 5
    assert with_emoji(TEXT).startswith(TEXT)
    assert plain("ko bít j") == "không biết gì"


def test_handles_and_tags_stay() -> None:
    assert "@không" in teencode("@không #được không được")
    assert "#được" in teencode("@không #được không được")


def test_composed_and_decomposed_change_alike() -> None:
    assert teencode(unicodedata.normalize("NFD", "không được")) in {
        teencode("không được"),
        *(f"{a} {b}" for a in ("không", "ko", "k", "hok", "hong", "kg") for b in ("được", "dc", "đc", "đk")),
    }


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_the_same_each_time_and_never_itself(text: str) -> None:
    found = variants(text)
    assert found == variants(text)
    assert text not in found
    assert len(set(found)) == len(found)
