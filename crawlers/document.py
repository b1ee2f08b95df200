"""Characters of a feed → an XML tree, with what had to be mended; no DTD is read, no entity expanded."""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from crawlers.charset import decode
from crawlers.trouble import FeedError, Trouble

# XML 1.0 section 2.2: what no document may hold.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DECLARATION = re.compile(r"<\?xml\b[^>]*\?>")
# Outside CDATA: named references, and the `&` and `<` of plain text ("R&B", "3 < 5", "?a=1&b=2").
LOOSE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]{0,40});|&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)"
    r"|<(?![A-Za-z_/!?])",
    re.DOTALL,
)
XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# Halves of UTF-16 pairs written as references: what JavaScript makes of an emoji, and never valid XML.
HALVES = re.compile(r"(?:&#(?:x0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*(?:5529[6-9]|55[3-9]\d\d|5[67]\d{3}));)+")
DOCTYPE_PARTS = re.compile(r"""["'\[\]>]|<!--""")
# What a page's head says about the feed that belongs to it.
FEED_LINK = re.compile(r"<link\b[^>]{0,400}application/(?:rss|atom)\+xml[^>]{0,400}>", re.IGNORECASE)
HREF = re.compile(r"""href\s*=\s*["']([^"'\s]{1,300})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: its root, the characters it was read from, and how often it had to be mended."""

    root: etree._Element
    text: str
    mended: Counter[str]


def parse(body: bytes, url: str, charset: str | None = None) -> Document:
    """A tree of a document that may be broken. `url` is what relative links start from.

    Raises FeedError where no text or no element is found. libxml2's own limits hold: 256 levels, 10 MB a
    text (huge_tree off).
    """
    text, unreadable = decode(body, charset)
    mended = Counter({"unreadable character": unreadable})
    text, forbidden = FORBIDDEN.subn("", text)
    mended["forbidden character"] += forbidden
    text = _without_doctype(_from_first_tag(text, mended))
    text = HALVES.sub(lambda found: _paired(found[0], mended), text)
    text = LOOSE.sub(lambda found: _escaped(found, mended), text)
    return Document(_tree(text, url, mended), text, +mended)


def _tree(text: str, url: str, mended: Counter[str]) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser, base_url=url)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        raise FeedError(Trouble.NOT_A_FEED, _instead(text))
    # A namespace prefix without a declaration breaks nothing: fields are told apart by their prefix too.
    for error in parser.error_log:
        if not error.type_name.startswith("NS_"):
            mended["broken XML"] += 1
    return root


def _from_first_tag(text: str, mended: Counter[str]) -> str:
    """The text without what stands before the first tag (blank lines, a warning of the server)."""
    start = text.find("<")
    if start < 0:
        raise FeedError(Trouble.NOT_A_FEED, _instead(text))
    mended["text before the feed"] += bool(text[:start].strip("\ufeff \t\r\n"))
    return DECLARATION.sub("", text[start:], count=1)


def _instead(text: str) -> str:
    return "the document is empty" if not text.strip() else "the document holds no XML"


def page_hint(text: str) -> str:
    """What to say of a web page that was fetched as a feed."""
    link = FEED_LINK.search(text)
    href = HREF.search(link[0]) if link else None
    return f"it is a web page; it names a feed at {href[1]}" if href else "it is a web page"


def _without_doctype(text: str) -> str:
    """The text without its DOCTYPE, so that no entity is ever declared."""
    at = 0
    while True:
        at += len(text[at : at + 1000]) - len(text[at : at + 1000].lstrip())
        if text.startswith("<?", at):
            at = _after(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _after(text, "-->", at)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            text = text[:at] + text[_doctype_end(text, at) :]
        elif text[at : at + 1].isspace():
            continue
        else:
            return text


def _after(text: str, end: str, start: int) -> int:
    found = text.find(end, start)
    return len(text) if found < 0 else found + len(end)


def _doctype_end(text: str, start: int) -> int:
    """Where a DOCTYPE ends: the first `>` outside quotes, comments and its internal subset."""
    at, depth = start, 0
    while part := DOCTYPE_PARTS.search(text, at):
        at = part.end()
        if part[0] == ">" and not depth:
            return at
        if part[0] == "<!--":
            at = _after(text, "-->", at)
        elif part[0] in "\"'":
            at = _after(text, part[0], at)
        else:
            depth += {"[": 1, "]": -1}.get(part[0], 0)
    return len(text)


def _escaped(found: re.Match[str], mended: Counter[str]) -> str:
    """An HTML entity as character references; any other but XML's five as the text that it is."""
    if found[0] in ("&", "<"):
        mended["unescaped & or <"] += 1
        return html.escape(found[0])
    name = found[1]
    if name is None or name in XML_NAMES:
        return found[0]
    characters = html.entities.html5.get(f"{name};")
    if characters is None:
        return f"&amp;{name};"
    return "".join(f"&#{ord(character)};" for character in characters)


def _paired(references: str, mended: Counter[str]) -> str:
    """The characters that a run of UTF-16 halves stands for; a half on its own is unreadable."""
    mended["characters written in halves"] += 1
    numbers = (part.lstrip("&#").rstrip(";") for part in references.split(";") if part)
    codes = (int(number[1:], 16) if number.startswith("x") else int(number) for number in numbers)
    return "".join(map(chr, codes)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
