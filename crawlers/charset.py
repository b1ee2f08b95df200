"""Bytes of a document → its characters, whatever its headers claim."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from crawlers.trouble import FeedError, Trouble

# Byte order marks, longest first: the UTF-32 one begins with the UTF-16 one.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0, appendix F: "<?" without a mark, in two bytes a character.
UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# Names that Python knows as text encodings but no feed may choose (punycode is quadratic, unicode_escape
# makes characters out of ASCII) are kept out by naming those that may.
ALLOWED = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|ascii|cp125[0-8]|iso8859-\d+|koi8-[ru]|gb2312|gbk|gb18030"
    r"|big5|euc_jp|shift_jis|euc_kr"
)
# The WHATWG encoding standard reads both as windows-1252, as every browser does.
WESTERN = {"iso8859-1": "cp1252", "ascii": "cp1252"}
# At most one unreadable character in ten beyond ASCII: a cut or a stray byte, not another encoding.
TOLERATED = 10


def decode(body: bytes, declared: str | None = None) -> tuple[str, int]:
    """Characters of a document, and how many of them could not be read (now U+FFFD).

    A byte order mark decides; then UTF-8, if the bytes are valid UTF-8, for most wrong declarations hide
    UTF-8; then `declared` (the HTTP charset), then the XML declaration. Raises FeedError where none fits.
    """
    for mark, name in MARKS:
        if body.startswith(mark):
            return _first(body[len(mark) :], [name])
    for start, name in UNMARKED:
        if body.startswith(start):
            return _first(body, [name])
    try:
        return body.decode("utf-8"), 0
    except UnicodeDecodeError:
        return _first(body, list(dict.fromkeys(_names(body, declared))))


def _names(body: bytes, declared: str | None) -> Iterator[str]:
    """The encodings that the document may be in, by its own word, most trusted first."""
    found = DECLARED.match(body)
    for claim in (declared, found[1].decode("ascii") if found else None):
        if claim:
            yield known(claim)
    yield "utf-8"


def known(claim: str) -> str:
    """Python's name of an encoding. Raises FeedError where it knows none, or none that holds text."""
    try:
        name = codecs.lookup(claim).name
    except (LookupError, ValueError):
        name = ""
    if not ALLOWED.fullmatch(name):
        raise FeedError(Trouble.CHARSET, f"declares the encoding {claim!r}, which is not known here")
    return WESTERN.get(name, name)


def _first(body: bytes, names: list[str]) -> tuple[str, int]:
    for name in names:
        if found := _tolerant(body, name):
            return found
    claims = ", ".join(names)
    raise FeedError(Trouble.CHARSET, f"its bytes are not text in what it claims to be ({claims})")


def _tolerant(body: bytes, name: str) -> tuple[str, int] | None:
    """The text, if nearly all of it can be read in this encoding."""
    text = body.decode(name, errors="replace")
    bad = text.count("\ufffd")
    beyond = sum(character > "\x7f" for character in text) if bad else 0
    return (text, bad) if bad * TOLERATED <= beyond else None
