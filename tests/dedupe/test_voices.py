"""Who speaks around a statement: one who passes it on, wishes or signs; or one who answers it."""

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
