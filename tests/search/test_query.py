"""The query language: what people type, half typed or wrong, becomes a tree or an error that says where."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.errors import QueryError
from sangtin.post import Bin, Flag, Kind
from sangtin.search import Query, parse
from sangtin.search.field import Field
from sangtin.search.query import DEEPEST_QUERY, LONGEST_QUERY, And, Is, Node, Not, Or, Phrase, Word


def word(marked: str, folded: str | None = None, *, prefix: bool = False) -> Word:
    return Word(marked, folded or marked, prefix)


A, B, C, D = (word(letter) for letter in "abcx")


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c x", Or((And((A, B)), And((C, D))))),
        ("a (b OR c) x", And((A, Or((B, C)), D))),
        ("a -b", And((A, Not(B)))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("-a", Not(A)),
        ("NOT NOT a", A),
        ("-(a OR b) c", And((Not(Or((A, B))), C))),
        ("NOT a b", And((Not(A), B))),
        ("a a A", A),
        ("or and not", And((word("or"), word("and"), word("not")))),
        ('"a b"', Phrase((A, B))),
        ("“a b”", Phrase((A, B))),
        ('-"a b" c', And((Not(Phrase((A, B))), C))),
        ('"a"', A),
        ('a"b c"', And((A, Phrase((B, C))))),
        ("a.b", Phrase((A, B))),
        ("a-b", Phrase((A, B))),
        ("ngậ*", word("ngậ", "nga", prefix=True)),
        ("a.b*", And((A, word("b", prefix=True)))),
        ('"a b*"', Phrase((A, B))),
        ("Hòa", word("hoà", "hoa")),
        ("đà", word("đà", "da")),
        ("giờ:12:30", Phrase((word("giờ", "gio"), word("12"), word("30")))),
        ("https://a.b", Phrase((word("https"), A, B))),
        ("lable:a", Phrase((word("lable"), A))),
        ('nói:"a b"', And((word("nói", "noi"), Phrase((A, B))))),
        ("a 😢 !!!", A),
        ("", None),
        ("   ", None),
    ],
)
def test_queries_are_read(typed: str, root: Node | None) -> None:
    assert parse(typed) == Query(root)
    assert parse(typed, exact=True) == Query(root, exact=True)


@pytest.mark.parametrize(
    ("typed", "like"),
    [
        ("a -", "a"),
        ("a ()", "a"),
        ('a ""', "a"),
        ("a *", "a"),
        ("a :(", "a"),
        ("a =))", "a"),
        (":(( a ;-)", "a"),
        ("a (b) :)", "a b"),
        ("a label:neg", "a label:negative"),
        ("a label: b", "a label b"),
        ("a from:2025", "a from:2025-01-01"),
        ("a to:2025-", "a to:2025-12-31"),
        ("a to:2024-02", "a to:2024-02-29"),
        ("-", ""),
    ],
)
def test_what_means_nothing_is_left_out_and_what_is_short_is_filled_in(typed: str, like: str) -> None:
    assert parse(typed) == parse(like)


@pytest.mark.parametrize(
    ("typed", "field", "values"),
    [
        ("label:spam", Field.LABEL, (Bin.SPAM,)),
        ("nhãn:rác", Field.LABEL, (Bin.SPAM,)),
        ("NHAN:RAC", Field.LABEL, (Bin.SPAM,)),
        ("label:tiêu_cực,tich-cuc", Field.LABEL, (Bin.NEGATIVE, Bin.POSITIVE)),
        ('nhãn:"tiêu cực"', Field.LABEL, (Bin.NEGATIVE,)),
        ("nhãn:chờ,trùng", Field.LABEL, (Bin.PENDING, Bin.DUPLICATE)),
        ("kind:scam", Field.KIND, (Kind.SCAM,)),
        ('loại:"quảng cáo"', Field.KIND, (Kind.ADVERT,)),
        ("kind:nhiễu,trungtinh", Field.KIND, (Kind.NOISE, Kind.NEUTRAL)),
        ("flag:claim", Field.FLAG, (Flag.CLAIM,)),
        ("cờ:lan_rộng", Field.FLAG, (Flag.BURST,)),
        ('flag:"matches a claim"', Field.FLAG, (Flag.CLAIM,)),
        ("flag:unreliable-looking", Field.FLAG, (Flag.UNRELIABLE,)),
        ("source:báo-huế", Field.SOURCE, ("báo-huế",)),
        ('nguon:"fb/Nhóm A",b', Field.SOURCE, ("fb/Nhóm A",)),
        ("cluster:c-1,c-2,c-1", Field.CLUSTER, ("c-1", "c-2")),
        ("tácgiả:ab12", Field.AUTHOR, ("ab12",)),
    ],
)
def test_fields_are_read(typed: str, field: Field, values: tuple[str, ...]) -> None:
    root = parse(typed).root
    asked = root.parts[0] if isinstance(root, And) else root
    assert asked == Is(field, values)


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("from:2025-10-01", date(2025, 10, 1), None),
        ("từ:1/10/2025 đến:31/10/2025", date(2025, 10, 1), date(2025, 10, 31)),
        ("tu:10/2025 den:10/2025", date(2025, 10, 1), date(2025, 10, 31)),
        ("from:2025 to:2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("from:2025 from:2025-06", date(2025, 6, 1), None),
        ("to:2025 to:2025-06", None, date(2025, 6, 30)),
        ("(from:2025 (to:2025))", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_days_narrow_the_whole_query(typed: str, since: date | None, until: date | None) -> None:
    assert parse(typed) == Query(None, False, since, until)
    assert parse(f"a {typed}").root == A


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("OR", 0),
        ("OR a", 0),
        ("a OR OR b", 2),
        ("a AND OR b", 2),
        ("a (AND b)", 3),
        ("a (b OR) c", 5),
        ("a NOT OR b", 2),
        ("a AND", 2),
        ("a OR", 2),
        ("a NOT", 2),
        ("a AND NOT", 6),
        ("NOT", 0),
        ("a)", 1),
        ("a (", 2),
        ("(", 0),
        ("a (b OR c", 2),
        ("a ((b) c", 2),
        ('"', 0),
        ('a "', 2),
        ('a "b c', 2),
        ("a “b c", 2),
        ('a nguồn:"b', 8),
        ("a nguồn:", 2),
        ("label:", 0),
        ("ngập label:(negative OR positive)", 5),
        ("nhãn:(rác)", 0),
        ("a (b)) c", 5),
        ("a label:xyz", 8),
        ("a label:spam,xyz", 13),
        ("a label:n,p", 10),
        ("nhãn:t", 5),
        ("a kind:spam", 7),
        ('flag:"no such"', 6),
        ("label:,", 6),
        ("từ:8h", 3),
        ("from:2025-02-30", 5),
        ("to:31/13/2025", 3),
        ("to:0000", 3),
        ("a OR from:2025", 10),
        ("from:2025 OR a", 5),
        ("-from:2025", 6),
        ("a (b OR to:2025)", 11),
        ("NOT (to:2025)", 8),
        ("😢", 0),
        ("  🌊🌊", 2),
        ("(" * (DEEPEST_QUERY + 1) + "a", DEEPEST_QUERY),
        ("a" * (LONGEST_QUERY + 1), LONGEST_QUERY),
    ],
)
def test_an_error_says_where(typed: str, position: int) -> None:
    with pytest.raises(QueryError) as error:
        parse(typed)
    assert error.value.position == position
    assert error.value.message.endswith(".")


_piece = st.sampled_from(
    [
        "a",
        "lũ",
        "hò*",
        '"',
        "(",
        ")",
        "-",
        "AND",
        "OR",
        "NOT",
        "label:",
        "spam",
        "from:",
        "2025",
        "😢",
        ":",
        ",",
        " ",
    ]
)


def mistake(typed: str) -> int:
    """Where a query is wrong; 0 where it is right."""
    try:
        parse(typed)
    except QueryError as error:
        return error.position
    return 0


@given(st.lists(_piece, max_size=30).flatmap(lambda some: st.sampled_from(["".join(some), " ".join(some)])))
def test_anything_is_a_query_or_an_error_inside_the_text(typed: str) -> None:
    assert 0 <= mistake(typed) <= len(typed)


@given(st.text(st.characters() | st.characters(categories=["Cs"]), max_size=40))
def test_any_characters_are_a_query_or_an_error(typed: str) -> None:
    assert 0 <= mistake(typed) <= len(typed)


def test_deep_and_long_queries_are_read() -> None:
    assert parse("(" * DEEPEST_QUERY + "a" + ")" * DEEPEST_QUERY) == Query(A)
    assert isinstance(parse("lũ lụt ở huế " * 300).root, And)
    assert parse("NOT " * 500 + "a").root == A
