"""A cut leaves a copy, unless what is gone may be somebody else's answer."""

import pytest

from dedupe import Comparison, compare, read
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}


def judged(earlier: str, later: str) -> Comparison:
    one, other = read([earlier, later])
    return compare(one, other)


LONG = (
    "Khu tái định cư Hương Sơ bàn giao nền hai năm mà chưa có điện, dân phải kéo dây nhờ hàng xóm. "
    "Hai nhà cuối dãy của tụi mình đã bị cháy công tơ, một người phỏng tay."
)


@pytest.mark.parametrize(
    "cut",
    [
        "Khu tái định cư Hương Sơ bàn giao nền hai năm mà chưa có điện",
        "bàn giao nền hai năm mà chưa có điện, dân phải kéo dây nhờ hàng xóm. Hai nhà cuối dãy của tụi mình…",
    ],
)
def test_what_a_cut_leaves_is_a_copy_whatever_the_writer_went_on_to_say(cut: str) -> None:
    assert judged(LONG, cut).relation in COPY


PIPE = "Ống nước vỡ ở ngã tư Phú Lộc, nước tràn ra đường cả đêm qua, xe máy đi qua phải dắt bộ."
ENDS = [
    "Công nhân khóa van lúc 5 giờ sáng, đường khô từ trưa.",
    "Tổ trưởng dân phố ra gọi điện báo cho công ty cấp nước lúc 2 giờ.",
]


@pytest.mark.parametrize("end", ENDS)
def test_one_whole_sentence_more_or_less_is_another_post_whichever_came_first(end: str) -> None:
    assert judged(PIPE, f"{PIPE} {end}").relation is Relation.QUOTES
    assert judged(f"{PIPE} {end}", PIPE).relation is Relation.VARIANT


def test_a_first_sentence_that_is_gone_is_a_cut_unless_it_may_answer() -> None:
    khoa, bao = ENDS
    assert judged(f"{khoa} {PIPE}", PIPE).relation is Relation.VARIANT
    assert judged(f"{bao} {PIPE}", PIPE).relation is Relation.NEAR
    assert judged(f"Thông tin dưới đây do kẻ xấu viết. {PIPE}", PIPE).relation is Relation.VARIANT


def test_what_a_cut_takes_off_beyond_one_sentence_is_the_writers_own() -> None:
    whole = " ".join([PIPE, *ENDS])
    assert judged(whole, PIPE).relation is Relation.NEAR
    assert judged(whole, f"{PIPE} Công nhân khóa van…").relation is Relation.NEAR


def test_a_long_text_may_lose_its_last_sentence() -> None:
    long = " ".join([*ENDS, LONG, PIPE])
    assert judged(f"{long} Đội thi công về kho lúc trời sáng hẳn.", long).relation is Relation.NEAR


@pytest.mark.parametrize(
    "reply",
    [
        "nhưng giờ có lại rồi",
        "mình vừa qua đó vẫn sáng đèn",
        "té ra là tin vịt",
        "ổn cả rồi mà bà con",
        "tin này cũ mèm",
    ],
)
def test_what_somebody_hangs_on_a_statement_is_no_cut_of_it(reply: str) -> None:
    first = LONG.split(",", maxsplit=1)[0]
    assert judged(f"{first}, {reply}", first).relation not in COPY
    assert judged(first, f"{first}, {reply}").relation not in COPY


LETTER = (
    "Nhà tôi nộp đơn xin nước máy từ tháng ba mà tổ thợ hẹn tới hẹn lui, hỏi thì bảo thiếu ống nhánh. "
    "Mấy nhà đầu hẻm nộp sau lại được nối trước. Cả hẻm 20 nhà vẫn phải đi xách nước giếng. "
)


@pytest.mark.parametrize("plea", ["Mong công ty xem lại.", "Đề nghị phường kiểm tra lại việc này."])
def test_a_plea_that_an_office_look_again_is_the_writers_own(plea: str) -> None:
    cut = LETTER.split(" Cả hẻm", maxsplit=1)[0]
    assert judged(LETTER + plea, f"{cut} Cả hẻm 20 nhà…").relation is Relation.NEAR


@pytest.mark.parametrize(
    "doubt", ["Mong bạn xem lại trước khi đăng.", "Bạn kiểm tra lại đi.", "Xem lại nguồn nhé."]
)
def test_who_asks_the_writer_to_look_again_doubts(doubt: str) -> None:
    assert judged(LETTER, LETTER + doubt).relation is Relation.QUOTES
    assert judged(LETTER + doubt, LETTER).relation is Relation.VARIANT


@pytest.mark.parametrize(
    "clause",
    [
        "bên thi công đền đủ tiền cho từng nhà",
        "đi qua đó thấy khô ráo sạch sẽ lắm",
        "điện lực cấp lại từ trưa",
        "xã trả lời là đúng thẩm quyền",
        "tui nghe kể khác",
        "hóa ra do chuột cắn dây",
        "không có vụ nào như vậy",
        "coi lại nguồn giùm cái",
    ],
)
def test_an_answer_joined_by_a_comma_stands_apart_whichever_came_first(clause: str) -> None:
    first = LONG.split(".", maxsplit=1)[0]
    assert judged(first, f"{first}, {clause}").relation is Relation.QUOTES
    assert judged(f"{first}, {clause}", first).relation is Relation.VARIANT


@pytest.mark.parametrize(
    "clause",
    [
        "ban quản lý thì im lặng",
        "mấy nhà có con nhỏ khổ không chịu được",
        "gọi tổng đài ba lần vẫn chưa thấy ai tới",
        "dự kiến tới 22 giờ mới khắc phục xong",
        "bà con đưa đồ đạc lên chỗ an toàn",
    ],
)
def test_what_the_writer_went_on_to_say_behind_a_comma_is_a_cut(clause: str) -> None:
    first = LONG.split(".", maxsplit=1)[0]
    assert judged(f"{first}, {clause}", first).relation is Relation.NEAR


@pytest.mark.parametrize("clause", ["mọi người share giúp nha", "theo báo Dân Trí", "bà con chú ý nhé"])
def test_a_clause_about_passing_on_adds_nothing(clause: str) -> None:
    first = LONG.split(".", maxsplit=1)[0]
    assert judged(first, f"{first}, {clause}").relation in COPY
    assert judged(f"{first}, {clause}", first).relation in COPY


@pytest.mark.parametrize(
    "end", ["Xe tải đi vòng qua cầu Chợ Dinh.", "Ai có hình ảnh camera xin gửi giúp công an phường."]
)
def test_a_cut_may_take_off_what_readers_are_told_to_do(end: str) -> None:
    assert judged(f"{PIPE} {end}", PIPE).relation is Relation.NEAR


@pytest.mark.parametrize(
    "end",
    [
        "Thợ của công ty đó làm xong hết rồi.",
        "Ai đi qua thấy khô ráo thì đừng tin.",
        "Người kia được cho về trong đêm.",
        "Nếu có thì sáng giờ tui đã thấy.",
    ],
)
def test_an_answer_that_sounds_like_it_is_none(end: str) -> None:
    assert judged(f"{PIPE} {end}", PIPE).relation is not Relation.NEAR
    assert judged(PIPE, f"{PIPE} {end}").relation is not Relation.NEAR


TRADE = "Chợ Kim Long dời sang bãi đất sau đình từ thứ hai, ai bán cá vào cổng phía sông."


@pytest.mark.parametrize(
    "end",
    [
        "Bà con chở đồ suốt đêm, đèn điện kéo tạm sáng cả bãi.",
        "Nhiều người gánh hàng đi bộ cả cây số.",
        "Hồ sơ nhận tại ủy ban phường, hỏi chị Lụa 0905 111 222.",
        "Công an lập biên bản hai xe đậu chắn lối.",
        "Ai có sạp dư thì dọn trước ngày 12.",
    ],
)
def test_a_cut_may_take_off_whom_a_statement_befalls_and_what_an_office_does_next(end: str) -> None:
    assert judged(f"{TRADE} {end}", TRADE).relation is Relation.NEAR
    assert judged(TRADE, f"{TRADE} {end}").relation is Relation.NEAR


@pytest.mark.parametrize(
    "end",
    [
        "Bà con vẫn bán ở chợ trong từ sáng.",
        "Nhiều người nói do phường ép.",
        "Mời bà con coi hình tui mới chụp chỗ đó.",
        "Cập nhật: dời qua tuần sau nha.",
    ],
)
def test_who_answers_in_the_name_of_others_cuts_nothing(end: str) -> None:
    assert judged(f"{TRADE} {end}", TRADE).relation is not Relation.NEAR
    assert judged(TRADE, f"{TRADE} {end}").relation is not Relation.NEAR


MEETING = (
    "Tổ 5 họp ở nhà văn hóa lúc 19 giờ, {}thư ký đọc danh sách hộ được đền bù, ai sót thì báo tổ trưởng."
)


@pytest.mark.parametrize("clause", ["không cho chụp ảnh bản đồ, ", "trẻ con gửi nhà hàng xóm giùm, "])
def test_a_clause_that_is_gone_from_the_middle_is_a_cut(clause: str) -> None:
    assert judged(MEETING.format(clause), MEETING.format("")).relation is Relation.NEAR
    assert judged(MEETING.format(""), MEETING.format(clause)).relation is not Relation.EXACT


@pytest.mark.parametrize(
    "clause", ["nếu trời không mưa, ", "trừ hộ đã nhận tiền, ", "nhưng có người nói chưa chắc, "]
)
def test_a_clause_that_turns_the_rest_is_none(clause: str) -> None:
    assert judged(MEETING.format(clause), MEETING.format("")).relation is Relation.VARIANT


def test_two_that_take_each_others_place_are_exchanged_however_long_one_is() -> None:
    one, other = "bà Lê Thị Mận ở tổ 3 khu phố Tây Lộc", "một nhóm người lạ"
    said = "Cảnh báo: {} gọi điện xưng là cán bộ thuế, {} đã mất 40 triệu đồng trong một buổi sáng."
    assert judged(said.format(other, one), said.format(one, other)).relation is Relation.VARIANT


def test_a_clause_may_stand_elsewhere_a_little_edited() -> None:
    whole = (
        "Nước hồ Kẻ Gỗ lên nhanh từ 3 giờ sáng, hiện thôn Phú Lễ đã ngập hơn 1 mét, nhiều nhà kê đồ lên gác. "
        "Xã đã đưa hai ca nô đi đón người già, con nít."
    )
    moved = (
        "Thôn Phú Lễ hiện đã ngập hơn một mét, nhiều nhà kê đồ lên gác, "
        "nước hồ Kẻ Gỗ lên nhanh từ 3 giờ sáng. "
        "Xã đã đưa hai ca nô đi đón người già, con nít."
    )
    drained = moved.replace("đã ngập", "chưa ngập")
    assert judged(whole, moved).relation is Relation.NEAR
    assert judged(whole, drained).relation is Relation.VARIANT


LONG_NOTICE = (
    "Bác sĩ Lưu Đình Phát, {}trưởng khoa Nhi, cho biết số ca sốt xuất huyết nhập viện tuần qua tăng gấp đôi "
    "so với tuần trước, lên 86 ca, trong đó 11 trẻ phải nằm hồi sức. Phần lớn bệnh nhi đến từ các khu trọ "
    "gần công trường, "
    "nơi nước đọng nhiều ngày không ai dọn. Đến nay chưa ghi nhận ca tử vong nào."
)


@pytest.mark.parametrize("office", ["nguyên ", "phó "])
def test_who_somebody_is_counts_in_a_long_text_too(office: str) -> None:
    for one, other in ((office, ""), ("", office)):
        assert judged(LONG_NOTICE.format(one), LONG_NOTICE.format(other)).relation is Relation.VARIANT


def test_a_sentence_ends_before_a_closing_quotation_mark() -> None:
    said = '"Quán cần hai phụ bếp, lương 8 triệu, ứng viên không phải đóng bất cứ khoản phí nào."'
    reply = f"{said} Tui vô làm rồi, nó thu 500k tiền đồng phục đó mấy bạn."
    assert judged(said, reply).relation is Relation.QUOTES
    assert judged(reply, said).relation is Relation.VARIANT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bàn phím gõ êm.", "Hạt rang thơm."),
        ("Son lên màu đẹp.", "Quần mặc chật."),
        ("Chuột mượt.", "Giấy dày."),
    ],
)
def test_texts_that_open_alike_and_each_tell_a_word_of_their_own_are_two(one: str, other: str) -> None:
    both = "Shop giao hàng rất nhanh, đóng gói cẩn thận, chất lượng tuyệt vời, năm sao."
    assert judged(f"{both} {one}", f"{both} {other}").relation not in COPY
    assert judged(f"{one} {both}", f"{both} {other}").relation not in COPY
