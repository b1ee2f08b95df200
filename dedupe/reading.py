"""A text → its reading: the words that a comparison aligns, and the shingles that it counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import pairwise

from dedupe.amounts import SIGNS, spelt
from dedupe.figures import in_words, noughts
from dedupe.keyed import settled
from dedupe.lexicon import chat_spellings, fold, marked_spellings, meanings, plain, respelt, squeeze
from dedupe.lookalike import latin, lookalikes
from dedupe.noise import exclaimed, keyed_tokens, money_as_letters, put_together, read_keys, without_faces
from dedupe.normal import forms, unleet, without_addresses
from dedupe.numerals import numbered, signed
from dedupe.page import bare
from dedupe.sketch import shingles
from dedupe.syllable import is_syllable, is_written, split, split_written
from dedupe.word import JOINED, Word

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# Where a page cut a post in the middle of a word to hide the rest ("tron...g").
_BROKEN = re.compile(r"(?<=[^\W\d_])\.{3}(?=[a-zà-ỹđ])|(?<=\s)\.{3}(?=[a-zà-ỹđ])")
# A link without its scheme (`youtu.be/abc`): no other word has a dot and then a slash.
_PATHED = re.compile(r"(?<![\w.])(?:[a-z0-9-]+\.)+[a-z]{2,6}/\S+", re.IGNORECASE)
# What a page puts behind a post that it shows in part.
_READ_ON = re.compile(
    r"(?:[.!?…]|\n)\s*(?:(?:xem|đọc|hiển thị) (?:thêm|tiếp)|ẩn bớt|thu gọn|see (?:more|less))\W*$",
    re.IGNORECASE,
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LOOSE = re.compile("[\u0300-\u036f]")
_PICTURES = "[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_SENTENCE = re.compile(rf"[.!?…;]+(?=[\"”’')\]]*(?:\s|$|{_PICTURES}))|\n+|[!?…]+|(?<=\w)\.{{2,}}")
_TWO_DIGITS = re.compile(r"\d\d")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?84[ .-]?|0)\d{1,4}(?:[ .-]?\d{2,4}){1,3}(?!\d)")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*[^\W\d_]+\d*|\d+(?:[.,:/-]\d+)*|[^\W_]+(?:[.*_'’`·~^•-][^\W_]+)*")
_CLAUSE = re.compile(r"[^,]+")
_PAUSE = re.compile(r"[\s\"”’)\]]*([,:]|" + _PICTURES + ")")
_PAUSES = re.compile(f"[,:]|{_PICTURES}")
_JOINS = re.compile(r"[.*_'’`·~^•-]")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-4]):[0-5]\d")
_RUN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_LETTERS = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*]){2,}[^\W\d_](?![^\W_])")
_ATTACHED = re.compile(
    r"(\d+(?:[.,]\d+)*)(k|tr|triệu|trieu|nghìn|ngàn|nghin|ngan|tỷ|tỉ|ty|ti|h|g|gr|gram|giờ|gio|p|ph|t|đ|d|vnđ|vnd"
    r"|m|km|cm|mm|kg|ha|củ)(\d*)",
    re.IGNORECASE,
)
_SUFFIXES = {
    "k": "nghìn",
    "tr": "triệu",
    "ty": "tỷ",
    "ti": "tỷ",
    "tỉ": "tỷ",
    "gr": "gam",
    "gram": "gam",
    "h": "giờ",
    "g": "giờ",
    "p": "phút",
    "ph": "phút",
    "đ": "đồng",
    "d": "đồng",
    "vnđ": "đồng",
    "vnd": "đồng",
    "m": "mét",
    "kg": "kg",
}
# Figures of a name in capitals (`SH150i`): no digit of them stands for a letter.
_CODE = re.compile(r"[A-Z][^\W_]*(?:[1-9]\d|\d[1-9])")
# Under this nobody counts in đồng: points or degrees are meant as well.
_LEAST_DONG = 100
_LAST_HOUR = 24
_TONES = set("\u0300\u0301\u0303\u0309\u0323")
# Unmarked typing has next to none, marked typing 0.2-0.3 (measured on the sets of tests/bench/copies.py).
MARKED = 0.08
# A clause of so many words and one without a mark is typed without marks.
BARE = 2


class Reading:
    """What two texts are compared by."""

    def __init__(self, text: str, letters: bytes | None = None) -> None:
        self.text = text
        self._letters = letters

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The text's words in order."""
        return tuple(_words(self.text))

    @cached_property
    def shingles(self) -> frozenset[bytes]:
        """Character shingles of its letters."""
        return frozenset(shingles(forms([self.text])[0].letters if self._letters is None else self._letters))


def read(texts: Sequence[str]) -> list[Reading]:
    """Read texts for comparison; their letters in one pass, their words when first asked for."""
    return [Reading(text, form.letters) for text, form in zip(texts, forms(texts), strict=True)]


def _words(text: str) -> list[Word]:
    shown = read_keys(without_addresses(put_together(bare(_visible(text))), keep_tags=True))
    shown = _READ_ON.sub("…", _PATHED.sub(" ", shown)).replace("%", " phần trăm ")
    marked = _is_marked(shown)
    shown = in_words(shown, marked)
    found: list[Word] = []
    begin = 0
    for end in [*_SENTENCE.finditer(shown), None]:
        stop = end.start() if end else len(shown)
        sentence = _sentence(shown[begin:stop], marked)
        if sentence:
            asked = end is not None and "?" in end[0]
            found += _edged(sentence, asked)
            if end is not None and end[0] == "!" and shown[stop + 1 : stop + 3].strip().islower():
                found[-1] = exclaimed(found[-1])
        elif end is not None and "?" in end[0] and found:
            found[-1] = replace(found[-1], asked=True)
        begin = end.end() if end else stop
    return found


def _is_marked(text: str) -> bool:
    """Whether a text is typed with diacritics: in marked Vietnamese a quarter of all letters carry one."""
    letters = sum(map(str.isalpha, text))
    return sum(map(str.isalpha, _BEYOND_ASCII.findall(text))) > MARKED * letters


def _edged(words: list[Word], asked: bool) -> list[Word]:
    first = words[0]
    words[0] = first.changed(name=first.number and first.name, first=True)
    words[-1] = words[-1].changed(last=True, asked=asked)
    return words


def _visible(text: str) -> str:
    """Composed, without invisible characters, letters of other scripts as the Latin ones they look like."""
    text = text.replace("‼", "").replace("⁉", "")
    text = without_faces(_HIDDEN.sub("", unicodedata.normalize("NFKC", text.replace("º", "°"))))
    text = spelt(noughts(_BROKEN.sub("", money_as_letters(text))))
    if not text.isascii() and not lookalikes().keys().isdisjoint(unicodedata.normalize("NFD", text)):
        text = noughts(latin(text))
    if _LOOSE.search(text):
        text = "".join(c for c in text if not unicodedata.combining(c))
    return text


def _sentence(text: str, marked: bool) -> list[Word]:
    if _TWO_DIGITS.search(text):
        text = _TELEPHONE.sub(lambda m: _telephone(m[0]), text)
    text = _LETTERS.sub(lambda m: re.sub(r"[ .\-_*]", "", m[0]), text)
    found = list(_PIECE.finditer(text))
    pieces = [_pieces(each[0]) for each in found]
    cased = text.islower() or _cased([p for parts in pieces for p in parts if not p[0].isdigit()])
    pauses = _PAUSES.search(text) is not None
    bare_clauses = _bare_clauses(text) if marked else []
    words: list[Word] = []
    keyed = keyed_tokens(text)
    for each, parts in zip(found, pieces, strict=True):
        begin = len(words)
        known = marked and not (bare_clauses and any(a <= each.start() < b for a, b in bare_clauses))
        for piece in parts:
            words += _word(piece, cased, known)
        if keyed:
            _note_keyed(words, begin, each, keyed)
        sign = SIGNS.get(text[each.start() - 1]) if each.start() and words else None
        if sign:
            words[-len(parts)] = signed(words[-len(parts)], sign)
        if not pauses:
            continue
        behind = text[each.end() : each.end() + 2]
        if behind.isalpha() or (behind[:1] == " " and behind[1:].isalpha()):
            continue
        pause = _PAUSE.match(text, each.end())
        if pause and words:
            words[-1] = words[-1].changed(pause=pause[1])
    return numbered(words)


def _note_keyed(
    words: list[Word], begin: int, piece: re.Match[str], keyed: Sequence[tuple[int, int, str]]
) -> None:
    """Notes in words from `begin` on the token that their piece is of, if it may be one word."""
    for start, stop, token in keyed:
        if start <= piece.start() < stop:
            opens = piece.start() <= start + 1 and not (piece.start() > start and token[0].isalnum())
            for at in range(begin, len(words)):
                word = words[at]
                shown = (
                    "" if word.marked.isascii() and not word.number else word.marked
                )  # `N3u` has lost its marks
                words[at] = replace(word, marked=shown, raw=token if opens and at == begin else JOINED)


def _bare_clauses(text: str) -> list[tuple[int, int]]:
    """Where clauses of a text that is typed with marks are typed without, as what is put beside it may be."""
    return [m.span() for m in _CLAUSE.finditer(text) if m[0].isascii() and m[0].strip().count(" ") >= BARE]


def _cased(letters: Sequence[str]) -> bool:
    """Whether a sentence's capitals say something: it is neither shouted nor written as a title."""
    shouted = len(letters) > 2 and sum(p.isupper() for p in letters) > len(letters) / 2
    titled = len(letters) > 4 and sum(p[0].isupper() for p in letters) > 0.8 * len(letters)
    return not (shouted or titled)


def _telephone(found: str) -> str:
    digits = re.sub(r"\D", "", found)
    if len(digits) == 11 and digits.startswith("84"):
        digits = "0" + digits[2:]
    return digits if 9 <= len(digits) <= 11 else found


def _pieces(found: str) -> list[str]:
    """One match → its words: joined where dots only break up a word, apart where they stand between words."""
    if found.isalpha():
        return [found]
    if found[0].isdigit() and not any(c.isalpha() for c in found):
        return _figures(found)
    attached = _ATTACHED.fullmatch(found)
    if attached:
        return _attached(*attached.groups())
    if _JOINS.search(found):
        parts = _JOINS.split(found)
        joined = "".join(parts)
        whole = is_syllable(plain(fold(joined))) or any(
            not is_syllable(fold(p)) and len(p) < 3 for p in parts
        )
        return [joined] if whole and not joined[0].isdigit() else [w for p in parts for w in _pieces(p) if p]
    if any(c.isdigit() for c in found):
        folded = squeeze(fold(found))
        read = folded if _CODE.search(found) or not found.isascii() else unleet(folded)
        foreign = read.isalpha() and not _TWO_DIGITS.search(found)
        sure = is_syllable(plain(read)) or read in chat_spellings() or foreign
        read = read.capitalize() if found[0].isupper() else read
        return [read] if read.lower() != folded and sure else _RUN.findall(found)
    return [found]


def _figures(found: str) -> list[str]:
    """`1.200.000` → one number; `5/10/2024`, `7:30`, `15-20` → several; a telephone number → one."""
    digits = re.sub(r"\D", "", found)
    if len(digits) >= 9 and found[0] == "0":
        return [digits]
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", found):
        return [digits]
    if _CLOCK.fullmatch(found):
        hour, minutes = found.split(":")
        return [hour, "giờ", *([minutes] if minutes != "00" else [])]
    if re.fullmatch(r"\d+[.,]\d+", found):
        return [found.replace(",", ".")]
    return re.findall(r"\d+", found)


def _attached(number: str, suffix: str, rest: str) -> list[str]:
    """`30k`, `1tr2`, `7h30` → the number and its unit as words."""
    unit = _SUFFIXES.get(suffix.lower(), suffix)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        number = re.sub(r"\D", "", number)
    whole = int(re.split("[.,]", number)[0])
    unit = "gam" if suffix.lower() == "g" and whole > _LAST_HOUR else unit
    unit = suffix if suffix.lower() in ("đ", "d") and whole < _LEAST_DONG else unit
    if (
        rest
        and number.isdigit()
        and suffix.lower() in {"k", "tr", "triệu", "trieu", "tỷ", "ty", "tỉ", "ti", "củ"}
    ):
        return [f"{number}.{rest}", unit]
    figures = [number.replace(",", ".")] if len(re.split("[.,]", number)) < 3 else re.findall(r"\d+", number)
    return [*figures, unit, *([rest] if rest else [])]


@lru_cache(maxsize=1 << 16)
def _word(piece: str, cased: bool, marked: bool) -> tuple[Word, ...]:
    if piece[0].isdigit():
        value = piece if "." in piece or len(piece) > 8 else (piece.lstrip("0") or "0")
        return (Word(value, piece),)
    lower = piece.lower()
    raw = "" if is_written(lower) else lower
    if raw:
        lower = settled(lower) or lower
    folded = plain(fold(lower))
    acronym = cased and len(piece) > 1 and piece.isupper() and (piece.isascii() or not is_syllable(folded))
    bare = lower.isascii() and not (cased and len(piece) == 1 and piece.isupper())
    long = (
        None if acronym else marked_spellings().get(lower) or (chat_spellings().get(folded) if bare else "")
    )
    if long:
        words = [Word(plain(w), "", raw=JOINED) for w in long.split()]
        return (replace(words[0], typed=folded, span=len(words), raw=raw), *words[1:])
    known = acronym or is_syllable(folded) or folded in meanings()
    if not known and len(folded) > 4 and len(fold(lower)) == len(lower):
        breaks = split_written(lower) if not lower.isascii() else ()
        breaks = breaks or split(fold(lower), "".join(map(_tone, lower)))
        if breaks:
            parts = [lower[a:b] for a, b in pairwise((0, *breaks, len(lower)))]
            words = [Word(plain(fold(p)), p if marked else "", raw=JOINED) for p in parts]
            return (replace(words[0], raw=raw), *words[1:])
    name = cased and piece[0].isupper()
    if not folded:
        return ()
    heard = folded if name or acronym else plain(respelt(folded))
    if heard != folded:
        return (Word(heard, "", typed=folded, raw=raw),)
    slipped = bool(raw) and lower.isascii() and is_syllable(folded)  # `khong`: it has lost its marks
    shown = lower if marked and not (acronym or slipped) else ""
    return (Word(folded, shown, name, typed=fold(lower) if acronym else "", raw=raw),)


def _tone(letter: str) -> str:
    tone = set(unicodedata.normalize("NFD", letter)) & _TONES
    return "".join(tone) or " "
