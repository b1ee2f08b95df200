"""Nouns: another name of the same is the same statement, another thing of the kind is not."""

import pytest

from dedupe.compare import compare
from dedupe.lexicon import fold
from dedupe.reading import Reading
from sangtin.post import Relation

HIT = (
    "Sáng nay {} bị xe tải tông trúng ngay đầu cầu Rạch Chiếc, người dân đưa đi cấp cứu nhưng không qua khỏi."
)
OWNED_UP = "Chiều qua {} nhận lỗi trước bà con về vụ thu sai tiền làm đường, hứa trả lại trước cuối tháng."
SEIZED = (
    "Theo {}, đêm qua đoàn đã kiểm tra kho hàng ở khu phố 3 và thu giữ hơn 200 thùng mỹ phẩm không giấy tờ."
)
OFFERED = "Từ thứ Hai tuần sau {} khám mắt không lấy tiền cho người trên 60 tuổi, bà con mang theo giấy tờ."
PRICED = (
    "Giá {} ở chợ Xóm Chiếu sáng nay tăng thêm 20 nghìn một ký so với tuần trước, nhiều bà nội trợ than trời."
)
BROUGHT = (
    "Người dân cần mang {} đến bộ phận một cửa trước ngày 30/6 để làm thủ tục, quá hạn sẽ bị khóa hồ sơ."
)

SAME = [
    (HIT, "hai vợ chồng", "đôi vợ chồng"),
    (HIT, "nữ công nhân", "chị công nhân"),
    (OWNED_UP, "chủ tịch UBND xã", "chủ tịch xã"),
    (OWNED_UP, "phó chủ tịch phường", "PCT UBND phường"),
    (OWNED_UP, "nguyên chủ tịch xã", "cựu chủ tịch xã"),
    (SEIZED, "quản lý thị trường", "QLTT"),
    (SEIZED, "cảnh sát PCCC", "lính cứu hỏa"),
    (OFFERED, "Trường THCS Trần Phú", "trường cấp 2 Trần Phú"),
    (OFFERED, "Bệnh viện Đa khoa huyện", "bệnh viện huyện"),
    (PRICED, "thịt heo", "thịt lợn"),
    (PRICED, "đậu phộng", "lạc"),
    (BROUGHT, "bằng lái xe", "giấy phép lái xe"),
]
OTHER = [
    (HIT, "bé trai", "bé gái"),
    (HIT, "ông nội", "ông ngoại"),
    (HIT, "bố chồng", "bố vợ"),
    (HIT, "nam công nhân", "nữ công nhân"),
    (HIT, "tài xế xe tải", "tài xế taxi"),
    (HIT, "anh trai", "em trai"),
    (OWNED_UP, "chủ tịch xã", "phó chủ tịch xã"),
    (OWNED_UP, "chủ tịch xã", "chủ tịch mặt trận xã"),
    (OWNED_UP, "bí thư xã", "bí thư đoàn xã"),
    (OWNED_UP, "chủ tịch huyện", "chủ tịch tỉnh"),
    (SEIZED, "công an", "kiểm lâm"),
    (SEIZED, "công an huyện", "công an xã"),
    (SEIZED, "viện kiểm sát", "tòa án"),
    (OFFERED, "trường cấp 2 Trần Phú", "trường cấp 3 Trần Phú"),
    (OFFERED, "bệnh viện huyện", "bệnh viện tỉnh"),
    (PRICED, "thịt heo", "thịt gà"),
    (PRICED, "dưa leo", "trái thơm"),
    (BROUGHT, "căn cước công dân", "chứng minh nhân dân"),
]


def relation(statement: str, one: str, other: str) -> Relation:
    return compare(Reading(statement.format(one)), Reading(statement.format(other))).relation


@pytest.mark.parametrize(("statement", "one", "other"), SAME, ids=lambda part: part[:24])
def test_another_name_of_the_same_is_the_same_statement(statement: str, one: str, other: str) -> None:
    assert relation(statement, one, other) is Relation.NEAR
    assert relation(statement, other, one) is Relation.NEAR


@pytest.mark.parametrize(("statement", "one", "other"), OTHER, ids=lambda part: part[:24])
def test_another_of_the_kind_is_another_statement(statement: str, one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        assert relation(statement, first, second) is not Relation.NEAR


@pytest.mark.parametrize(
    ("statement", "one", "other"),
    [each for each in OTHER if each[2] not in ("bí thư đoàn xã", "tài xế taxi")],
    ids=lambda part: part[:24],
)
def test_another_of_the_kind_is_another_statement_without_marks(statement: str, one: str, other: str) -> None:
    assert relation(fold(statement), fold(one), fold(other)) is not Relation.NEAR
