"""Marked texts → a table of frequent words and pairs; the same texts, the same bytes."""

from pathlib import Path

import numpy as np

from nlp.marks import Marks
from training.marks import LEAST_PAIR, count, write

CLAUSES = ("trời mưa to quá", "đường ngập rồi", "con đường làng", "mưa to gió lớn")


def test_marked_clauses_are_counted_and_others_are_not() -> None:
    words, pairs = count(["Trời mưa to quá! troi mua to qua", "OK shop", "the rain in spain"])
    assert words == {"trời": 1, "mưa": 1, "to": 1, "quá": 1}
    assert pairs == {("trời", "mưa"): 1, ("mưa", "to"): 1, ("to", "quá"): 1}


def test_no_pair_reaches_over_the_end_of_a_clause() -> None:
    _, pairs = count(["trời mưa to, đường ngập rồi"])
    assert ("to", "đường") not in pairs


def test_a_table_knows_what_was_frequent(tmp_path: Path) -> None:
    texts = [clause for clause in CLAUSES for _ in range(LEAST_PAIR)] + ["chuyện hiếm gặp"]
    for name in ("a", "b"):
        write(tmp_path / f"{name}.npz", *count(texts))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    marks = Marks.load(tmp_path / "a.npz")
    assert "hiếm" not in marks.words
    assert marks.likeliest(["troi", "mua", "to", "qua"]) == ["trời", "mưa", "to", "quá"]
    assert marks.likeliest(["con", "duong", "lang"]) == ["con", "đường", "làng"]
    assert marks.likeliest(["duong", "nao", "ngap"]) == ["đường", "nao", "ngập"]


def test_pairs_tell_which_way_a_word_is_meant(tmp_path: Path) -> None:
    texts = ["bán nhà phố cổ"] * 60 + ["bạn bè thân thiết"] * 40 + ["hai bạn bè cũ"] * 20
    write(tmp_path / "t.npz", *count(texts))
    marks = Marks.load(tmp_path / "t.npz")
    assert marks.likeliest(["ban", "nha"]) == ["bán", "nhà"]
    assert marks.likeliest(["ban", "be"]) == ["bạn", "bè"]


def test_the_table_that_ships_fits_its_numbers() -> None:
    marks = Marks.load()
    last = len(marks.words) - 1
    assert last < 1 << 16
    assert all(pair >> 16 <= last and pair & 0xFFFF <= last for pair in marks.pairs)
    assert np.all(np.diff(sorted(marks.counts)) >= 0)
    assert min(marks.counts) >= LEAST_PAIR
