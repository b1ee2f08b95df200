"""What a page, an app or a filter leaves in a text is taken off before it is compared."""

import pytest

from dedupe import compare, read
from dedupe.page import bare
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}
FERRY = "Phà Bến Súc ngưng chạy từ 20h tối nay vì nước xiết, bà con qua sông đi vòng cầu Bến Cát"


def is_copy(earlier: str, later: str) -> bool:
    one, other = read([earlier, later])
    return compare(one, other).relation in COPY


@pytest.mark.parametrize(
    "address",
    [
        "tinbenpha.vn/a1",
        "tinphim . link/DTx9Hp",
        "rutgon[chấm]asia/QNFd2D?m=1",
        "[vt[chấm]tiktok.com/9FgBh/]",
        "xomchai(.)vn/cgGh",
        "docbao-xua . xyz/wY8N/",
        "youtu(.)be/V95WV(.)html",
        "rutgon . com/wU7E9 . html",
        "zalo chấm me",
        "hxxps://example.com/g/AS6",
        "https : // example.com/g/AS6",
        "tinxom-24 . vn",
    ],
)
def test_an_address_in_pieces_leaves_nothing(address: str) -> None:
    for longer in (f"{FERRY}\n{address}", f"{address}\n{FERRY}", f"{FERRY}. Xem thêm tại: {address}"):
        assert is_copy(FERRY, longer)
        assert is_copy(longer, FERRY)


@pytest.mark.parametrize(
    "text",
    [
        "Nước rút hết rồi . Mẹ tôi về nhà",
        "di cho ve . me nau an . com nguoi",
        "xoài chấm me",
        "Gạo 18.500 đồng. Be bé xinh xinh/ngon",
        "Mở cửa · 3 giờ chiều · Nghỉ thứ hai",
        "Thích · ghét đều được",
        "Người bị thương gồm:\nAnh Tám và 3 người khác.",
        "Đợt một #KhóaHọc: vốn 5 triệu",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert bare(text) == text


@pytest.mark.parametrize(
    "shown",
    [
        "Lê Tí ▸ Hội cư dân phía Đông · 35 phút ·\n{}",
        "Admin Hội Nhà Mình · Hôm qua lúc 21:14 ·\n{}",
        "{} Thích · Phản hồi · 3 giờ",
        "{}\nThích · Bình luận · Chia sẻ",
        "{}\nẨn bớt",
        "{} See more",
        "Trang Tin Bến Sông đã chia sẻ một bài viết.\n{}",
        "[Tin nhắn được chuyển tiếp]\n{}",
        "Bạn, Lan Anh và 56 người khác\n{}",
    ],
)
def test_the_page_around_a_post_adds_nothing(shown: str) -> None:
    longer = shown.format(FERRY)
    assert is_copy(FERRY, longer)
    assert is_copy(longer, FERRY)


@pytest.mark.parametrize(
    "shown",
    [
        "Lê Tí ▸ Hội vạch trần tin vịt · 35 phút ·\n{}",
        "{} Thích · Phản hồi · Tin này giả",
        "Trang Tin Bến Sông đã gỡ bài viết này.\n{}",
        "[Tin nhắn giả mạo]\n{}",
        "Up lại bài hôm qua: tin này sai rồi. {}",
    ],
)
def test_a_page_that_speaks_against_a_post_is_not_taken_off(shown: str) -> None:
    longer = shown.format(FERRY)
    assert not is_copy(FERRY, longer)
    assert not is_copy(longer, FERRY)


@pytest.mark.parametrize(
    "tags",
    ["#bensuc#phabensuc#tinnong", "#tinnong #bensuc 💐", "#bensuc #tinnong Vậy nha bà con", '#tinnong"'],
)
def test_a_row_of_tags_leaves_nothing(tags: str) -> None:
    assert is_copy(FERRY, f"{FERRY}. {tags}")
    assert is_copy(f"{FERRY}. {tags}", FERRY)


def test_a_frame_typed_without_marks_is_read_as_one_beside_a_text_with_marks() -> None:
    assert is_copy(FERRY, f"nho ad duyet bai giup em\n{FERRY}")
    assert not is_copy(FERRY, f"dung tin bai nay\n{FERRY}")


@pytest.mark.parametrize(
    "frames",
    [
        "Share hộ bạn mình:\nUp lại bài hôm qua:\nBài này hay nè\n{}",
        "Má em gửi:\nCho em xin phép đăng bài ạ.\n{}\nP/s: em chỉ đăng lại thôi nha\nLưu về tường cho nhớ",
        "{}. Bó tay luôn á trời Hết nói nổi luôn",
        "{}. Hình mình để ở cmt nha Thích · Phản hồi · 3 giờ",
        "Sợ thiệt chớ\nBà chị gửi cho cái này:\n{}\nNgười gửi: Ba Lúa\n@mọi người",
    ],
)
def test_several_frames_add_no_more_than_one(frames: str) -> None:
    assert is_copy(FERRY, frames.format(FERRY))
    assert is_copy(frames.format(FERRY), FERRY)
