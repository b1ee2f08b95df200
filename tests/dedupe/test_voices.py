"""Who speaks around a statement: one who passes it on, wishes or signs; or one who answers it."""

import json
from pathlib import Path

import pytest

from dedupe import Comparison, compare, read
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}
FLOOD = "Nước sông Hương đã rút, bà con ở Đập Đá đi chợ được rồi, có 3 người bị thương"


def judged(earlier: str, later: str) -> Comparison:
    one, other = read([earlier, later])
    return compare(one, other)


@pytest.mark.parametrize(
    "lead",
    [
        "Em nhặt bên group cư dân quận mình, mang qua đây cho ai chưa biết: ",
        "Đăng giùm ông anh không rành mạng: ",
        "Vừa đọc được bài này trên zalo tổ dân phố. ",
        "KÍNH GỬI CÁC HỘ Ở ĐẬP ĐÁ. ",
        "Tin từ trạm thủy văn: ",
    ],
)
def test_who_passes_a_text_on_may_say_from_whom_and_to_whom(lead: str) -> None:
    assert judged(FLOOD, lead + FLOOD).relation in COPY
    assert judged(lead + FLOOD, FLOOD).relation in COPY


@pytest.mark.parametrize(
    "lead",
    [
        "Thấy mọi người chia sẻ bài này mà sáng nay tôi đi qua đường khô ráo. ",
        "Ai share tin này thì gỡ đi, không có thật. ",
        "Sao nhiều người chia sẻ thế này? ",
        "Chia sẻ nhưng chưa chắc đúng nhé: ",
        "Tin này thì ai mà tin: ",
    ],
)
def test_who_passes_a_text_on_and_doubts_it_quotes_it(lead: str) -> None:
    assert judged(FLOOD, lead + FLOOD).relation not in COPY
    assert judged(lead + FLOOD, FLOOD).relation not in COPY


@pytest.mark.parametrize("signed", ["Bài: Thu Hà, ảnh: Quốc Nam", "Tin: L.A - Clip: Minh, dựng: Tú"])
def test_who_wrote_and_who_took_the_picture_adds_nothing(signed: str) -> None:
    assert judged(FLOOD, f"{FLOOD}. {signed}").relation in COPY
    assert judged(f"{FLOOD}. {signed}", FLOOD).relation in COPY


def test_news_under_a_label_is_no_credit() -> None:
    assert judged(FLOOD, f"{FLOOD}. Tin mới: nước lại lên rồi").relation is Relation.QUOTES
    assert judged(f"{FLOOD}. Tin mới: nước lại lên rồi", FLOOD).relation is Relation.VARIANT


@pytest.mark.parametrize(
    "wish",
    [
        "Mong bà con tham gia đông đủ",
        "Nhờ page lên tiếng giúp dân tụi em",
        "Kính mong các bác đọc kỹ",
        "Mẹ em vừa gửi, em đăng lại cho mọi người cùng đọc",
    ],
)
def test_a_wish_to_those_who_read_leaves_a_statement_as_it_was(wish: str) -> None:
    assert judged(FLOOD, f"{FLOOD}. {wish}.").relation in COPY
    assert judged(f"{wish}. {FLOOD}", FLOOD).relation in COPY


@pytest.mark.parametrize(
    "reply",
    [
        "Mong bà con thông cảm, nước theo lịch xả của hồ",
        "Mong mọi người đừng tin",
        "Kính mong bà con hiểu nước vẫn ở mức báo động",
        "Mời bà con xem hình tôi vừa chụp, nước ngập tới gối",
    ],
)
def test_a_reply_that_opens_with_a_wish_is_one(reply: str) -> None:
    assert judged(FLOOD, f"{FLOOD}. {reply}.").relation not in COPY
    assert judged(f"{FLOOD}. {reply}.", FLOOD).relation not in COPY


PASSING = [
    "Cre: trên mạng",
    "Bạn mình kể, mình chép lại y nguyên nhé",
    "Vui lòng không sao chép khi chưa xin phép",
    "Nhấn theo dõi để không bỏ lỡ tin mới",
    "Xin đừng xóa bài ạ",
    "Hóng diễn biến tiếp theo",
    "Em xin hết ạ",
    "Cảm ơn mọi người đã đọc",
    "Xem thêm Thông báo 15 ngày 27/3 tại đây",
]
AGAINST = [
    "Đừng ai nghe theo bài này",
    "Chưa biết đúng sai sao mà chia sẻ nhiều vậy",
    "Ảnh này chụp bên Trung Quốc",
    "Bớt xàm đi bạn",
    "Bài nhảm",
    "Cái này cũ lắm rồi",
    "Camera cho thấy người kia sai",
    "Công an đang tìm người đăng bài này",
    "Người trong cuộc lên tiếng: mọi việc khác hẳn",
]


@pytest.mark.parametrize("said", PASSING)
def test_what_is_said_about_passing_on_changes_nothing(said: str) -> None:
    assert judged(FLOOD, f"{FLOOD}. {said}").relation in COPY
    assert judged(f"{FLOOD}. {said}", FLOOD).relation in COPY


@pytest.mark.parametrize("said", AGAINST)
def test_what_is_said_against_a_text_quotes_it(said: str) -> None:
    assert judged(FLOOD, f"{FLOOD}. {said}").relation is Relation.QUOTES
    assert judged(f"{FLOOD}. {said}", FLOOD).relation is Relation.VARIANT


REPORT = (
    "Tổ bảo vệ chợ Xép họp chiều qua về chuyện mất trộm. Ba tháng nay có bảy sạp bị cạy khóa, mất chủ yếu "
    "vải và giày dép. Ban quản lý hứa gắn thêm đèn ở dãy sau và thuê người trực đêm. Tiểu thương góp mỗi sạp "
    "30 nghìn một tháng, ai không góp thì tự trông hàng. Hai người bảo vệ cũ đã nghỉ từ tuần trước, người "
    "mới là bộ đội xuất ngũ ở phường bên. Cổng sau sẽ khóa từ 19 giờ."
)


@pytest.mark.parametrize("reply", ["Hủy rồi bạn ơi.", "Đèn thì dãy sau đã sáng từ hôm kia."])
def test_one_sentence_behind_a_long_text_may_answer_it(reply: str) -> None:
    assert judged(REPORT, f"{REPORT} {reply}").relation is Relation.QUOTES


WRITTEN = Path(__file__).parent / "written"
SHORT_TEXT = 50  # words; in longer ones a word of feeling is passed over


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (WRITTEN / f"{name}.jsonl").read_text("utf-8").splitlines()]


POSTS = [row["text"] for row in rows("later_bases") if len(row["text"].split()) < SHORT_TEXT]
AROUND = rows("around")


def framed(row: dict[str, str], number: int) -> list[tuple[str, str]]:
    """Three posts, and each with the line before or behind it."""
    posts = [POSTS[(number * 7 + k * 31) % len(POSTS)] for k in range(3)]
    line = row["text"]
    if row["kind"].endswith("tail"):
        return [(post, f"{post.rstrip('.!?')}. {line}") for post in posts]
    between = " " if line[-1] in ":👇" else "\n"
    return [(post, f"{line}{between}{post}") for post in posts]


@pytest.mark.parametrize("number", [n for n, row in enumerate(AROUND) if row["kind"].startswith("against")])
def test_no_line_against_a_post_is_hidden_with_it(number: int) -> None:
    for post, quoting in framed(AROUND[number], number):
        assert judged(post, quoting).relation not in COPY
        assert judged(quoting, post).relation not in COPY


@pytest.mark.parametrize("number", [n for n, row in enumerate(AROUND) if row["kind"] == "against/tail"])
def test_no_line_against_a_post_is_hidden_where_a_comma_joins_it(number: int) -> None:
    for post, quoting in framed(AROUND[number], number):
        line = AROUND[number]["text"]
        joined = quoting.removesuffix(f". {line}") + f", {line[0].lower()}{line[1:]}"
        assert judged(post, joined).relation not in COPY
        assert judged(joined, post).relation not in COPY


def test_nine_in_ten_lines_about_passing_on_leave_a_copy() -> None:
    passing = [(n, row) for n, row in enumerate(AROUND) if row["kind"].startswith("passing")]
    missed = [
        row["text"]
        for n, row in passing
        if any(judged(post, copy).relation not in COPY for post, copy in framed(row, n))
    ]
    assert len(missed) <= 0.1 * len(passing), missed


def test_a_name_is_no_verdict() -> None:
    assert judged(f"Thanh Trung {FLOOD}", f"Vu Minh {FLOOD}").relation in COPY
    assert "denies" not in judged(FLOOD, f"{FLOOD}. Oanh Vu").reason
    assert judged(FLOOD, f"{FLOOD}. Nguồn: Oanh Vu").relation in COPY
