"""The list of phrases of one meaning: what it joins is a copy, what only sounds or looks like it is not."""

from collections import Counter
from collections.abc import Callable

import pytest

from dedupe.compare import compare
from dedupe.lexicon import fold, lines
from dedupe.reading import Reading
from sangtin.post import Relation

Typed = Callable[[str], str]
COPY = {Relation.EXACT, Relation.NEAR}
ABOUT = " ở tổ 5 phường Hương Sơ theo lời bác tổ trưởng kể với cả xóm"


def copies(one: str, other: str, typed: Typed) -> bool:
    """Whether one statement is found to be a copy of the other in both orders."""
    left, right = Reading(typed(one + ABOUT)), Reading(typed(other + ABOUT))
    return all(compare(a, b).relation in COPY for a, b in ((left, right), (right, left)))


def hidden(one: str, other: str, typed: Typed) -> bool:
    """Whether one statement passes for a copy of the other in either order."""
    left, right = Reading(typed(one + ABOUT)), Reading(typed(other + ABOUT))
    return any(compare(a, b).relation in COPY for a, b in ((left, right), (right, left)))


def test_a_line_joins_two_phrases_or_more_and_names_none_twice() -> None:
    for line in lines("same"):
        named = Counter(line.split("|"))
        assert len(named) > 1, line
        assert set(named.values()) == {1}, line
        assert all(phrase == " ".join(phrase.split()) for phrase in named), line


@pytest.mark.parametrize("typed", [str, fold], ids=["marked", "bare"])
@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("Xe máy vượt đèn đỏ rồi tông đuôi xe tải", "Xe máy băng đèn đỏ rồi đâm từ phía sau xe tải"),
        ("Nước ngập tới đầu gối", "Nước ngập ngang đầu gối"),
        ("Căn nhà bị thiêu rụi", "Căn nhà bị cháy rụi"),
        ("Mấy tháng nay hư liên tục", "Mấy tháng qua hỏng liên tục"),
        ("Gọi hoài không bắt máy", "Gọi hoài không nghe máy"),
        ("Bà con kêu ca vì xả rác bừa bãi", "Bà con than phiền vì vứt rác lung tung"),
        ("Đội nhà gỡ hòa ở phút cuối", "Đội nhà san bằng tỷ số ở phút cuối"),
        ("Công an khám xét nơi ở của ông này", "Công an khám nhà của ông này"),
        ("Chủ trọ không trả cọc cho ba bạn", "Chủ trọ ôm cọc cho ba bạn"),
        ("Lúc nào cũng trễ giờ", "Khi nào cũng muộn giờ"),
    ],
)
def test_one_meaning_is_a_copy(said: str, otherwise: str, typed: Typed) -> None:
    assert copies(said, otherwise, typed)


@pytest.mark.parametrize("typed", [str, fold], ids=["marked", "bare"])
@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("bị bắt vì trộm xe", "bị mời làm việc vì trộm xe"),
        ("bị tạm giữ vì đánh người", "bị tạm giam vì đánh người"),
        ("nghi lừa đảo chiếm đoạt tài sản", "lừa đảo chiếm đoạt tài sản"),
        ("khiến hai người tử vong", "khiến hai người bị thương"),
        ("mua lại quán cà phê của bạn", "bán lại quán cà phê của bạn"),
        ("nước đã rút khỏi xóm", "nước đang dâng khỏi xóm"),
        ("đã dập tắt đám cháy", "đã khống chế đám cháy"),
        ("bệnh trở nặng sau ba hôm", "bệnh thuyên giảm sau ba hôm"),
        ("giá xăng tăng mạnh", "giá xăng giảm mạnh"),
        ("thi đậu vào lớp mười", "thi rớt vào lớp mười"),
        ("phục vụ nhanh lắm", "phục vụ chậm lắm"),
        ("nhân viên chậm lắm", "nhân viên siêng năng"),
        ("tự xưng công an phường", "giả danh công an phường"),
        ("ngập tới đầu gối", "ngập tới ngực"),
        ("mưa lất phất cả buổi", "mưa tầm tã cả buổi"),
        ("sa thải ba mươi công nhân", "tuyển ba mươi công nhân"),
        ("thắng sát nút đội khách", "thắng đậm đội khách"),
        ("vào chung kết tối qua", "vào bán kết tối qua"),
        ("cướp điện thoại của em", "nhặt được điện thoại của em"),
        ("khen nức nở chủ quán", "chê tới tấp chủ quán"),
        ("im lặng trước phản ánh", "lên tiếng trước phản ánh"),
        ("đồng tình với phương án", "không đồng tình với phương án"),
        ("bế cháu chạy ra", "dắt cháu chạy ra"),
        ("cháy rụi căn nhà", "cháy xém căn nhà"),
        ("sắp sập căn nhà", "sập căn nhà"),
        ("suýt chết đuối ở sông", "chết đuối ở sông"),
        ("mấy năm nay", "mấy tháng nay"),
        ("ngày nào cũng ồn", "tuần nào cũng ồn"),
        ("đang định bán nhà", "đã bán nhà"),
        ("keo kiệt với khách", "hào phóng với khách"),
        ("thanh niên đi dạo trong công viên", "thanh niên kề dao trong công viên"),
        ("quán này đặt hàng nhiều", "quán này bán chạy nhiều"),
    ],
)
def test_what_is_another_thing_degree_direction_or_certainty_is_not(
    said: str, otherwise: str, typed: Typed
) -> None:
    assert not hidden(said, otherwise, typed)
