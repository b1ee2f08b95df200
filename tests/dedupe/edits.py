"""A post → the same post as people and programs disturb it: one function a kind, three strengths, seeded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

Edit = Callable[[str, float, Random], str]
STRENGTHS = {"light": 0.1, "medium": 0.3, "heavy": 0.6}

_EMOJI = ["😱", "😂", "🔥", "❤️", "👉", "🙏", "😢", "‼️", "🆘", "👇"]
_TAGS = ["#hue", "#tinnong", "#viral", "#xuhuong", "#LuLutMienTrung", "#24h", "#chiase", "#fyp"]
_LINKS = [
    "https://bit.ly/3xyz",
    "http://tinhue.vn/bai-viet-123.html",
    "www.baomoi.com/c/4567.epi",
    "fb.me/abc",
]
_TRACKING = ["?utm_source=facebook&utm_medium=social", "?fbclid=IwAR0abc", "?gclid=xyz&ref=share"]
_TWINS = dict(zip("aeopcxyiAEOPCXHTKMB", "аеорсхуіАЕОРСХНТКМВ", strict=True))
_LEET = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
_CHAT = {
    "không": "ko",
    "được": "dc",
    "người": "ng",
    "mọi người": "mn",
    "với": "vs",
    "gì": "j",
    "rồi": "r",
    "vậy": "z",
    "cũng": "cx",
    "mình": "mk",
    "trước": "trc",
    "nhiều": "nh",
    "nhưng": "nhg",
    "trong": "trog",
    "bệnh viện": "bv",
    "học sinh": "hs",
    "công an": "ca",
    "thành phố": "tp",
    "bác sĩ": "bs",
    "gia đình": "gđ",
    "đường": "đg",
    "khách": "khak",
    "những": "nhữg",
    "công": "côg",
    "đang": "đag",
    "nước": "nc",
    "muốn": "mún",
    "biết": "bít",
    "thôi": "thui",
    "anh em": "ae",
    "yêu": "iu",
    "vào": "zô",
    "quá": "wá",
    "qua": "wa",
    "thích": "thik",
    "bây giờ": "bh",
    "điện thoại": "đt",
    "nhà": "nkà",
    "chồng": "ck",
    "vợ": "vk",
    "phải": "fải",
    "chiều": "chìu",
    "tối": "túi",
    "giờ": "h",
    "hôm nay": "hnay",
    "và": "zà",
    "về": "zề",
    "ph": "f",
}
_BEFORE = [
    "COPY:",
    "Tin nóng:",
    "Chia sẻ giúp em với ạ:",
    "[HOT]",
    "Mọi người ơi,",
    "Fwd:",
    "Đăng lại từ nhóm khác:",
]
_AFTER = [
    "Chia sẻ giúp nhé mọi người!",
    "Xem thêm",
    "Share giúp mình với ạ",
    "Nguồn: sưu tầm",
    "(st)",
    "Xin cảm ơn!",
]
_CREDITS = [
    "Nguồn: Báo Thừa Thiên Huế",
    "Theo VnExpress",
    "Cre: Huế Của Tôi",
    "Ảnh: Minh Hoàng",
    "via Nguyễn Văn Bình",
]
_FILLERS = ["ạ", "nha", "nhé", "luôn", "á", "nè", "ơi"]
_SPELLED = {
    "1": "một",
    "2": "hai",
    "3": "ba",
    "4": "bốn",
    "5": "năm",
    "6": "sáu",
    "7": "bảy",
    "8": "tám",
    "10": "mười",
}


def case(text: str, strength: float, random: Random) -> str:
    """Lower case, capitals, or letters of either kind by chance."""
    if strength < 0.2:
        return text.lower()
    if strength < 0.5:
        return text.upper()
    return "".join(random.choice((c.lower(), c.upper())) for c in text)


def composition(text: str, strength: float, random: Random) -> str:
    """Decomposed, then tone marks on the other vowel, then letters of mathematical alphabets."""
    if strength < 0.2:
        return unicodedata.normalize("NFD", text)
    if strength < 0.5:
        return re.sub("oà|hòa|uỷ", lambda m: {"oà": "òa", "hòa": "hoà", "uỷ": "ủy"}[m[0]], text).translate(
            {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
        )
    return "".join(
        chr(0x1D5EE + ord(c) - 97) if "a" <= c <= "z" and random.random() < strength else c for c in text
    )


def spacing(text: str, strength: float, random: Random) -> str:
    """Spaces doubled, lost, and broken by lines."""
    parts = text.split(" ")
    made = parts[0]
    for part in parts[1:]:
        lost = random.random() < strength / 4
        made += (
            "" if lost else random.choice((" ", "  ", "\n" if random.random() < strength / 3 else " "))
        ) + part
    return made


def links(text: str, strength: float, random: Random) -> str:
    """Links put before, behind and between sentences."""
    made = text + " " + random.choice(_LINKS)
    for _ in range(int(strength * 5)):
        made = random.choice(_LINKS) + " " + made
    return made


def tracking(text: str, strength: float, random: Random) -> str:
    """Links with tracking parameters."""
    return text + "".join(
        f" {random.choice(_LINKS)}{random.choice(_TRACKING)}" for _ in range(1 + int(strength * 4))
    )


def emoji(text: str, strength: float, random: Random) -> str:
    """Emoji between words."""
    return "".join(
        w + (" " + random.choice(_EMOJI) if random.random() < strength else "") + " " for w in text.split()
    )


def hashtags(text: str, strength: float, random: Random) -> str:
    """Tags behind and before."""
    tags = random.sample(_TAGS, 1 + int(strength * 6))
    return " ".join([*tags[5:], text, *tags[:5]])


def diacritics(text: str, strength: float, random: Random) -> str:
    """Marks left off some words, or all."""
    chance = {0.1: 0.3, 0.3: 0.7}.get(strength, 1.0)
    return " ".join(_bare(w) if random.random() < chance else w for w in text.split())


def repeated(text: str, strength: float, random: Random) -> str:
    """Letters drawn out."""
    return "".join(
        c * random.randint(2, 5) if c.isalpha() and random.random() < strength / 3 else c for c in text
    )


def spaced(text: str, strength: float, random: Random) -> str:
    """Words s p e l l e d  o u t, or broken by dots."""
    return " ".join(
        random.choice((" ", ".", "-")).join(w)
        if len(w) > 2 and w.isalpha() and random.random() < strength
        else w
        for w in text.split()
    )


def homoglyphs(text: str, strength: float, random: Random) -> str:
    """Letters of other scripts that look the same."""
    return "".join(_TWINS[c] if c in _TWINS and random.random() < strength else c for c in text)


def leet(text: str, strength: float, random: Random) -> str:
    """Digits for letters, one a word."""
    return " ".join(
        _leet(w, random) if w.isalpha() and random.random() < strength else w for w in text.split()
    )


def zero_width(text: str, strength: float, random: Random) -> str:
    """Invisible characters inside words."""
    return "".join(
        c + (random.choice("\u200b\u200c\u200d\u2060") if random.random() < strength else "") for c in text
    )


def teencode(text: str, strength: float, random: Random) -> str:
    """Chat spellings for standard words."""
    chance = {0.1: 0.3, 0.3: 0.6}.get(strength, 1.0)
    if strength > 0.5:
        text = re.sub(r"(?<=[ôưươăâuo])ng(?!\w)", "g", text)
    for standard, short in _CHAT.items():
        pattern = rf"(?<!\w){standard}(?!\w)" if len(standard) > 2 and " " not in standard[-1:] else standard
        if standard == "ph" and strength < 0.5:
            continue
        text = re.sub(pattern, lambda m, s=short: s if random.random() < chance else m[0], text)  # type: ignore[misc]
    return text


def frames(text: str, strength: float, random: Random) -> str:
    """What people put around what they pass on."""
    made = f"{random.choice(_BEFORE)} {text}" if strength != 0.1 or random.random() < 0.5 else text
    for phrase in random.sample(_AFTER, 1 + int(strength * 3)):
        made = f"{made} {phrase}"
    return made


def credit(text: str, strength: float, random: Random) -> str:
    """Who is named as the source."""
    return f"{text}\n{random.choice(_CREDITS)}" + (f"\n{random.choice(_CREDITS)}" if strength > 0.5 else "")


def cut_end(text: str, strength: float, random: Random) -> str:
    """The end cut off: a tenth, three tenths, six tenths of the words."""
    words = text.split()
    return " ".join(words[: round(len(words) * (1 - strength))]) + random.choice(("", "...", "…"))


def cut_start(text: str, strength: float, random: Random) -> str:
    """The beginning cut off."""
    words = text.split()
    return random.choice(("", "...", "…")) + " ".join(words[round(len(words) * strength) :])


def slips(text: str, strength: float, random: Random) -> str:
    """Slips of the finger: letters swapped or lost inside longer words."""
    return " ".join(
        _slip(w, random) if len(w) > 3 and w.isalpha() and random.random() < strength / 2 else w
        for w in text.split()
    )


def punctuation(text: str, strength: float, random: Random) -> str:
    """Signs lost, drawn out, or exchanged."""
    if strength > 0.5:
        return re.sub(r"[,.!;:]", "", text)
    return re.sub(
        r"[.!]",
        lambda m: random.choice(("!!!", "...", " .", "")),
        re.sub(",", " ," if strength > 0.2 else ",", text),
    )


def fillers(text: str, strength: float, random: Random) -> str:
    """Particles between the words."""
    return " ".join(
        w + (" " + random.choice(_FILLERS) if random.random() < strength / 4 else "") for w in text.split()
    )


def figures(text: str, strength: float, random: Random) -> str:
    """Numbers otherwise written: in words, in digits, with k and h."""
    text = re.sub(r"(\d+)\.000 đồng", r"\1k", text)
    text = re.sub(r"(\d+) giờ", r"\1h", text)
    text = re.sub(r"(\d+) triệu", r"\1tr", text)
    if strength > 0.2:
        for digit, word in _SPELLED.items():
            text = re.sub(
                rf"(?<=\w )(?<!năm ){word} (?=người|học sinh|thanh niên|chiếc|cô|xe|đối)", digit + " ", text
            )
    return text


def sentence_order(text: str, strength: float, random: Random) -> str:
    """Whole sentences in another order (a text of one sentence stays as it is)."""
    parts = re.split(r"(?<=[.!?]) ", text)
    random.shuffle(parts)
    return " ".join(parts)


KINDS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        case,
        composition,
        spacing,
        links,
        tracking,
        emoji,
        hashtags,
        diacritics,
        repeated,
        spaced,
        homoglyphs,
        leet,
        zero_width,
        teencode,
        frames,
        credit,
        cut_end,
        cut_start,
        slips,
        punctuation,
        fillers,
        figures,
        sentence_order,
    )
}


def mixed(text: str, strength: float, random: Random) -> str:
    """Two or three kinds at once, as a re-post has them."""
    names = sorted(set(KINDS) - {"cut_end", "cut_start", "sentence_order", "teencode", "spaced"})
    for name in random.sample(names, 2 if strength < 0.5 else 3):
        text = KINDS[name](text, min(strength, 0.3), random)
    return text


def _bare(word: str) -> str:
    return "".join(
        c
        for c in unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(c)
    )


def _leet(word: str, random: Random) -> str:
    places = [i for i, c in enumerate(word) if c in _LEET]
    if not places or len(word) < 3:
        return word
    at = random.choice(places)
    return word[:at] + _LEET[word[at]] + word[at + 1 :]


def _slip(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    return random.choice((word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))
