"""What reading a file of posts promises: formats, columns, positions, and every reason by name."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangtin.cli.importing import mapping
from sangtin.errors import UsageError
from sangtin.pipeline.columns import Columns
from sangtin.pipeline.lines import GZIP_FREE, GZIP_RATIO, LONGEST_ROW, LineFile, identity
from sangtin.pipeline.reasons import Reason, RowError
from sangtin.pipeline.rows import Rejected, Row
from sangtin.post import Engagement, text_hash
from tests.pipeline.reading import items, posts, reasons

Write = Callable[..., Path]
# How many packed bytes the gzip module holds at most before it unpacks them (since Python 3.12).
READ_AHEAD = 128 << 10
ROWS: list[dict[str, object]] = [
    {"id": "a1", "text": "Cầu Trường Tiền kẹt xe cả tiếng đồng hồ"},
    {"id": 2, "text": 'Chị ấy nói: "mưa to quá",\nrồi cúp máy', "likes": 3},
    {"id": "c", "text": "Cảm ơn các anh; nhờ các anh mà\tđường sạch", "author": "Hoà"},
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: bytes | str, name: str = "posts.jsonl") -> Path:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return written


@contextlib.contextmanager
def most_memory() -> Iterator[Callable[[], int]]:
    """The most bytes that were held at once in a block; read it after the block."""
    most = [0]
    tracemalloc.start()
    try:
        yield lambda: most[0]
        most[0] = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def table(rows: list[dict[str, object]], delimiter: str = ",") -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# --- formats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["as is", "gzip"])
@pytest.mark.parametrize("form", ["jsonl", ",", ";", "\t"])
@pytest.mark.parametrize("name", ["posts.jsonl", "posts.csv", "posts.jsonl.gz", "posts", "posts.txt"])
def test_the_content_says_what_a_file_is(
    write: Write, mark: bytes, pack: Callable[[bytes], bytes], form: str, name: str
) -> None:
    content = jsonl(*ROWS) if form == "jsonl" else table(ROWS, form)
    if form != "jsonl" and name.startswith("posts.jsonl"):
        name = "posts.csv.gz"
    found = posts(write(pack(mark + content.encode()), name))
    assert [post.native_id for post in found] == ["a1", "2", "c"]
    assert [post.text for post in found] == [row["text"] for row in ROWS]
    assert [post.engagement.likes for post in found] == [None, 3, None]
    assert [post.author_key for post in found] == [None, None, "key of Hoà"]


def test_gzip_members_one_after_the_other_are_one_file(write: Write) -> None:
    packed = b"".join(gzip.compress(jsonl(row).encode()) for row in ROWS)
    assert len(posts(write(packed))) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_and_blank_lines_make_no_difference(write: Write, end: str) -> None:
    lines = f"{end}{end}".join(jsonl(row).strip() for row in ROWS)
    found = items(write(f"{end}{lines}"))
    assert [item.line for item in found] == [2, 4, 6]
    assert all(isinstance(item, Row) for item in found)


def test_a_row_of_a_table_knows_its_first_and_last_line(write: Write) -> None:
    content = 'id,text\n1,một\n2,"hai\ndòng\nliền"\n\n3,ba\n'
    assert [(item.line, item.last) for item in items(write(content, "p.csv"))] == [(2, 2), (3, 5), (7, 7)]


def test_a_header_may_stand_on_several_lines_and_after_blank_ones(write: Write) -> None:
    content = '\n\n"id","text","ghi\nchú"\n1,một,x\n2,hai,y\n'
    found = items(write(content, "p.csv"))
    assert [item.line for item in found] == [5, 6]
    assert all(isinstance(item, Row) for item in found)


@pytest.mark.parametrize("told", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n", "\ufeffsep=;\n"])
def test_a_line_that_tells_excel_the_delimiter_is_no_header(write: Write, told: str) -> None:
    found = items(write(f"{told}id;text\n1;một, hai\n", "p.csv"))
    assert [(item.line, item.post.text) for item in found if isinstance(item, Row)] == [(3, "một, hai")]
    assert len(found) == 1


def test_the_text_stays_as_it_was(write: Write) -> None:
    text = "  " + unicodedata.normalize("NFD", "Hòa thuận\u200b ✊🏽 𝐇𝐨𝐭") + "\n\n"
    for content, name in ((jsonl({"text": text}), "p.jsonl"), (table([{"text": text}]), "p.csv")):
        assert posts(write(content, name))[0].text == text


def test_without_an_id_the_hash_of_the_text_is_the_id(write: Write) -> None:
    nfc, nfd = (unicodedata.normalize(form, "Trời mưa") for form in ("NFC", "NFD"))
    found = posts(write(jsonl({"text": nfc}, {"id": None, "text": nfd}, {"id": " ", "text": nfc})))
    assert {post.native_id for post in found} == {text_hash(nfc)}


# --- columns ---------------------------------------------------------------------------------------


def test_every_field_is_taken(write: Write) -> None:
    row = {
        "id": 7, "text": "x", "published_at": "2026-11-19T08:00:00+07:00", "fetched_at": 1_763_600_000,
        "url": "https://example.org/7", "author": 99, "thread": 12,
        "engagement": {"likes": 1, "comments": "2", "shares": 3.0, "viewCount": None, "other": []},
    }  # fmt: skip
    (post,) = posts(write(jsonl(row)))
    assert post.id == "thu:7"
    assert post.published_at == datetime(2026, 11, 19, 1, tzinfo=UTC)
    assert post.fetched_at == datetime.fromtimestamp(1_763_600_000, UTC)
    assert (post.url, post.author_key, post.thread) == ("https://example.org/7", "key of 99", "12")
    assert post.engagement == Engagement(1, 2, 3, None)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("id,post_message,user_name,timestamp_post,num_like_post", "text author published_at likes"),
        ("ID;Nội dung;Ngày đăng;Tác giả;Lượt thích", "text published_at author likes"),
        ("Comment ID\tComment Text\tCreated Time\tReply Count\tPost ID", "text published_at comments thread"),
        ("id,text,likeCount,shareCount,viewCount,createdAt", "text likes shares views published_at"),
    ],
)
def test_columns_are_known_by_the_names_that_exports_give_them(columns: str, expected: str) -> None:
    for delimiter in (",", ";", "\t"):
        names = columns.split(delimiter)
        if len(names) > 1:
            found = Columns().fields(names)
    assert set(found) == {"id", *expected.split()}
    assert len(set(found.values())) == len(found)


def test_a_column_is_taken_for_one_field_only() -> None:
    assert Columns().fields(["post_id", "text"]) == {"id": "post_id", "text": "text"}
    both = Columns().fields(["comment_id", "post_id", "text"])
    assert both == {"id": "comment_id", "thread": "post_id", "text": "text"}


@pytest.mark.parametrize("column", ["video_id", "post_id"])
def test_what_many_comments_answer_is_no_id_of_theirs(column: str) -> None:
    found = Columns().fields([column, "comment_text", "date"])
    assert found == {"thread": column, "text": "comment_text", "published_at": "date"}


def test_ids_that_a_spreadsheet_rounded_are_refused(write: Write) -> None:
    (row,) = items(write(jsonl({"id": "1.23457E+17", "text": "một trong nhiều bài"})))
    assert isinstance(row, Rejected)
    assert row.reason is Reason.BAD_ID
    assert "--map id=" in row.detail


@pytest.mark.parametrize("nothing", ["NULL", "None", "nan", "\\N", "N/A"])
def test_an_id_that_says_that_there_is_none_is_none(write: Write, nothing: str) -> None:
    one, other = posts(write(jsonl({"id": nothing, "text": "bài một"}, {"id": nothing, "text": "bài hai"})))
    assert one.native_id != other.native_id


def test_named_columns_go_first_and_an_empty_name_leaves_a_field_out(write: Write) -> None:
    file = write(jsonl({"id": 1, "text": "sai", "Tin nhắn!": "đúng", "url": "không phải địa chỉ"}))
    columns = Columns({"text": "Tin nhắn!", "url": "", "views": "lượt"})
    (post,) = posts(file, columns)
    assert (post.text, post.url) == ("đúng", None)
    assert columns.ignored == ("text", "url")
    assert columns.unmet == ("lượt",)


def test_a_field_named_twice_is_refused() -> None:
    assert mapping(["text=a,id=b", "url="]) == {"text": "a", "id": "b", "url": ""}
    with pytest.raises(UsageError, match="twice"):
        mapping(["text=a", "text=b"])


def test_a_field_that_no_post_has_is_refused() -> None:
    with pytest.raises(UsageError, match="no field 'title'"):
        Columns({"title": "tiêu đề"})


def test_columns_that_no_field_takes_are_listed_once_and_ready_to_print(write: Write) -> None:
    columns = Columns()
    hostile = {"text": "x", "nhãn": 1, "\ud800": 2, "hai\ndòng": 3, "d" * 300: 4}
    posts(write(json.dumps(hostile) + "\n" + jsonl({"text": "y", "nhãn": 2})), columns)
    assert columns.ignored[0] == "nhãn"
    assert len(columns.ignored) == 4
    assert all(name.isprintable() and len(name) < 60 for name in columns.ignored)


def test_no_number_of_shapes_fills_the_memory(write: Write) -> None:
    rows = "".join(json.dumps({"text": "x", f"{n}" + "k" * 20_000: 1}) + "\n" for n in range(2_000))
    file = write(rows)
    del rows
    columns = Columns()
    with most_memory() as peak:
        assert len(posts(file, columns)) == 2_000
    assert peak() < 10_000_000
    assert len(columns.ignored) == 64


# --- positions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p.jsonl", "p.csv", "p.jsonl.gz"])
def test_reading_goes_on_from_any_position(write: Write, name: str) -> None:
    rows: list[dict[str, object]] = [
        {"id": n, "text": f"bài\n{n}" if n % 3 else f"bài {n}"} for n in range(40)
    ]
    content = (
        table(rows) + '"hỏng\n' + "41,tốt\n"
        if name == "p.csv"
        else jsonl(*rows) + "hỏng\n" + jsonl({"text": "t"})
    )
    file = write(gzip.compress(content.encode()) if name.endswith("gz") else content, name)
    whole = items(file)
    assert sum(isinstance(item, Rejected) for item in whole) == 1
    for cut in range(len(whole)):
        assert items(file, after=whole[cut].last) == whole[cut + 1 :]


def test_the_identity_of_a_file_is_that_of_its_bytes(write: Write) -> None:
    first = identity(write("một", "a"))
    assert first == identity(write("một", "b"))
    assert first != identity(write("hai", "a"))


def test_how_far_a_file_was_read_is_known_in_its_own_bytes(write: Write) -> None:
    file = write(
        gzip.compress(jsonl(*[{"id": n, "text": os.urandom(40).hex()} for n in range(9_000)]).encode())
    )
    with LineFile(file) as lines:
        stream = lines.lines()
        next(stream)
        assert 0 < lines.offset < lines.size / 2
        assert sum(1 for _ in stream) == 8_999
        assert lines.offset == lines.size == file.stat().st_size


@pytest.mark.parametrize("nothing", ["", " ", "NULL", "None", "nan", "NaN", "NaT", "N/A", "<NA>", "\\N"])
def test_how_databases_write_nothing_costs_no_row(write: Write, nothing: str) -> None:
    columns = ("published_at", "fetched_at", "likes", "url", "thread")
    table = f"id,text,{','.join(columns)}\n1,NULL{(',' + nothing) * 5}\n"
    for file in (
        write(table.encode(), "p.csv"),
        write(jsonl({"id": 1, "text": "NULL"} | dict.fromkeys(columns, nothing)).encode()),
    ):
        (item,) = items(file)
        assert isinstance(item, Row)
        assert (item.post.text, item.post.published_at, item.post.fetched_at) == ("NULL", None, None)
        assert (item.post.url, item.post.thread, item.post.engagement.likes) == (None, None, None)


# --- reasons ---------------------------------------------------------------------------------------

WRONG_ROWS = [
    (b"{'text': 1}", Reason.NOT_JSON),
    (b'{"text": "x"', Reason.NOT_JSON),
    (b'{"text": "x"} {}', Reason.NOT_JSON),
    (b'{"text": "x", "likes": NaN}', Reason.NOT_JSON),
    (b'{"text": "x", "likes": -Infinity}', Reason.NOT_JSON),
    (b'{"text": "x", "id": ' + b"9" * 5_000 + b"}", Reason.NOT_JSON),
    (b'{"text": "a\x01b"}', Reason.NOT_JSON),
    (b"\xef\xbb\xbf{}", Reason.NOT_JSON),
    (b"[" * 200_000, Reason.TOO_DEEP),
    (b'{"text": "x", "a": ' + b'{"a":' * 150_000 + b"1", Reason.TOO_DEEP),
    (b'{"text": "x", "text": "y"}', Reason.REPEATED_KEY),
    (b'{"text": "x", "a": {"b": 1, "b": 2}}', Reason.REPEATED_KEY),
    (b'[{"text": "x"}]', Reason.NOT_AN_OBJECT),
    (b'"x"', Reason.NOT_AN_OBJECT),
    (b"null", Reason.NOT_AN_OBJECT),
    (b'{"text": "\xff\xfe"}', Reason.BROKEN_TEXT),
    (b'{"text": "\xc3"}', Reason.BROKEN_TEXT),
    (b'{"text": "\xed\xa0\x80"}', Reason.BROKEN_TEXT),
    (b'{"text": "a\\u0000b"}', Reason.NUL),
    (b'{"text": "x", "id": "a\\u0000"}', Reason.NUL),
    (b'{"text": "x", "author": "\\u0000"}', Reason.NUL),
    (b'{"text": "\\ud83d"}', Reason.SURROGATE),
    (b'{"text": "x", "thread": "\\udc00"}', Reason.SURROGATE),
    (b"{}", Reason.NO_TEXT),
    (b'{"text": null}', Reason.NO_TEXT),
    (b'{"text": ""}', Reason.EMPTY_TEXT),
    ('{"text": " \u00a0\u3000\\n"}'.encode(), Reason.EMPTY_TEXT),
    (b'{"text": 12}', Reason.WRONG_TYPE),
    (b'{"text": ["x"]}', Reason.WRONG_TYPE),
    (b'{"text": "x", "id": 1.5}', Reason.WRONG_TYPE),
    (b'{"text": "x", "id": true}', Reason.WRONG_TYPE),
    (b'{"text": "x", "author": {"name": "y"}}', Reason.WRONG_TYPE),
    (b'{"text": "x", "url": ["y"]}', Reason.WRONG_TYPE),
    (b'{"text": "x", "comments": [{"text": "y"}]}', Reason.WRONG_TYPE),
    (b'{"text": "x", "engagement": 3}', Reason.WRONG_TYPE),
    (b'{"text": "x", "engagement": {"likes": true}}', Reason.WRONG_TYPE),
    (b'{"text": "x", "time": {}}', Reason.WRONG_TYPE),
    (b'{"text": "x", "id": "a\\nb"}', Reason.BAD_ID),
    (b'{"text": "x", "id": "' + b"a" * 513 + b'"}', Reason.BAD_ID),
    (b'{"text": "x", "thread": "' + b"a" * 513 + b'"}', Reason.BAD_ID),
    (b'{"text": "x", "time": "0001-01-01"}', Reason.BAD_DATE),
    (b'{"text": "x", "time": "9999-12-31T23:59:59-12:00"}', Reason.BAD_DATE),
    (b'{"text": "x", "time": "2026-02-30"}', Reason.BAD_DATE),
    (b'{"text": "x", "fetched_at": "soon"}', Reason.BAD_DATE),
    (b'{"text": "x", "time": 1e999}', Reason.BAD_DATE),
    (b'{"text": "x", "time": -1}', Reason.BAD_DATE),
    (b'{"text": "x", "likes": -1}', Reason.BAD_COUNT),
    (b'{"text": "x", "likes": 0.5}', Reason.BAD_COUNT),
    (b'{"text": "x", "likes": "1,2K"}', Reason.BAD_COUNT),
    (b'{"text": "x", "likes": 1e300}', Reason.BAD_COUNT),
    (b'{"text": "x", "likes": 1e999}', Reason.BAD_COUNT),
    (b'{"text": "x", "likes": ' + b"9" * 4_000 + b"}", Reason.BAD_COUNT),
    (b'{"text": "x", "url": "javascript:alert(1)"}', Reason.BAD_URL),
    (b'{"text": "x", "url": "http://a\\nb"}', Reason.BAD_URL),
    (b'{"text": "x", "url": "http://' + b"a" * 2_048 + b'"}', Reason.BAD_URL),
    (b'{"text": "' + b"x" * LONGEST_ROW + b'"}', Reason.LONG_ROW),
]


@pytest.mark.parametrize(("row", "reason"), WRONG_ROWS, ids=lambda each: str(each)[:40])
def test_a_wrong_row_has_its_reason_and_costs_no_other(write: Write, row: bytes, reason: Reason) -> None:
    good = jsonl(*ROWS).encode()
    file = write(good + row + b"\n" + good)
    found = items(file)
    assert reasons(file) == [(4, reason)]
    assert [item.line for item in found] == [1, 2, 3, 4, 5, 6, 7]
    detail = next(item.detail for item in found if isinstance(item, Rejected))
    assert detail.isprintable()
    assert len(detail) < 200


WRONG_TABLE_ROWS = [
    (b'"khong dong', Reason.NOT_CSV),
    (b'1,"a"b', Reason.NOT_CSV),
    (b"1,a\rb", Reason.NOT_CSV),
    (b"1,a,b,c", Reason.TOO_MANY_FIELDS),
    (b"1", Reason.NO_TEXT),
    (b"1,", Reason.EMPTY_TEXT),
    (b"1,\xff", Reason.BROKEN_TEXT),
    (b"1,a\x00b", Reason.NUL),
    (b"1," + b"x" * LONGEST_ROW, Reason.LONG_ROW),
]


@pytest.mark.parametrize(("row", "reason"), WRONG_TABLE_ROWS, ids=lambda each: str(each)[:40])
def test_a_wrong_row_of_a_table_costs_no_other(write: Write, row: bytes, reason: Reason) -> None:
    file = write(b"id,text\n1,a\n" + row + b'\n2,"b\nc"\n3,d\n', "p.csv")
    assert reasons(file) == [(3, reason)]
    assert [item.post.text for item in items(file) if isinstance(item, Row)] == ["a", "b\nc", "d"]


def test_a_quote_that_never_closes_loses_one_line_of_a_large_table(write: Write) -> None:
    lines = ["id,text", *(f"{n},{'mưa ' * 30}" for n in range(20_000))]
    lines[5_000] = '5000,"mưa'
    file = write("\n".join(lines), "p.csv")
    assert reasons(file) == [(5_001, Reason.LONG_ROW)]
    assert sum(isinstance(item, Row) for item in items(file)) == 19_999


def test_a_text_of_nearly_a_mebibyte_is_a_row(write: Write) -> None:
    text = "x" * (LONGEST_ROW - 100)
    assert posts(write(jsonl({"text": text})))[0].text == text
    assert posts(write(f"id,text\n1,{text}\n", "p.csv"))[0].text == text


@pytest.mark.parametrize("name", ["p.jsonl", "p.csv"])
def test_a_line_of_ten_megabytes_is_never_held(write: Write, name: str) -> None:
    good = b'{"text": "x"}\n' if name == "p.jsonl" else b"text\n"
    file = write(
        good + b"y" * 10_000_000 + b"\n" + (b'{"text": "z"}\n' if name == "p.jsonl" else b"z\n"), name
    )
    with most_memory() as peak:
        found = items(file)
    assert peak() < 5 * LONGEST_ROW
    assert [item.reason for item in found if isinstance(item, Rejected)] == [Reason.LONG_ROW]
    assert isinstance(found[-1], Row)


# --- whole files -----------------------------------------------------------------------------------

GOOD = jsonl(*ROWS).encode()
UNREADABLE = [
    (b"", Reason.EMPTY_FILE, "nothing"),
    (gzip.compress(b"", mtime=0), Reason.EMPTY_FILE, "nothing"),
    (GOOD.decode().encode("utf-16"), Reason.ENCODING, "UTF-16"),
    (GOOD.decode().encode("utf-16-le"), Reason.ENCODING, "UTF-16"),
    (GOOD.decode().encode("utf-32"), Reason.ENCODING, "UTF-32"),
    (b"PK\x03\x04" + bytes(range(200)), Reason.ENCODING, "Excel"),
    (b"\x1f\x8b\x08nonsense that is no gzip", Reason.BROKEN_GZIP, ""),
    (b"\x1f\x8b", Reason.BROKEN_GZIP, ""),
    (b"ngay,ten\n1,2\n", Reason.HEADER, "ngay"),
    (b"text,text\na,b\n", Reason.HEADER, "twice"),
    (b"t\xff,text\na,b\n", Reason.HEADER, "UTF-8"),
    (b"x" * (LONGEST_ROW + 5), Reason.HEADER, "longer"),
    (b"\n\n \n", Reason.HEADER, "column"),
    (b"sep=;\n", Reason.HEADER, "column"),
    (b"id,text\r1,a\r2,b\r", Reason.HEADER, "CR"),
]


@pytest.mark.parametrize(("content", "reason", "said"), UNREADABLE, ids=lambda each: str(each)[:30])
def test_a_file_that_is_none_has_one_reason(write: Write, content: bytes, reason: Reason, said: str) -> None:
    (found,) = items(write(content, "p.csv"))
    assert isinstance(found, Rejected)
    assert (found.line, found.last, found.reason) == (1, 0, reason)
    assert reason.ends_the_file
    assert said in found.detail


@pytest.mark.parametrize("cut", [20, 2_000, 60_000, -20, -4, -1])
def test_a_cut_gzip_gives_its_rows_and_says_where_it_ends(write: Write, cut: int) -> None:
    rows = [{"id": n, "text": os.urandom(20).hex()} for n in range(5_000)]
    file = write(gzip.compress(jsonl(*rows).encode())[:cut])
    found = items(file)
    assert isinstance(found[-1], Rejected)
    assert found[-1].reason is Reason.BROKEN_GZIP
    assert found[-1].line == len(found)
    assert all(isinstance(item, Row) for item in found[:-1])


def test_a_changed_byte_in_a_gzip_is_found(write: Write) -> None:
    packed = bytearray(gzip.compress(GOOD * 500))
    packed[-6] ^= 1  # in the check sum
    found = items(write(bytes(packed)))
    assert isinstance(found[-1], Rejected)
    assert found[-1].reason is Reason.BROKEN_GZIP


def test_what_follows_a_gzip_is_not_passed_over(write: Write) -> None:
    assert [reason for _, reason in reasons(write(gzip.compress(GOOD) + b"rubbish"))] == [Reason.BROKEN_GZIP]


@pytest.mark.parametrize("unit", [b"0", b"0" * 15 + b"\n", b'{"text": "x"}\n'])
def test_a_gzip_bomb_is_left_early_and_never_held(write: Write, unit: bytes) -> None:
    file = write(b"")
    with gzip.open(file, "wb", 6) as packing:
        for _ in range(100):
            packing.write(unit * ((1 << 20) // len(unit)))
    unpacked = 0
    with LineFile(file) as lines, pytest.raises(RowError, match=Reason.BOMB.value):
        for line in lines.lines():
            unpacked += len(line or b"")
    assert unpacked <= GZIP_FREE + GZIP_RATIO * READ_AHEAD + (2 << 20)


def test_a_bomb_is_a_counted_reason(write: Write) -> None:
    file = write(gzip.compress(GOOD + b"0" * (40 << 20)))
    with most_memory() as peak:
        found = items(file)
    assert peak() < 5 * LONGEST_ROW
    assert [type(item) for item in found] == [Row, Row, Row, Rejected]
    assert isinstance(found[-1], Rejected)
    assert (found[-1].line, found[-1].last, found[-1].reason) == (4, 3, Reason.BOMB)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing.jsonl", "no file"),
        (".", "folder"),
        ("pipe", "regular"),
        ("a\x00b", "NUL"),
        ("-", "Save"),
        ("x" * 300, "can't be read"),
    ],
)
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, path: str, said: str) -> None:
    if path == "pipe":
        os.mkfifo(tmp_path / path)
    file = Path(path) if path == "-" else tmp_path / path
    with pytest.raises(UsageError, match=said):
        LineFile(file)
    with pytest.raises(UsageError, match=said):
        identity(file)


def test_a_file_that_may_not_be_read_is_refused(write: Write) -> None:
    file = write(GOOD)
    file.chmod(0)
    with nobody(), pytest.raises(UsageError, match="may not read"):
        LineFile(file)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """A user who may read nothing of ours; the present one where that one is not root."""
    if (user := os.geteuid()) == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)


# --- properties ------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
texts = words.filter(lambda text: bool(text.strip()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@given(found=st.lists(texts, min_size=1, max_size=8))
def test_any_text_comes_through_json_as_it_was(folder: Path, found: list[str]) -> None:
    file = folder / "p.jsonl"
    file.write_text(jsonl(*({"id": n, "text": text} for n, text in enumerate(found))), encoding="utf-8")
    assert [post.text for post in posts(file)] == found


@given(
    found=st.lists(texts.filter(lambda text: "\r" not in text), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
)
def test_any_text_comes_through_a_table_as_it_was(folder: Path, found: list[str], delimiter: str) -> None:
    file = folder / "p.csv"
    rows: list[dict[str, object]] = [{"id": n, "text": text} for n, text in enumerate(found)]
    file.write_bytes(table(rows, delimiter).encode())
    assert [post.text for post in posts(file)] == found


@given(content=st.binary(max_size=300), name=st.sampled_from(["p.jsonl", "p.csv", "p.gz"]))
def test_no_bytes_break_the_reader(folder: Path, content: bytes, name: str) -> None:
    file = folder / name
    file.write_bytes(content)
    for item in items(file):
        assert isinstance(item, Row | Rejected)
        assert item.last <= content.count(b"\n") + 1
