"""Numbers of a sentence that may as well be left unsaid: an article's `1`, the year behind a date."""

from __future__ import annotations

import re
from dataclasses import replace

from dedupe.lexicon import entries
from dedupe.phrases import Words, listed
from dedupe.word import Word

# What is told apart by number.
NUMBERED = frozenset(["tầng", "lầu", "lớp", "tổ", "khu", "quận", "phường", "ngày", "tháng", "thứ", "số"])
NUMBERED |= {"hẻm", "kiệt", "ngõ", "tuyến"}
_YEAR = re.compile(r"(?:19|20)\d\d")
# What `typed` says of a number that may be left unsaid.
ARTICLE, YEAR, PRICE = "một", "năm", "giá"
_SEVERAL = frozenset(["cac", "nhung", "may", "nhieu", "moi", "ca", "toan", "tung", "vai", "dau", "het"])


def unsaid(words: list[Word]) -> list[Word]:
    """A sentence's words, what may be left unsaid marked so; `mỗi` behind an amount as `một`."""
    return _prices(_articles(_years(words)))


def _years(words: list[Word]) -> list[Word]:
    """Years behind a day or a month as what may be left unsaid."""
    for at in range(2, len(words)):
        year, month, day = words[at], words[at - 1], words[at - 2]
        if (
            _YEAR.fullmatch(year.plain)
            and _at_most(month, 12)
            and (_at_most(day, 31) or day.plain == "thang")
        ):
            words[at] = replace(year, typed=YEAR)
    return words


def _at_most(word: Word, most: int) -> bool:
    return word.plain.isdecimal() and len(word.plain) < 3 and 0 < int(word.plain) <= most


def _articles(words: list[Word]) -> list[Word]:
    """`1 nữ sinh` with a number that may be an article; `5 triệu mỗi người` as `5 triệu một người`."""
    for at, word in enumerate(words[:-1]):
        before, after = words[at - 1] if at else None, words[at + 1]
        if word.plain == word.marked == "1" and after.plain in entries("article") and not word.pause:
            if not (before and (before.name or before.number or before.marked in NUMBERED)):
                words[at] = replace(word, typed=ARTICLE)
        elif word.plain == "moi" and word.marked in ("", "mỗi") and after.plain in entries("each") and before:
            amount = words[at - 2] if before.plain == "dong" and at > 1 else before
            if amount.number:
                words[at] = replace(word, plain="mot", marked=word.marked and "một", typed="")
    return words


def _prices(words: list[Word]) -> list[Word]:
    """`vé 250 mà thu 400` with amounts that may be meant in thousands: behind a price, of nothing."""
    if entries("money").isdisjoint([word.plain for word in words]) and all(w.plain != "ve" for w in words):
        return words
    for at in range(1, len(words)):
        word = words[at]
        if not (word.plain.isdecimal() and 1 < len(word.plain) < 4) or words[at - 1].plain not in entries(
            "price"
        ):
            continue
        closed = at + 1 == len(words) or word.pause or listed((words[at + 1],), "behind_money")
        if closed and not words[at - 1].pause:
            words[at] = replace(word, typed=PRICE)
    return words


def same_price(one: Word, other: Word) -> bool:
    """Whether two numbers are one price, in one of which the thousands are left unsaid."""
    return any(
        bare.typed == PRICE and bare.plain.isdecimal() and said.plain == bare.plain + "000"
        for bare, said in ((one, other), (other, one))
    )


def articles_aside(one: Words, other: Words) -> tuple[Words, Words]:
    """Two stretches of words without `một` as an article: neither tells of several, nor is nothing else."""
    sides = tuple(tuple(w for w in side if w.plain != "mot" or w.marked == "mốt") for side in (one, other))
    several = any(w.plain in _SEVERAL for side in sides for w in side)
    return (one, other) if several or not all(sides) else (sides[0], sides[1])


def may_go(word: Word) -> bool:
    """Whether a number says nothing that its coming or going changes: an article, a date's year."""
    return word.typed in (ARTICLE, YEAR)
