"""A text → the same without emoticons, the letters of its words together, read as letters where certain."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from dedupe.heard import numbering
from dedupe.keyed import NUMBERING, may_be_word, readings, settled
from dedupe.lexicon import fold, plain
from dedupe.lookalike import latin
from dedupe.syllable import is_syllable, is_written
from dedupe.word import Word

# Faces and hearts. `7:30`, a score, `<30` and `gồm :3 thùng` are none.
_FACES = re.compile(
    r"(?<!\d)[:;=][-'’]?(?:[)(\]\[]+(?!\w)|[dpvo](?!\w)|3(?![\w.,:/]))"
    r"|(?<!\w)(?:t[_.]t|[ou][_.][ou])(?!\w)|\^[_.]{0,2}\^|(?<!\d)>[._]{1,3}<|(?<!\w)-_+-|@@+|:\">"
    r"|(?<=[^\W\d_])haiz+(?!\w)",
    re.IGNORECASE,
)
_HEART = re.compile(
    r"(?<![<>=\d-])<3+(?![\d.,])(?!\s?(?:%|(?:[km]?g|ml|[kcm]?m|lít|k|tr|triệu|tỷ|tuổi|giờ|phút|ngày|độ|người|nghìn|ngàn)\b))"
)
# Letters or parts of a word with one sign, or wide spaces, between them.
_PARTED = re.compile(
    r"(?<![\w/|+])[^\W\d_]{1,6}(?:[/|+][^\W\d_]{1,6})+(?![\w/|+])"
    r"|(?<!\w)[^\W\d_](?:\s+[./|+~·*_’'-]\s+(?:[^\w\s]{1,3}\s+)?[^\W\d_])+(?!\w)"
    r"|(?<!\w)(?<!\d\s)[^\W\d_]{1,5}(?:\s+[.|*~·]\s+[^\W\d_]{1,5})+(?!\w)"
    r"|(?<!\w)[^\W\d_](?:[ \t]{2,}[^\W\d_])+(?!\w)"
    r"|(?<![^\W_])[^\W\d_](?:[.*_~·’'-][^\W\d_])+(?![^\W_])"
)
# Without a match nothing above finds anything.
_MAYBE_PARTED = re.compile(r"[^\W\d_][/|+.*_~·’'-][^\W\d_]|[^\W\d_]\s+[./|+~·*_’'-]\s|[^\W\d_][ \t]{2}")
# Runs of one letter; capitals may be a Roman number.
_DRAWN_OUT = re.compile(r"([a-zà-ỹđ])\1{2,}")
# Pictures between a number and what it counts, as in `2 🎉 tấn 🎉 rưỡi`.
_PICTURED = re.compile(
    r"(\d[^\W\d_]?|\b(?:tấn|triệu|tỷ|nghìn|ngàn|trăm|giờ|tan|trieu|ty|nghin|ngan|tram|gio))"
    r"\s*[\u2190-\u2bff\U0001f000-\U0001faff\u200d\ufe0f]+\s*(?=[a-zà-ỹđ])"
)
_LETTERS = re.compile(r"[^\W\d_]{2,7}")
# No amount (`5k€`, `5tr€`).
_MONEY = re.compile(r"(?<!\d)(?<!\dt)[^\W\d_]\d?[¥€£¢]")
# Between parts that may be one word: a letter of nobody (Unicode, private use).
_MAY_JOIN = "\ue010"
_JOINED = re.compile(rf"[^\W\d_]+(?:{_MAY_JOIN}[^\W\d_]+)+")
_BETWEEN = re.compile(r"[\W_]+")
_MAYBE_KEYED = re.compile(r"[^\W\d_][0-9@$!|+]|[0-9@$|+(][^\W\d_]")
_TOKEN = re.compile(r"[@$|+(]?[^\W_]+(?:[@$!|+(][^\W_]+)*[@$|+(]?")
_KEYS = re.compile(r"[0-9@$!|+(]")
# Of these at the edge of a word nobody can say whether they are letters of it.
_UNLIKELY = re.compile(r"[2689@$!|+(]$|^[2689@$!|+(]")
# Readings of these are certain in any letters: numbers are read by them.
_SCALING = frozenset({"tram", "nghin", "ngan", "trieu", "chieu", "gio"})


def without_faces(text: str) -> str:
    """A text without emoticons and hearts of signs."""
    return _HEART.sub(" ", _FACES.sub(" ", text))


def money_as_letters(text: str) -> str:
    """A text with signs of money behind a letter (`ngà¥`) as the letters that they are drawn like."""
    return _MONEY.sub(lambda found: latin(found[0]), text) if _MONEY.search(text) else text


def exclaimed(word: Word) -> Word:
    """A word before an exclamation mark behind which the sentence goes on (`cá! trong kho`)."""
    token = f"{word.marked or word.plain}!"
    return replace(word, raw=token) if not word.raw and readings(token) else word


def put_together(text: str) -> str:
    """A text with the letters of a word together that signs or wide spaces part."""
    return _PARTED.sub(_together, text) if _MAYBE_PARTED.search(text) else text


def read_keys(text: str) -> str:
    """A text with digits and signs in words read as letters, where a token can be nothing else.

    Beside numbers, what they are read by is written out, however it was typed, and nothing stands between.
    """
    text = _DRAWN_OUT.sub(r"\1", text)
    if _MAYBE_KEYED.search(text):
        text = _TOKEN.sub(_read, text)
    if any(map(str.isdigit, text)):
        text = _PICTURED.sub(r"\1 ", text)
        if any(map(_numbering, _LETTERS.findall(text.lower()))):
            text = _LETTERS.sub(_written_out, text)
    return text


def _written_out(found: re.Match[str]) -> str:
    """A word by which numbers are read that was keyed or typed by ear; others as they are."""
    word = _numbering(found[0].lower())
    return _cased(word, found[0]) if word else found[0]


@lru_cache(maxsize=1 << 14)
def _numbering(word: str) -> str:
    if is_written(word):
        return ""
    keyed = settled(word)
    return keyed if keyed in NUMBERING else numbering(word)


def keyed_tokens(text: str) -> list[tuple[int, int, str]]:
    """Where tokens with digits or signs stand that may be words: (start, stop, the token in lower case)."""
    found = []
    if _MAY_JOIN in text:
        for token in _JOINED.finditer(text):
            found.append((token.start(), token.end(), token[0].replace(_MAY_JOIN, "").lower()))
    if not _MAYBE_KEYED.search(text):
        return found
    for token in _TOKEN.finditer(text):
        raw = token[0].lower()
        if _KEYS.search(raw) and not raw.isdigit() and not _coded(token) and may_be_word(raw):
            found.append((token.start(), token.end(), raw))
    return found


def _together(found: re.Match[str]) -> str:
    """The parts of one word as one; anything else as it is."""
    parts = _BETWEEN.split(found[0])
    joined = "".join(parts).lower()
    if not is_syllable(plain(fold(joined))) or any(part[0].isupper() for part in parts[1:] if len(part) > 1):
        return found[0]
    sure = is_written(joined) if not joined.isascii() else len(joined) > 2
    if sure and not all(is_syllable(plain(fold(part))) for part in parts):
        return "".join(parts)
    return _MAY_JOIN.join(parts) if "/" in found[0] or "|" in found[0] or "+" in found[0] else found[0]


def _coded(token: re.Match[str]) -> bool:
    """Whether a token is a code (`7A1`, `B4`, `SH150i`), or a part of a number, a date or a tag."""
    text, start, stop = token.string, token.start(), token.end()
    capitals = [c for c in token[0] if c.isalpha()]
    if all(map(str.isupper, capitals)) and (len(capitals) > 1 or start) and any(map(str.isdigit, token[0])):
        return True
    before, behind = text[max(0, start - 2) : start], text[stop : stop + 2]
    part = before[-1:] in {".", ",", ":", "/", "-"} and before[:1].isdigit()
    return part or before[-1:] == "#" or (behind[:1] in {".", ",", ":", "/"} and behind[1:].isdigit())


def _read(found: re.Match[str]) -> str:
    """A token as the one word that it can be; else as it is."""
    token = found[0]
    lower = token.lower()
    if not _KEYS.search(lower) or lower.isdigit() or _coded(found):
        return token
    ways = readings(lower)
    if len(ways) == 1 and _certain(lower, *ways[0]):
        return _cased(ways[0][0], token)
    word = "" if ways else settled(lower)
    return _cased(word, token) if word else token


def _certain(token: str, word: str, vowel: bool) -> bool:
    """Whether a token is nothing but the one syllable that it may stand for."""
    if not vowel and not is_written(word):
        return False
    inside = token[0].isalpha() and token[-1].isalpha()
    signs = not any(map(str.isdigit, token))
    if fold(word) in _SCALING and token[-1].isalpha():
        return True
    if inside:
        return signs or not token.isascii()
    letters = sum(map(str.isalpha, token))
    likely = letters > 1 and 2 * letters >= len(token) and not _UNLIKELY.search(token)
    if likely and not token.isascii() and not is_written(token.strip("013457")):
        return True
    rest = token.strip("0123456789@$!|+(")
    return not is_syllable(plain(fold(rest))) and len(rest) > 1 and not token.isascii() and token[0] != "("


def _cased(word: str, token: str) -> str:
    letters = [c for c in token if c.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word.capitalize() if letters[0].isupper() and token[0].isupper() else word
