"""A post's original text → its normal forms: NFC, tone marks, folded letters, tokens, what models read.

The only place where normal forms are derived. Every function is total: any string, lone surrogates
and all, has a normal form, and the form of a form is itself.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from typing import NamedTuple

# Part of every model's name of its reader and of every index: change a rule, change the version.
NORMALISER = "reader-1"
TOKENISER = "tokens-1"

# Lucene's whitespace tokenizer cuts tokens at 255 characters, so ours end well before
# (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/analysis-whitespace-tokenizer.html).
LONGEST_TOKEN = 100

# Tone marks stand on the second vowel of oa, oe, uy (hoà, khoẻ, thuỷ), as PhoBERT's training text has them
# (https://github.com/VinAIResearch/BARTpho/blob/main/VietnameseToneNormalization.md).
_TONED = ("àáảãạ", "èéẻẽẹ", "òóỏõọ", "ùúủũụ", "ỳýỷỹỵ")
_PLAIN = "aeouy"

# Written by us from everyday chat: only spellings with one likely reading as a word of its own
# (bare k, t, c, a, ca, dk, hs, kg, nh have several and are left alone).
_TEENCODE = """
không: ko hok hong hông hem khum khom hôk kô
được: đc dc đk đx
vậy: zậy dậy
với: vs zới
rồi: r rùi ròi gòi gồi
biết: bít bik bjt
gì: j gj
người: ng ngừi
nhiều: nhìu
những: nhg
luôn: lun
trong: trg
trước: trc trk
quá: wá qá
yêu: iu iêu
thôi: thui
chồng: ck
vợ: vk
em: e
mình: mk mik mìn
bạn: bn
trời: chời
buồn: bùn
muốn: mún
thích: thik thít
đi: đy
viết: vít
facebook: fb
nhắn tin: ib inbox
điện thoại: đt
số điện thoại: sđt sdt
giáo viên: gv
nhân viên: nv
"""

# Written by us: what an emoji or emoticon says, in a word that a vocabulary of Vietnamese news knows;
# PhoBERT's has no emoji, so that without this all of them read alike.
_EMOJI = """
cười: 😂 🤣 😆 😁 😄 😃 😀 😹 😅 😝 😜 😛 🤪
vui: 😊 🙂 😇 😉 😎 🤗 😋 ☺ 😌 😺
yêu: ❤ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💖 💗 💓 💕 💞 💘 💝 😍 🥰 😘 😻 💋 ♥ 😚 😙
thích: 👍 👌 💪 ✌ 🤝 👏 🙌 🤩 🤟
chúc_mừng: 🎉 🎊 🥳 🎂 🎁 🏆 🥇
cảm_ơn: 🙏
khóc: 😭 😢 🥺 😿 😪
buồn: 😞 😔 😟 🙁 ☹ 😩 😫 😥 😓 💔 😣 😖
tức_giận: 😡 😠 🤬 😤 👿 💢 😾
chê: 👎 🤮 🤢 💩 🤡 🖕 😒 🙄 😏 😑 😐 🤦
sợ: 😱 😨 😰 😧 🙀 😬 🥶
ngạc_nhiên: 😮 😲 😯 😳 🤯 😦
suy_nghĩ: 🤔 🤷 🧐 🤨
cảnh_báo: ⚠ 🚨 ‼ ❗ ❌ 🚫 ⛔ 🆘
nóng: 🔥 💥 ⚡
tiền: 💰 💵 💸 🤑 💲 💳
điện_thoại: 📞 ☎ 📱 📲
chỉ: 👉 👇 👆 👈 ➡ ⬇ 📌 ✅ ✔ ☑ 🔴 🔹 🔸 ⭐ 🌟 ✨
"""
# Each with what may not stand before it: `10:3` and `x:D` hold none.
_EMOTICONS = (
    ("cười", r"[\d:=]", r"[:=]-?\){2,}|=\)"),
    ("cười", r"[\w:=]", r":D+"),
    ("vui", r"[\d:=]", r":-?\)|\^_*\^"),
    ("vui", r"[\w:=]", r":3"),
    ("yêu", r"<", r"<3+"),
    ("khóc", r"[\d:=]", r"[:=]'\(+"),
    ("khóc", r"[\w:=]", r"T[_.]T"),
    ("buồn", r"[\d:=]", r"[:=]-?\(+"),
)

# Digits in runs of six or more identify people (telephones, accounts); six is the shortest service number
# with an area code that the training sets mask.
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5,}")
_ADDRESS = re.compile(
    r"(?P<url>(?:https?://|www\.)(?P<host>[^\s/?#<>\"]+)[^\s<>\"]*)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<user>(?<!\w)@(?!mail\b)[\w.]*\w)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
# What an emoji may carry: the form it is shown in, a colour of skin, a sex.
_TINT = "(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d?[♀♂]\ufe0f?)"


class Token(NamedTuple):
    """One word or number of a text, in two forms; `start` and `end` are offsets into the original string."""

    marked: str
    folded: str
    start: int
    end: int


def nfc(text: str) -> str:
    """Unicode's composed form (UAX 15), in which every normal form here is written."""
    return unicodedata.normalize("NFC", text)


@functools.cache
def _tone_pairs() -> tuple[re.Pattern[str], dict[str, str]]:
    """The spellings with the tone mark on the first vowel, each with its other spelling."""
    pairs: dict[str, str] = {}
    for first, second in ((2, 0), (2, 1), (3, 4)):
        for tone in range(5):
            old, new = _TONED[first][tone] + _PLAIN[second], _PLAIN[first + 0] + _TONED[second][tone]
            for upper in (str, str.upper):
                pairs[upper(old)] = upper(new)
            pairs[old.capitalize()] = new.capitalize()
            pairs[old[0] + old[1].upper()] = new[0] + new[1].upper()
    return re.compile("|".join(pairs)), pairs


def place_tones(text: str) -> str:
    """NFC with the tone mark of oa, oe and uy on the second vowel: `hòa` → `hoà`, `thủy` → `thuỷ`."""
    pattern, pairs = _tone_pairs()
    return pattern.sub(lambda found: pairs[found[0]], nfc(text))


def strip_marks(text: str) -> str:
    """The text without tone marks, hats and horns, case kept; đ becomes d: `Đường Huế` → `Duong Hue`."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[0] != "M")
    return nfc(bare.replace("đ", "d").replace("Đ", "D"))


def fold(text: str) -> str:
    """Lower case without marks, compatibility letters made plain: `𝐓𝐢𝐧 NÓNG` → `tin nong`."""
    for _ in range(4):  # UAX 15 and case folding reach a fixed point in at most three rounds
        folded = strip_marks(unicodedata.normalize("NFKC", text).casefold())
        if folded == text:
            break
        text = folded
    return text


@functools.cache
def _inside_words() -> str:
    """What may stand inside a word without being a letter: marks and invisible characters, as a class."""
    ranges: list[list[int]] = []
    for code in (*range(0x20000), *range(0xE0000, 0xE0200)):
        if unicodedata.category(chr(code)) not in {"Mn", "Mc", "Me", "Cf"}:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in ranges)


@functools.cache
def _chunks() -> re.Pattern[str]:
    """Words (letters) and numbers (digits, and thousands with their dots) in an original text."""
    inside = _inside_words()
    letters = rf"[^\W\d_](?:[^\W\d_]|[{inside}])*"
    digits = rf"\d(?:\d|[{inside}])*"
    return re.compile(rf"{letters}|{digits}(?:[.,]\d{{3}}(?!\d))*")


@functools.lru_cache(maxsize=1 << 17)
def _forms(chunk: str) -> tuple[str, str]:
    """A chunk's marked and folded forms; both empty where nothing searchable is left."""
    keep = str.isdecimal if chunk[0].isdecimal() else str.isalpha
    marked = chunk
    for _ in range(4):
        form = place_tones(unicodedata.normalize("NFKC", marked).casefold())
        form = nfc("".join(c for c in form if keep(c)))
        if form == marked:
            break
        marked = form
    marked = marked[:LONGEST_TOKEN]
    folded = "".join(c for c in fold(marked) if keep(c))[:LONGEST_TOKEN]
    return (sys.intern(marked), sys.intern(folded)) if folded else ("", "")


def tokens(text: str) -> list[Token]:
    """The searchable words and numbers of a text, in order, with offsets into the text as it is.

    Letters and digits make separate tokens; `1.250.000đ` → `1250000`, `đ`; `tp.hcm` → `tp`, `hcm`;
    signs, emoji and underscores separate; marks and invisible characters inside a word do not.
    No form is empty, holds white space, or is longer than 100 characters.
    """
    found = []
    for match in _chunks().finditer(text):
        marked, folded = _forms(match[0])
        if folded:
            found.append(Token(marked, folded, match.start(), match.end()))
    return found


def spaced_forms(text: str) -> tuple[str, str]:
    """The marked and the folded forms of all tokens, each joined by single spaces, for an index."""
    forms = [form for form in map(_forms, _chunks().findall(text)) if form[1]]
    return " ".join([form[0] for form in forms]), " ".join([form[1] for form in forms])


@functools.cache
def _teencode() -> tuple[re.Pattern[str], dict[str, str]]:
    """Links, which stay, and chat spellings as whole words; the word that each spelling stands for."""
    lines = (line.split(": ") for line in _TEENCODE.strip().splitlines())
    words = {short: word for word, shorts in lines for short in shorts.split()}
    return re.compile(rf"https?://\S+|(?<![\w#@.])(?:{'|'.join(words)})(?!\w)", re.IGNORECASE), words


def spell_out(text: str) -> str:
    """NFC with common chat spellings written out: `ko bít j` → `không biết gì`. Links, handles, tags stay."""
    pattern, words = _teencode()
    return pattern.sub(lambda found: words.get(found[0].lower(), found[0]), nfc(text))  # `İb` is no `ib`


@functools.cache
def _emoji() -> tuple[re.Pattern[str], dict[str, str]]:
    """Runs of one emoji or emoticon; the word of each emoji, and of each group that holds emoticons."""
    lines = (line.split(": ") for line in _EMOJI.strip().splitlines())
    words = {sign: word.replace("_", " ") for word, signs in lines for sign in signs.split()}
    shown = f"(?P<emoji>[{''.join(words)}]){_TINT}*(?:\\s*(?P=emoji){_TINT}*)*"
    typed = [
        f"(?P<typed{number}>(?<!{before})(?:{signs})+(?![\\w(]))"
        for number, (_word, before, signs) in enumerate(_EMOTICONS)
    ]
    words |= {f"typed{number}": word for number, (word, _before, _signs) in enumerate(_EMOTICONS)}
    return re.compile("|".join([shown, *typed])), words


def name_emoji(text: str) -> str:
    """Common emoji and emoticons as the word that each stands for, once a run: `đẹp 😍😍` → `đẹp yêu`."""
    pattern, words = _emoji()
    named = pattern.sub(lambda found: f" {words[found['emoji'] or found.lastgroup or '']} ", text)
    return _SPACE.sub(" ", named).strip() if named != text else text


def _placeholder(found: re.Match[str]) -> str:
    """What a model reads for an address: the host of a link (a short link is a sign), no one's name."""
    if host := found["host"]:
        return "http://" + re.sub(r"^(?:www\.)+", "", host.lower())
    return "@mail" if found["mail"] else "@user"


def reader_form(text: str) -> str:
    """What models read: NFC, tone marks placed, one space between words, nothing invisible.

    Links are cut to their host, e-mail addresses become `@mail`, handles `@user`, and every digit of
    a number of six or more digits becomes 0; case, emoji, tags and punctuation stay. Changing this
    changes NORMALISER: a model reads only the form it was trained on.
    """
    form = _once(text)
    if "@" in form or "http://" in form:  # what stands for an address may join what follows to another one
        for _ in range(8):  # no text of 120,000 made to be hostile took more
            again = _once(form)
            if again == form:
                break
            form = again
    return form


def _once(text: str) -> str:
    """One round of `reader_form`; nearly every text needs no other."""
    line = _SPACE.sub(" ", place_tones(_without_invisible(text))).strip()
    line = _ADDRESS.sub(_placeholder, line)
    return _LONG_NUMBER.sub(lambda found: re.sub(r"\d", "0", found[0]), line)


def word_form(text: str) -> str:
    """What models read that know words: `reader_form` with chat spellings written out and emoji named."""
    plain = form = reader_form(text)
    for _ in range(8):  # an emoji inside a link parts it in two; no text of the fuzz test took over three
        again = reader_form(name_emoji(spell_out(form)))
        if again == form:
            return form
        form = again
    return plain  # so that the form of the form is itself, whatever the text


def _without_invisible(text: str) -> str:
    if text.isprintable():  # most are, and it is quick to know
        return text
    return "".join(c if unicodedata.category(c) not in {"Cf", "Cc", "Cs"} else _blank(c) for c in text)


def _blank(character: str) -> str:
    """A control character that is white space becomes a space; everything else invisible goes."""
    return " " if character.isspace() else ""
