"""In a long text, too, what stands in place of something, and who speaks about it, make another post."""

import pytest

from dedupe import compare, read
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}
# More than the 60 words from which on single words put in or left out contradict nothing.
REPORT = (
    "Tối 14/11 tại ngã tư Lê Duẩn, một vụ xô xát xảy ra khiến giao thông ùn ứ gần một tiếng đồng hồ. "
    "Theo người dân, {}, nguyên nhân ban đầu do mâu thuẫn chỗ đậu xe trước quán cà phê. Công an phường đã có "
    "mặt lập biên bản, mời những người liên quan về trụ sở và trích xuất camera của các nhà xung quanh. "
    "Chủ quán cho biết sẽ phối hợp và bồi thường phần bàn ghế bị hư hỏng cho khách đang ngồi."
)
TOLD = REPORT.format("khách ngồi trong quán chạy ra sân")
CHANGED = [
    ("anh Hùng đánh anh Tú", "anh Tú đánh anh Hùng"),
    ("chó cắn bò", "bò cắn chó"),
    ("quán nợ khách", "khách nợ quán"),
    ("xe tải tông xe máy", "xe máy tông xe tải"),
    ("anh Hùng đánh anh Tú", "anh Hùng bị anh Tú đánh"),
    ("anh Hùng đánh anh Tú", "cháu anh Hùng đánh anh Tú"),
    ("anh Hùng đánh anh Tú", "anh Hùng đánh em anh Tú"),
    ("anh Hùng đánh anh Tú", "anh Hùng dọa đánh anh Tú"),
    ("anh Hùng đánh anh Tú", "anh Hùng không đánh anh Tú"),
    ("người mua", "người bán"),
    ("quán tăng giá", "quán giảm giá"),
    ("một người tử vong", "một người nguy kịch"),
    ("phường thu phí", "phường miễn thu phí"),
    ("hai bên đã hòa giải", "hai bên chưa hòa giải"),
    ("ông Trần Văn Hùng giám đốc công ty cấp nước gây ra", "bà Lê Thị Mận chủ tịch phường Thủy Xuân gây ra"),
    (
        "hai nhóm thanh niên say rượu từ quán nhậu bên đường xông vào",
        "một tài xế xe tải chở vật liệu lùi xe bất cẩn đâm vào",
    ),
]
SPOKEN = [
    "Chuyện này giải quyết xong rồi nha mọi người.",
    "Mình có mặt lúc đó, hoàn toàn không có đánh nhau.",
    "Hai bên đã bắt tay nhau làm hòa từ hôm qua.",
    "Quán cà phê đó đóng cửa cả tháng nay.",
    "Nghe kể vậy thôi chứ chưa biết.",
    "Đúng là có ồn nhưng không ai động tay động chân.",
    "Đây là phim ngắn của mấy bạn sinh viên.",
    "Báo chí viết quá lên.",
    "Lần thứ ba trong tháng rồi đó.",
    "Tin chưa?",
    "Hết chuyện rồi.",
]


def relation(earlier: str, later: str) -> Relation:
    return compare(*read([earlier, later])).relation


@pytest.mark.parametrize(("one", "other"), CHANGED)
def test_what_stands_in_place_of_something_makes_another_post(one: str, other: str) -> None:
    first, second = REPORT.format(one), REPORT.format(other)
    assert relation(first, second) is Relation.VARIANT
    assert relation(second, first) is Relation.VARIANT


@pytest.mark.parametrize("line", SPOKEN)
@pytest.mark.parametrize("place", ["before", "behind", "line before", "line behind"])
def test_who_speaks_about_it_is_quoting(line: str, place: str) -> None:
    apart = "\n" if place.startswith("line") else " "
    spoken = f"{line}{apart}{TOLD}" if place.endswith("before") else f"{TOLD}{apart}{line}"
    assert relation(TOLD, spoken) not in COPY
    assert relation(spoken, TOLD) not in COPY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("khách ngồi trong quán chạy ra sân", "khách đang ngồi trong quán hoảng quá chạy ra sân"),
        ("khách ngồi trong quán chạy ra sân", "khách chạy ra sân"),
        ("khách ngồi trong quán chạy ra sân", "khách ngồi trong quán chạy ra sanâ"),
    ],
)
def test_a_word_more_or_less_contradicts_nothing(one: str, other: str) -> None:
    assert relation(REPORT.format(one), REPORT.format(other)) in COPY


@pytest.mark.parametrize("cut", [TOLD.rsplit(" Chủ quán", maxsplit=1)[0], TOLD.split(". ", maxsplit=1)[1]])
def test_a_cut_of_it_is_a_copy(cut: str) -> None:
    assert relation(TOLD, cut) in COPY


def test_another_heading_changes_nothing() -> None:
    titles = (
        "XÔ XÁT LÚC NỬA ĐÊM, NHIỀU NGƯỜI HOẢNG",
        "TIN VẮN TRONG NGÀY CỦA BAN BIÊN TẬP",
    )
    assert relation(f"{titles[0]}\n{TOLD}", f"{titles[1]}\n{TOLD}") in COPY
