"""The fields of one row, of whatever types → a Post, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sangtin.pipeline.columns import COUNTS, Columns
from sangtin.pipeline.dates import moment_of
from sangtin.pipeline.reasons import Reason, RowError, shown
from sangtin.post import Engagement, Post, text_hash

# An entry of a PostgreSQL B-tree holds at most 2,704 bytes (its manual, B-tree indexes); 512 characters of
# 4 bytes and a source's name of 64 stay below it.
LONGEST_ID = 512
# What browsers and servers take everywhere (sitemaps.org, protocol).
LONGEST_URL = 2048
# How databases and data frames write that there is nothing; no date, count, address or thread is called so.
NOTHING = frozenset({"", "null", "none", "nan", "nat", "n/a", "<na>", "\\n"})
# How spreadsheets show a number of more than 11 digits: posts of different ids then have one.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2,}")
# A hundred times the views of the most watched video; more is an id in the wrong column.
LARGEST_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Taking:
    """How rows become posts. `present` is the time of the import, `columns` remembers what it met."""

    source: str
    author_key: Callable[[str], str]
    present: datetime
    columns: Columns


def post_of(fields: Mapping[str, object], taking: Taking) -> Post:
    """The post that the fields of a row make. RowError where they make none."""
    text = _text(fields.get("text"))
    author = _word("author", fields.get("author"))
    return Post(
        source=taking.source,
        native_id=_id(fields.get("id")) or text_hash(text),
        text=text,
        fetched_at=_moment("fetched_at", fields, taking.present),
        published_at=_moment("published_at", fields, taking.present),
        url=_url(fields.get("url")),
        author_key=taking.author_key(author) if author else None,
        thread=_thread(fields.get("thread")),
        engagement=_engagement(fields, taking.columns),
    )


def _text(value: object) -> str:
    if value is None:
        raise RowError(Reason.NO_TEXT, "the row has no text; name its column with --map text=…")
    if not isinstance(value, str):
        raise RowError(Reason.WRONG_TYPE, f"text is {_kind(value)}")
    _check("text", value)
    if not value.strip():
        raise RowError(Reason.EMPTY_TEXT, "the text is empty")
    return value


def _check(field: str, value: str) -> None:
    """Refuse what neither engine can store: NUL, and halves of characters."""
    if "\x00" in value:
        raise RowError(Reason.NUL, f"{field} holds a NUL character")
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        escaped = 0xDC80 <= code <= 0xDCFF  # how a byte that is not UTF-8 stands in a CSV row (PEP 383)
        reason = Reason.BROKEN_TEXT if escaped else Reason.SURROGATE
        raise RowError(reason, f"{field}, character {error.start + 1}") from None


def _word(field: str, value: object) -> str | None:
    """A short text or a whole number, as text; None where there is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowError(Reason.WRONG_TYPE, f"{field} is {_kind(value)}; leave it out with --map {field}=")
    word = str(value).strip()
    _check(field, word)
    return word or None


def _id(value: object) -> str | None:
    word = None if _missing(value) else _word("id", value)
    if word is not None and _ROUNDED.fullmatch(word):
        raise RowError(
            Reason.BAD_ID, f"{shown(word)} is an id that a spreadsheet rounded; or leave it out: --map id="
        )
    if word is not None and (len(word) > LONGEST_ID or not word.isprintable()):
        raise RowError(
            Reason.BAD_ID, f"{shown(word)} is longer than {LONGEST_ID} or holds control characters"
        )
    return word


def _thread(value: object) -> str | None:
    word = None if _missing(value) else _word("thread", value)
    if word is not None and (len(word) > LONGEST_ID or not word.isprintable()):
        raise RowError(
            Reason.BAD_ID, f"thread {shown(word)} is longer than {LONGEST_ID} or holds control characters"
        )
    return word


def _url(value: object) -> str | None:
    word = None if _missing(value) else _word("url", value)
    if word is None:
        return None
    if (
        not word.lower().startswith(("http://", "https://"))
        or len(word) > LONGEST_URL
        or not word.isprintable()
    ):
        raise RowError(
            Reason.BAD_URL,
            f"url {shown(word)} is no web address of {LONGEST_URL} characters; leave it out with --map url=",
        )
    return word


def _moment(field: str, fields: Mapping[str, object], present: datetime) -> datetime | None:
    value = fields.get(field)
    if _missing(value):
        return None
    return moment_of(field, value, present)


def _engagement(fields: Mapping[str, object], columns: Columns) -> Engagement:
    found = {name: _count(name, fields[name]) for name in COUNTS if name in fields}
    inner = fields.get("engagement")
    if isinstance(inner, dict):
        for name, key in columns.counts(inner).items():
            found[name] = found.get(name) if found.get(name) is not None else _count(name, inner[key])
    elif not _missing(inner):
        raise RowError(
            Reason.WRONG_TYPE, f"engagement is {_kind(inner)}; leave it out with --map engagement="
        )
    return Engagement(**found) if found else _NONE


_NONE = Engagement()


def _count(field: str, value: object) -> int | None:
    """A whole number from 0 on, also as text or with `.0`, as spreadsheets and data frames write it."""
    if _missing(value):
        return None
    if isinstance(value, str):
        digits = value.strip().removesuffix(".0")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
            raise RowError(Reason.BAD_COUNT, f"{field} {shown(value)} is no whole number")
        value = int(digits)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(Reason.WRONG_TYPE, f"{field} is {_kind(value)}; leave it out with --map {field}=")
    if not 0 <= value <= LARGEST_COUNT or value != int(value):
        raise RowError(Reason.BAD_COUNT, f"{field} {shown(value)} is no count")
    return int(value)


def _missing(value: object) -> bool:
    """Whether a value says that there is none."""
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING)


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "a text")
