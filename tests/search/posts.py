"""Posts written for these tests: floods in Huế, adverts, complaints, praise, in all the ways people type."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from sangtin.post import Bin, Cause, Flag, Kind, Relation
from sangtin.search import Document

START = datetime(2025, 10, 27, 23, 30, tzinfo=UTC)

TEXTS = (
    "Lũ lụt ở Huế: nước sông Hương lên nhanh, ngập đường Hùng Vương 😢",
    "ngap lut o hue roi ba con oi, duong Hung Vuong nuoc len nhanh lam",
    "Ngập nặng ở đường Nguyễn Huệ, ai có xuồng giúp bà ngoại em với!!!",
    "Thủy điện xả lũ không báo trước, dân Hương Trà trở tay không kịp",
    "Thuỷ điện đã báo trước khi xả lũ, bà con đừng tin lời đồn",
    "Cảm ơn các anh bộ đội đã chèo thuyền đưa mẹ con em ra khỏi vùng ngập",
    "SALE 50% áo mưa, ủng lội nước chỉ 99.000đ, giao tp.hcm & Huế. LH 0912.345.678",
    "Vay nhanh 1.250.000đ duyệt 5 phút, nhắn tin @vaynhanh_24h https://bit.ly/vay24",
    "#LụtHuế #Huế hôm nay trời lại mưa",
    "Hòa bình là trên hết. Hoà bình, hoa hồng và hoa đào.",
    "Mì Quảng o Hòa khỏe re, ngon hết sảy",
    "Mì Quảng o Hoà khoẻ re, ngon hết sảy",
    "Đà Nẵng cũng ngập rồi anh/chị ơi",
    "da nang nang dep, di bien thoi",
    "Má ơi, ma cỏ gì mà má sợ, mạ non ngoài ruộng ngập hết",
    "Kh\u200bông ai cứu hộ cả, k\u00adhông một ai",
    "𝐓𝐮𝐲𝐞̂̉𝐧 𝐝𝐮̣𝐧𝐠 gấp CTV, lương cao, ib nhé",
    "covid-19 hay covid19 gì cũng sợ",
    "Trường cho học sinh nghỉ ngày 29.10.2025 vì mưa lũ",
    "🌊🌊🌊",
    "....",
    "Nước rút rồi, cả xóm dọn bùn, ơn trời không ai bị gì",
    "Ông chủ tịch phường hứa rồi để đó, mương tắc ba năm nay chưa nạo vét",
    "Tin đồn vỡ đập là SAI, chính quyền đã xác nhận đập an toàn",
)


def written() -> list[Document]:
    """One document a text, an hour apart; one of them decomposed, one with a lone surrogate."""
    found = []
    for number, text in enumerate(TEXTS, start=1):
        label = list(Bin)[number % len(Bin)]
        document = Document(
            id=f"báo huế:{number}" if number % 3 else f"fb/Nhóm A:{number}",
            text=unicodedata.normalize("NFD", text) if number == 3 else text,
            source="báo huế" if number % 3 else "fb/Nhóm A",
            moment=START + timedelta(hours=number, microseconds=number * 7),
            number=number,
            bin=label,
            cause=Cause.NONE if label is Bin.PENDING else Cause.MODEL,
            kind=list(Kind)[number % 4] if label is Bin.SPAM else None,
            flags=(Flag.BURST, Flag.CLAIM, Flag.SCAM, Flag.UNRELIABLE)[: number % 5],
            author_key=f"{number % 5:032x}",
            thread="t1" if number % 2 else None,
            cluster=f"c-{number // 2}",
            relation=Relation.ORIGINAL if number % 2 else Relation.NEAR,
        )
        found.append(document)
    return [*found, replace(found[0], id="x:surrogate", text="lũ \ud800 lụt", number=99, source="x")]


VOCABULARY = (
    "lũ",
    "lu",
    "Lụt",
    "lut",
    "ngập",
    "ngap",
    "hòa",
    "hoà",
    "hoa",
    "đà",
    "da",
    "huế",
    "hue",
    "không",
    "ko",
    "1.000",
    "tp.hcm",
    "covid19",
    "nước",
    "mưa",
)


def scattered(count: int, seed: int) -> list[Document]:
    """Random documents of few words and few values; many share a second."""
    dice = Random(seed)
    return [scattered_one(dice, f"s:{at}", at + 1) for at in range(count)]


def scattered_one(dice: Random, id: str, number: int) -> Document:
    """One random document."""
    label = dice.choice(list(Bin))
    text = dice.choice((" ", ", ", " 😢 ")).join(dice.choices(VOCABULARY, k=dice.randrange(9)))
    return Document(
        id=id,
        text=unicodedata.normalize(dice.choice(("NFC", "NFD")), text),
        source=dice.choice(("a", "A", "a b", "ă")),
        moment=START + timedelta(seconds=dice.randrange(4) * 40_000 + dice.randrange(3)),
        number=number,
        bin=label,
        kind=dice.choice(list(Kind)) if label is Bin.SPAM else None,
        flags=tuple(sorted(dice.sample(list(Flag), k=dice.randrange(3)))),
        author_key=dice.choice((None, "u1", "u2")),
        cluster=dice.choice((None, "c1", "c2", "C1")),
    )
