"""A text → the same text as people pass it on: framed, cut, decorated, unmarked, in chat spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from sangtin.sample.dice import Dice
from sangtin.sample.written import Spread

Edit = Callable[[str, Dice], str]

_BEFORE = (
    "COPY:",
    "COPY từ nhóm:",
    "Chia sẻ giúp ạ:",
    "Share giúp mọi người!",
    "Xem thêm:",
    "Copy lại cho bà con:",
    "ĐỌC NGAY:",
    "Chuyển tiếp:",
    "Nguồn: trên mạng.",
    "Mọi người lưu ý nha:",
    "Hóng được tin ni:",
)
_AFTER = (
    "Mọi người chia sẻ giúp ạ!",
    "Chia sẻ để ai cũng biết.",
    "(copy)",
    "Nguồn: facebook",
    "Cre: st",
    "(sưu tầm)",
    "Xem thêm ở dưới bình luận",
    "Share mạnh giúp em với",
    "Chia sẻ rộng rãi nha bà con",
)
_CREDITS = (
    "Theo Báo Huế Mẫu",
    "(Nguồn: Cổng thông tin mẫu)",
    "Tin tổng hợp.",
    "PV",
    "Xem chi tiết tại trang chủ.",
    "Ảnh: CTV",
    "(Theo báo)",
    "Đọc thêm trên trang tin.",
)
_TAGS = ("#hue", "#tinhue", "#chiase", "#cobiet", "#xứhuế", "#hue24h", "#tinnong", "#nguoihue")
_EMOJI = ("‼️", "🔥", "👉", "😱", "🙏", "📢", "⚠️", "❤️", "👇", "😢")
_CHAT = {
    "không": ("ko", "k", "hong"),
    "được": ("đc", "dc"),
    "người": ("ng",),
    "mọi người": ("mn",),
    "với": ("vs",),
    "vậy": ("v", "zậy"),
    "rồi": ("r", "rùi"),
    "nhiều": ("nhìu",),
    "biết": ("bít", "bik"),
    "gì": ("j",),
    "trước": ("trc",),
    "bây giờ": ("bh",),
    "luôn": ("lun",),
    "quá": ("wá",),
    "thôi": ("thui",),
    "cũng": ("cx",),
    "mình": ("mk", "mik"),
    "bạn": ("bn",),
    "điện thoại": ("đt",),
}
_CHAT_WORDS = re.compile(r"\b(" + "|".join(sorted(_CHAT, key=len, reverse=True)) + r")\b")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def passed_on(text: str, dice: Dice, spread: Spread) -> str:
    """A copy of the text by one of the ways that go with how it spreads; often the text itself."""
    if dice.chance(_UNTOUCHED[spread]):
        return text
    ways = _WAYS[spread]
    edited = dice.pick(ways)(text, dice)
    if dice.chance(0.3):
        edited = dice.pick(ways)(edited, dice)
    return edited


def unmarked(text: str, _dice: Dice) -> str:
    """Without diacritics, as typed on a bare keyboard."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


def chatty(text: str, dice: Dice) -> str:
    """With about two thirds of the common words in chat spelling."""

    def respelt(found: re.Match[str]) -> str:
        return dice.pick(_CHAT[found[1]]) if dice.chance(0.66) else found[0]

    return _CHAT_WORDS.sub(respelt, text)


def _framed(text: str, dice: Dice) -> str:
    if dice.chance(0.5):
        return f"{dice.pick(_BEFORE)}{dice.pick((' ', chr(10)))}{text}"
    return f"{text}{dice.pick((' ', chr(10)))}{dice.pick(_AFTER)}"


def _credited(text: str, dice: Dice) -> str:
    return f"{text} {dice.pick(_CREDITS)}"


def _cut(text: str, dice: Dice) -> str:
    """Without its last sentence, or its last words, never more than a fifth."""
    sentences = _SENTENCE.split(text)
    shorter = " ".join(sentences[:-1])
    if len(sentences) > 2 and len(shorter) >= 0.8 * len(text):
        return shorter
    words = text.split()
    kept = len(words) - max(1, len(words) * dice.between(8, 18) // 100)
    return " ".join(words[:kept]) + dice.pick(("...", "… xem thêm", " …"))


def _decorated(text: str, dice: Dice) -> str:
    sentences = _SENTENCE.split(text)
    marked = [
        s + (" " + dice.pick(_EMOJI) * dice.between(1, 3) if dice.chance(0.6) else "") for s in sentences
    ]
    return f"{dice.pick(_EMOJI)} " + " ".join(marked)


def _tagged(text: str, dice: Dice) -> str:
    return f"{text}{dice.pick((' ', chr(10)))}{' '.join(dice.several(_TAGS, dice.between(1, 4)))}"


def _linked(text: str, dice: Dice) -> str:
    return f"{text} https://{dice.pick(('chia-se', 'tin-ngan', 'xem'))}.invalid/p/{dice.between(1000, 9999)}"


def _shouted(text: str, dice: Dice) -> str:
    sentences = _SENTENCE.split(text, maxsplit=1)
    return " ".join([sentences[0].upper(), *sentences[1:]]) if dice.chance(0.6) else text.upper()


def _respaced(text: str, dice: Dice) -> str:
    mark = dice.pick(("!!", "...", "!!!", " !"))
    return re.sub(r"[.!](?=\s|$)", mark, text).replace(", ", dice.pick((",", " , ", ", ")))


_PEOPLE: tuple[Edit, ...] = (
    _framed,
    _framed,
    _framed,
    _cut,
    _decorated,
    _decorated,
    _tagged,
    _linked,
    _shouted,
    _respaced,
    unmarked,
    chatty,
)
_WAYS: dict[Spread, tuple[Edit, ...]] = {
    Spread.BURST: _PEOPLE,
    Spread.HOURS: _PEOPLE,
    Spread.DAYS: _PEOPLE,
    Spread.REPOST: (_decorated, _tagged, _respaced, _shouted, _linked),
    Spread.WIRE: (_credited, _credited, _cut, _linked),
}
_UNTOUCHED = {Spread.BURST: 0.55, Spread.HOURS: 0.35, Spread.DAYS: 0.3, Spread.REPOST: 0.6, Spread.WIRE: 0.3}
