"""What stands beside digits changes a statement, unless it only parts them; for hash and comparison."""

from __future__ import annotations

import pytest

from dedupe import explain
from dedupe.normal import forms
from sangtin.post import Relation

LONG = "Ông Ba ở thôn Vĩnh An nói rằng hôm qua trời rất rét, kết quả là {} cho cả làng, ai cũng biết"
END = "Ông Ba ở thôn Vĩnh An nói rằng hôm qua trời rất rét, kết quả là {}"

OTHER = [
    ("-5 độ", "5 độ"),
    ("+500 đồng", "-500 đồng"),
    ("< 5 mg", "> 5 mg"),
    ("<3 kg", "3 kg"),
    ("-5 triệu", "5 triệu"),
    ("5%", "5"),
    ("20$", "20€"),
    ("$20", "20"),
    ("<$20", ">$20"),
    ("-$20", "$20"),
    ("-€5 triệu", "+€5 triệu"),
    ("1.5", "1/5"),
    ("1.5 triệu", "1/5 triệu"),
    ("2-1", "2,1"),
]
SAME = [
    ("-5 độ", "−5 độ"),
    ("5 %", "5%"),
    ("$20", "20 $"),
    ("1,5", "1.5"),
    ("30.000", "30,000"),
    ("2-1", "2 - 1"),
    ("ngày 5/10", "ngày 5.10"),
    ("5-10", "5/10"),
    ("lễ 30.4 và 1.5", "lễ 30/4 và 1/5"),
    ("lúc 7.30", "lúc 7:30"),
    ("7.30 tối", "7:30 tối"),
    ("quận 1,2", "quận 1, 2"),
    ("2022-2023", "2022 - 2023"),
    ("0901.234.567", "0901 234 567"),
    ("+84 905 123 456", "84 905 123 456"),
    ("yêu em <3", "yêu em 3"),
    ("- 5 kg gạo", "5 kg gạo"),
    ("\n-5 kg gạo\n-3 thùng mì\n", "\n5 kg gạo\n3 thùng mì\n"),
]
# Told apart by their words, and the same for who reads them.
READ_ALIKE = [
    ("5%", "5 phần trăm"),
    ("20 USD", "20$"),
    ("20 đô", "20 đô la"),
    ("30.000", "30000"),
    ("0901234567", "0901.234.567"),
    ("7h30", "7:30"),
]


def exact(one: str, other: str) -> bool:
    first, second = forms([one, other])
    return first.hash == second.hash


@pytest.mark.parametrize(("one", "other"), OTHER)
@pytest.mark.parametrize("text", ["{}", LONG, END])
def test_another_amount_is_never_hidden(text: str, one: str, other: str) -> None:
    assert not exact(text.format(one), text.format(other))
    for pair in ((one, other), (other, one)):
        found = explain(*map(text.format, pair))
        assert found.relation in {Relation.VARIANT, Relation.ORIGINAL}
    if text != "{}":
        assert found.reason.startswith("number")


@pytest.mark.parametrize(("one", "other"), SAME)
@pytest.mark.parametrize("text", ["{}", LONG, END])
def test_what_only_parts_digits_changes_nothing(text: str, one: str, other: str) -> None:
    assert exact(text.format(one), text.format(other))


@pytest.mark.parametrize(("one", "other"), READ_ALIKE)
@pytest.mark.parametrize("text", [LONG, END])
def test_one_amount_otherwise_written_is_a_copy(text: str, one: str, other: str) -> None:
    assert explain(text.format(one), text.format(other)).relation is Relation.NEAR


def test_a_reason_shows_what_the_sign_changes() -> None:
    assert "-5 → 5" in explain(LONG.format("-5 độ"), LONG.format("5 độ")).reason
    assert "20$ → 20€" in explain(LONG.format("20$"), LONG.format("20€")).reason


def test_amounts_of_a_batch_are_those_of_its_texts() -> None:
    texts = ["giá 5", "% hay không", "-", "5 độ", "1.", "5", "1.5", "20", "$", ""]
    assert forms(texts) == [forms([text])[0] for text in texts]


@pytest.mark.parametrize("amount", ["1,5tr5", "1.2tr5", "0,5tr5", "1.500k5"])
def test_an_amount_that_is_none_stops_nobody(amount: str) -> None:
    assert explain(LONG.format(amount), LONG.format(amount) + " nhé").relation is Relation.NEAR
