"""Amounts, hours, days and abbreviations said in other ways: one in meaning, one; another, another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import explain, read
from sangtin.post import Relation

COPY = {Relation.NEAR, Relation.EXACT}
MIDDLE = "Nhà chú Bảy ở thôn Vĩnh An bán gạo mấy chục năm nay, hôm kia báo {} cho cả làng rồi ai cũng biết"
END = "Nhà chú Bảy ở thôn Vĩnh An bán gạo mấy chục năm nay, kia rồi ai trong làng cũng nghe báo {}"

HOURS = [
    ("mất nửa tiếng", "mất 30 phút"),
    ("sau 4 giờ", "sau bốn tiếng"),
    ("lúc 7h30p", "lúc 7h30"),
    ("từ 22h00 đến 5h00", "từ 22h đến 5h"),
    ("từ 22h00 đến 5h00", "từ 22 giờ đến 5 giờ"),
    ("lúc 22h00", "lúc 10 giờ tối"),
    ("đến 5h00 ngày 13/9", "đến 5 giờ sáng ngày 13/9"),
    ("từ 16h đến 18h", "từ 4h chiều đến 6h chiều"),
    ("từ 16h00", "từ 4g chiều"),
    ("lúc 14h30", "lúc 2 giờ rưỡi chiều"),
    ("lúc 14h30", "lúc 2h30 chiều"),
    ("lúc 19h", "lúc 7 giờ tối"),
    ("lúc 13h", "lúc 1 giờ trưa"),
    ("lúc 12h", "lúc 12 giờ trưa"),
    ("lúc 3h", "lúc 3 giờ rạng sáng"),
    ("lúc 1 giờ sáng", "lúc 1 giờ khuya"),
    ("lúc 7 giờ kém 15", "lúc 6h45"),
    ("lúc 7 giờ 30 phút", "lúc 7h30"),
    ("lúc 7:30", "lúc 7g30"),
    ("lúc 8 pm", "lúc 20h"),
    ("lúc 8:30 PM", "lúc 8h30 tối"),
    ("tối nay lúc 8 giờ", "tối nay lúc 20h"),
    ("tối 12/9 lúc 8h", "tối 12/9 lúc 20 giờ"),
    ("từ 7h tối đến 10h", "từ 19h đến 22h"),
    ("từ 7 đến 9 giờ tối", "từ 19h đến 21h"),
    ("từ 7h đến 9h tối", "từ 19h đến 21h"),
    ("từ 7h tối mà ngồi tới 10 rưỡi", "từ 7h tối mà ngồi tới 22h30"),
    ("đêm nào cũng hát đến 11 rưỡi", "đêm nào cũng hát đến 23h30"),
    ("đêm nào cũng hát đến 11 rưỡi", "đêm nào cũng hát đến 11h30"),
    ("họ hát đến 11 rưỡi", "họ hát đến 23h30"),
    ("họ hát đến 11 rưỡi", "họ hát đến 11 giờ 30"),
    ("6h–9h và 16h–19h30", "6h-9h và 16h - 19h30"),
    ("từ 6h đến 9h", "6h-9h"),
]
OTHER_HOURS = [
    ("lúc 8 giờ sáng", "lúc 8 giờ tối"),
    ("lúc 8 giờ sáng", "lúc 20h"),
    ("lúc 8h", "lúc 20h"),
    ("lúc 2 giờ chiều", "lúc 2 giờ sáng"),
    ("lúc 12 giờ trưa", "lúc 12 giờ đêm"),
    ("từ 22h00", "từ 22h30"),
    ("từ 22h00", "từ 2h00"),
    ("đến 5h00", "đến 5h05"),
    ("sáng nào cũng hát đến 10 rưỡi", "sáng nào cũng hát đến 22h30"),
    ("sáng nay lúc 8 giờ", "tối nay lúc 8 giờ"),
    ("họ hát đến 11 rưỡi", "họ hát đến 22h30"),
    ("họ hát đến 11 rưỡi", "họ hát đến 11h"),
    ("lúc 7 giờ kém 15", "lúc 7h15"),
    ("lúc 7:30", "lúc 7:20"),
    ("lúc 8 am", "lúc 8 pm"),
    ("từ 8 giờ tới 10 giờ", "từ 20 giờ tới 22 giờ"),
    ("từ 7h tối đến 10h", "từ 7h sáng đến 10h"),
    ("từ 19h đến 7h", "từ 7h đến 19h"),
    ("từ 22h ngày 12/9 đến 5h ngày 13/9", "từ 22h ngày 12/9 đến 17h ngày 13/9"),
    ("từ 7 đến 9 giờ tối", "từ 7 đến 9 giờ"),
    ("6h-9h", "6h-10h"),
]
MONEY = [
    ("hai lăm ngàn", "25k"),
    ("mười nghìn", "10k"),
    ("2 triệu mốt, rồi", "2tr1, rồi"),
    ("mất 2 tỏi", "mất 2 tỷ"),
    ("vé niêm yết 250 mà thu 400", "vé niêm yết 250k mà thu 400k"),
    ("19.870đ/l", "19.870 đồng/lít"),
    ("giá 1.500.000/tháng", "giá 1tr5 một tháng"),
    ("1,4 tỷ đồng", "1 tỷ 400 triệu"),
    ("1,4 tỷ đồng", "1 tỷ 4"),
    ("1,4 tỉ", "1.400.000.000đ"),
    ("118,5 triệu", "118tr5"),
    ("118,5 triệu", "118 triệu rưỡi"),
    ("118,5 triệu", "118 triệu 500 nghìn"),
    ("1.200.000đ", "1tr2"),
    ("1.200.000đ", "1 triệu 200"),
    ("1.200.000đ", "1tr200k"),
    ("1,2 triệu", "một triệu hai trăm nghìn"),
    ("một triệu rưỡi", "1tr5"),
    ("2k", "2.000đ"),
    ("2 ngàn", "2.000 đồng"),
    ("3k5", "3.500đ"),
    ("250k", "hai trăm năm mươi nghìn"),
    ("phạt 3 triệu", "phạt 3 củ"),
    ("phạt 2–3 triệu đồng", "phạt 2-3 củ"),
    ("phạt 5 triệu rồi", "phạt 5 chai rồi"),
    ("phạt 500k rồi", "phạt 5 lít rồi"),
    ("quỹ lớp 800k, máy lạnh 350k", "quỹ lớp 800 ngàn, máy lạnh ba trăm rưỡi"),
    ("lương 18-22tr", "lương 18-22 triệu"),
    ("lương 18-22tr", "lương từ 18 đến 22 triệu"),
    ("lương 18-22tr", "lương 18tr - 22tr"),
    ("lương 18 triệu đến 22 triệu", "lương 18 tới 22 triệu"),
    ("thu 400k-900k", "thu 400-900k"),
    ("thu 4OOk-9OOk", "thu 400k-900k"),
    ("thu 4ook", "thu 400k"),
    ("1OO.OOO.OOOđ tiền mặt", "100 triệu đồng tiền mặt"),
    ("25.000đ/1h", "25k/giờ"),
    ("2.000 đồng/kg", "2 nghìn một ký"),
    ("15k/khối", "15k một khối"),
    ("120 nghìn mỗi người", "120k/người"),
    ("5 triệu 2 chỉ vàng", "5tr 2 chỉ vàng"),
]
OTHER_MONEY = [
    ("hai lăm ngàn", "35k"),
    ("vé 250k", "vé 250 đồng"),
    ("số ca còn 150", "số ca còn 150.000"),
    ("cả xã thu 250", "cả xã thu 250.000"),
    ("bán 250 con", "bán 250k con"),
    ("mất 2 tỏi", "mất 3 tỷ"),
    ("19.870đ/l", "19.780đ/l"),
    ("1,4 tỷ đồng", "1,4 triệu đồng"),
    ("1,4 tỷ đồng", "1 tỷ 40 triệu"),
    ("1 tỷ 4", "4 tỷ 1"),
    ("1 tỷ 400 triệu", "400 triệu"),
    ("118,5 triệu", "118 triệu 5 nghìn"),
    ("118tr5", "118tr"),
    ("1tr2", "12tr"),
    ("1 triệu 200", "1 triệu 300"),
    ("một triệu rưỡi", "một triệu"),
    ("2k", "2 triệu"),
    ("3k5", "35k"),
    ("ba trăm rưỡi", "ba trăm"),
    ("phạt 3 củ", "phạt 3 nghìn"),
    ("phạt 3 củ", "phạt 4 củ"),
    ("đào 3 củ khoai", "đào 3 triệu khoai"),
    ("mua 5 chai nước", "mua 5 triệu nước"),
    ("đổ 5 lít xăng", "đổ 500k xăng"),
    ("lương 18-22tr", "lương 8-22tr"),
    ("lương 18-22 triệu", "lương 18-22 nghìn"),
    ("lương từ 18 đến 22 triệu", "lương từ 18 đến 20 triệu"),
    ("từ 500 đến 2 triệu", "từ 500 triệu đến 2 triệu"),
    ("thu 4OOk", "thu 4k"),
    ("1OO.OOO.OOOđ", "100.000đ"),
    ("25k/giờ", "25k/tháng"),
    ("5 triệu 2 chỉ vàng", "5 triệu 3 chỉ vàng"),
    ("5 triệu 2 chỉ vàng", "5,2 triệu chỉ vàng"),
    ("450.000 đồng", "450.000 người"),
    ("1 triệu 200", "1.000.200"),
]
MEASURES = [
    ("giảm còn 5 triệu", "giảm xuống 5tr"),
    ("giảm còn 5 triệu", "giảm xuống còn 5tr"),
    ("tăng lên 5 triệu", "tăng lên tới 5tr"),
    ("âm 5 độ", "-5 độ"),
    ("trong quý III", "trong quý 3"),
    ("trong quý 3", "trong Q3"),
    ("họp khóa XV", "họp khóa 15"),
    ("xe 43A-123.45", "xe 43A 12345"),
    ("mua 5 ký", "mua 5 cân"),
    ("trên QL1A", "trên quốc lộ 1A"),
    ("xả 200 khối một giây", "xả 200m3/s"),
    ("cho một trăm linh năm người", "cho 105 người"),
    ("ở tại một nhà nghỉ", "ở nhà nghỉ"),
    ("cao nhất 33 độ", "cao nhất 33°C"),
    ("cao nhất 33 độ C", "cao nhất 33oC"),
    ("cao nhất 33º", "cao nhất 33 độ"),
    ("mưa 40–70 mm", "mưa 40-70mm"),
    ("mưa 40 đến 70 mm", "mưa 40-70mm"),
    ("từ 18 - 60 tuổi", "từ 18 đến 60 tuổi"),
    ("đi 2 tháng rưỡi", "đi 2,5 tháng"),
    ("rộng 20m2", "rộng 20 mét vuông"),
    ("được 38,5 điểm", "được 38.5đ"),
    ("cụ 78 tuổi", "cụ 78t"),
    ("còn 2 vé", "còn hai vé"),
    ("cho 47 người", "cho bốn mươi bảy người"),
    ("hơn tuần nay", "hơn 1 tuần nay"),
    ("hơn một tuần nay", "hơn 1 tuần nay"),
    ("gặp một nữ sinh", "gặp 1 nữ sinh"),
    ("gặp nữ sinh", "gặp 1 nữ sinh"),
    ("trúng xe SH 150i", "trúng xe SH15Oi"),
    ("gọi 0908 113 577", "gọi 0908113577"),
    ("gọi 0908.113.577", "gọi 090 811 3577"),
    ("gọi +84 908 113 577", "gọi 0908-113-577"),
    ("gọi O908 113 577", "gọi 0908 113 577"),
    ("gọi 0234 3000 118", "gọi 02343000118"),
    ("gọi 1900 1234", "gọi 19001234"),
    ("gọi 1900.12.34", "gọi 19001234"),
]
OTHER_MEASURES = [
    ("giảm còn 5 triệu", "giảm 5 triệu"),
    ("tăng lên 5 triệu", "tăng 5 triệu"),
    ("từ 18 tuổi", "dưới 18 tuổi"),
    ("gần 60 người", "hơn 60 người"),
    ("một người", "một nhóm"),
    ("âm 5 độ", "5 độ"),
    ("trong quý III", "trong quý 2"),
    ("họp khóa XV", "họp khóa XIV"),
    ("xe 43A-123.45", "xe 43A-123.46"),
    ("cho 105 người", "cho 150 người"),
    ("gặp một bạn", "gặp các bạn"),
    ("gặp một bạn", "gặp nhiều bạn"),
    ("cao nhất 33 độ C", "cao nhất 33 độ F"),
    ("cao nhất 33°C", "cao nhất 35°C"),
    ("mưa 40-70mm", "mưa 40-90mm"),
    ("mưa 40-70mm", "mưa 40-70cm"),
    ("thắng 2-1", "thắng 1-2"),
    ("từ 18 - 60 tuổi", "từ 18 - 60 tháng"),
    ("đi 2 tháng rưỡi", "đi 2 tháng"),
    ("rộng 20m2", "rộng 20m"),
    ("được 38,5 điểm", "được 38 điểm"),
    ("cụ 78 tuổi", "cụ 87t"),
    ("cho 47 người", "cho bốn mươi người"),
    ("hơn 1 tuần nay", "hơn 2 tuần nay"),
    ("gặp 1 nữ sinh", "gặp 2 nữ sinh"),
    ("ở phường 1 có mưa", "ở phường có mưa"),
    ("ở lớp Lá 1 có trẻ", "ở lớp Lá có trẻ"),
    ("trúng xe SH 150i", "trúng xe SH 125i"),
    ("gọi 0908 113 577", "gọi 0908 113 578"),
    ("gọi 1900 1234", "gọi 1900 1243"),
    ("cao 1m2", "cao 1m6"),
]
DAYS = [
    ("trên đường 2/9", "trên đường 2 tháng 9"),
    ("vào thứ 7", "vào thứ bảy"),
    ("vào thứ Bảy", "vào T7"),
    ("vào chủ nhật", "vào CN"),
    ("cả T7, CN", "cả thứ bảy, chủ nhật"),
    ("vào ngày 15/3", "vào 15/3"),
    ("vào ngày 15/3", "vào ngày 15 tháng 3"),
    ("vào ngày 15/3", "vào 15 tháng 3"),
    ("vào ngày 05/03", "vào ngày 5/3"),
    ("vào ngày 15/3/2025", "vào ngày 15 tháng 3 năm 2025"),
    ("vào ngày 15/3/2025", "vào ngày 15/3"),
    ("vào tháng 3/2025", "vào tháng 3 năm 2025"),
    ("vào tháng 8 có lễ", "vào T8 có lễ"),
]
OTHER_DAYS = [
    ("vào thứ 7", "vào thứ sáu"),
    ("vào T7", "vào T6"),
    ("vào ngày 15/3", "vào ngày 15/4"),
    ("vào ngày 15/3", "vào ngày 16 tháng 3"),
    ("vào ngày 15/3/2025", "vào ngày 15/3/2024"),
    ("vào ngày 15/3/2025", "vào ngày 15 tháng 3 năm 2024"),
    ("vào tháng 3/2025", "vào tháng 3 năm 2024"),
    ("vào thứ 7", "vào tháng 7"),
    ("hơn 5 tháng 10 ngày", "hơn 5 tháng 12 ngày"),
    ("vào T8 có lễ", "vào T9 có lễ"),
]
SHORT = [
    ("Đài Khí tượng Thủy văn cho hay", "Đài KTTV cho hay"),
    ("Sở Giáo dục và Đào tạo cho hay", "Sở GD&ĐT cho hay"),
    ("Sở Giáo dục và Đào tạo cho hay", "Sở GD-ĐT cho hay"),
    ("Sở Giáo dục và Đào tạo cho hay", "Sở GDĐT cho hay"),
    ("Sở Lao động, Thương binh và Xã hội cho hay", "Sở LĐTBXH cho hay"),
    ("Cơ quan Cảnh sát điều tra cho hay", "CQCSĐT cho hay"),
    ("Ban quản lý dự án cho hay", "BQLDA cho hay"),
    ("đội phòng cháy chữa cháy cho hay", "đội PCCC cho hay"),
    ("34 ca sốt xuất huyết", "34 ca SXH"),
    ("nhóm cổ động viên đội khách", "nhóm CĐV đội khách"),
    ("khu dân cư Hoàn Mỹ", "KDC Hoàn Mỹ"),
    ("theo thời khóa biểu cũ", "theo TKB cũ"),
    ("Hội đồng nhân dân phường An Cựu", "HĐND P. An Cựu"),
    ("chủ tịch UBND phường An Cựu", "CT UBND p. An Cựu"),
    ("có bảo hiểm xã hội", "có BHXH"),
    ("giám đốc Điện lực Ninh Kiều", "GĐ ĐL Ninh Kiều"),
    ("trường THCS Trần Phú", "trường cấp 2 Trần Phú"),
    ("trường trung học phổ thông Trần Phú", "trường cấp ba Trần Phú"),
    ("ở quận 3", "ở Q.3"),
    ("ở quận 3", "ở Q3"),
    ("ở TP. Huế", "ở thành phố Huế"),
    ("ở thị xã Hương Thủy", "ở TX. Hương Thủy"),
    ("ở huyện Tân Phú", "ở H. Tân Phú"),
    ("ở đường Mậu Thân", "ở Đ. Mậu Thân"),
    ("gặp ông Thọ", "gặp ô. Thọ"),
    ("gặp anh Trung", "gặp a. Trung"),
    ("gặp anh Trung", "gặp a Trung"),
    ("gặp chị Lan", "gặp c. Lan"),
    ("gặp em Hân", "gặp e Hân"),
    ("qua số điện thoại này", "qua sđt này"),
    ("đi xe Exciter xanh", "đi xe Ex xanh"),
]
OTHER_SHORT = [
    ("Đài KTTV cho hay", "Đài VTV cho hay"),
    ("Sở GD&ĐT cho hay", "Sở GTVT cho hay"),
    ("Sở Giáo dục và Đào tạo cho hay", "Sở GTVT cho hay"),
    ("Sở Y tế cho hay", "Sở GDĐT cho hay"),
    ("UBND xã cho hay", "HĐND xã cho hay"),
    ("có BHXH", "có BHYT"),
    ("khu KTX này", "khu HTX này"),
    ("Đài VTV cho hay", "Đài VTC cho hay"),
    ("trường THCS Trần Phú", "trường THPT Trần Phú"),
    ("trường cấp 2 Trần Phú", "trường cấp 3 Trần Phú"),
    ("trường THCS Trần Phú", "trường cấp 3 Trần Phú"),
    ("ở P. An Cựu", "ở Q. An Cựu"),
    ("ở P. An Cựu", "ở H. An Cựu"),
    ("ở Q3", "ở Q5"),
    ("ở P.3", "ở Q.3"),
    ("gặp ô. Thọ", "gặp bà Thọ"),
    ("gặp a. Trung", "gặp c. Trung"),
    ("gặp a. Trung", "gặp e. Trung"),
    ("đi xe Exciter xanh", "đi xe Air Blade xanh"),
    ("đi xe Exciter xanh", "đi xe Sirius xanh"),
]
MEET = [*HOURS, *MONEY, *MEASURES, *DAYS, *SHORT]
APART = [*OTHER_HOURS, *OTHER_MONEY, *OTHER_MEASURES, *OTHER_DAYS, *OTHER_SHORT]
CARRIERS = pytest.mark.parametrize("carrier", [MIDDLE, END], ids=["middle", "end"])


def copies(one: str, other: str, carrier: str) -> set[bool]:
    pairs = ((one, other), (other, one))
    return {explain(*map(carrier.format, pair)).relation in COPY for pair in pairs}


def bare(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in spread if not unicodedata.combining(c))


@pytest.mark.parametrize(("one", "other"), MEET)
@CARRIERS
def test_what_is_said_in_another_way_is_a_copy(one: str, other: str, carrier: str) -> None:
    assert copies(one, other, carrier) == {True}


@pytest.mark.parametrize(("one", "other"), APART)
@CARRIERS
def test_what_says_something_else_is_none(one: str, other: str, carrier: str) -> None:
    assert copies(one, other, carrier) == {False}


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in (*MEET, *APART) if "ô." not in pair[0] + pair[1]]
)
@CARRIERS
def test_marks_left_off_change_no_number(one: str, other: str, carrier: str) -> None:
    for said in (one, other):
        text = carrier.format(said)
        assert explain(text, bare(text)).relation in COPY


PARTS = (
    "0 1 7 12 30 00 2025 1.2.3 1,5 1.200.000 ፩ ٣ ² º° : / - – . , rưỡi kém giờ h g phút tối sáng đêm đến từ"
)
PARTS += " k tr triệu tỷ củ đ đồng một hai ba trăm mươi lăm năm tháng ngày T7 Q. P.3 GD&ĐT oO O9 độ C pm"
PARTS += " mỗi kg mét vuông"


@given(st.lists(st.sampled_from(PARTS.split()), max_size=9), st.sampled_from(["", " "]))
@settings(max_examples=400, deadline=None)
def test_whatever_figures_stand_together_are_read(parts: list[str], between: str) -> None:
    words = read([between.join(parts)])[0].words
    assert all(word.plain for word in words)
