"""An `item` or `entry` element → an entry with a text, an id, an address and a date, or a rejection."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.dates import moment
from crawlers.document import FORBIDDEN
from crawlers.fields import IGNORED, IGNORED_PREFIXES, READ, name_of
from crawlers.markup import lines, plain
from sangtin.post import text_hash

# The longest post of Facebook is 63,206 characters; a news article seldom passes 50,000.
LONGEST_TEXT = 100_000
# Ids and addresses are short; browsers and servers stop at some 2,000 characters.
LONGEST_ID, LONGEST_URL = 500, 2_000
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
# Most certain first: when it was first out, then when it last changed.
DATES = ("pubDate", "published", "issued", "dc:date", "dcterms:issued", "created", "dcterms:created",
         "updated", "modified", "dcterms:modified")  # fmt: skip
BODIES = ("content:encoded", "content", "description", "summary")
SHORTENED = re.compile(r"\s*(?:\.{2,}|…|\[…\]|\[\.\.\.\])$")
SMALL_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `author` is a name as written: it goes no further than the keyed hash."""

    native_id: str
    text: str
    url: str | None = None
    published_at: datetime | None = None
    author: str | None = None
    thread: str | None = None
    comments: int | None = None

    def undated(self) -> Entry:
        """The same without a date that can't be."""
        return replace(self, published_at=None)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Entries that give no post: why, where they stood, how many."""

    reason: str
    where: str
    count: int = 1


class Draft:
    """The fields of one entry as written, by name."""

    def __init__(self, element: etree._Element, atom: bool) -> None:
        self.element = element
        self.atom = atom
        self.fields: dict[str, list[etree._Element]] = defaultdict(list)
        for child in element.iterchildren(tag=etree.Element):
            self.fields[name_of(child, atom)].append(child)

    @property
    def has_date(self) -> bool:
        """Whether the entry claims a date, readable or not."""
        return any(self._value(name) for name in DATES)

    def leftover(self) -> list[str]:
        """Fields that are neither read nor ignored on purpose: something to look at."""
        names = (n for n in self.fields if n not in READ and n not in IGNORED)
        return [name[:60] for name in names if name.partition(":")[0] not in IGNORED_PREFIXES]

    def entry(self, where: str) -> Entry | Rejected:
        """The entry, or why there is none."""
        text, url = self._text(), self._link()
        if not text:
            return Rejected("no text", url or where)
        if len(text) > LONGEST_TEXT:
            return Rejected("too long", url or where)
        dates = (moment(self._value(name)) for name in DATES)
        return Entry(
            native_id=self._id() or url or text_hash(text),
            text=text,
            url=url,
            published_at=next((date for date in dates if date), None),
            author=self._author(),
            thread=self._thread(),
            comments=self._comments(),
        )

    def _text(self) -> str:
        """The title, an empty line, the body; once only where the body begins with the title."""
        titles = self.fields.get("title", [])
        title = FORBIDDEN.sub("", " ".join(self._shown(titles[0]).split())) if titles else ""
        bodies = (self._shown(element) for name in BODIES for element in self.fields.get(name, []))
        body = FORBIDDEN.sub("", next((body for body in bodies if body), ""))
        if " ".join(body.split()).startswith(SHORTENED.sub("", title)):
            return body
        return f"{title}\n\n{body}" if body else title

    def _shown(self, element: etree._Element) -> str:
        """What a reader sees of an element, whichever way its markup was written down."""
        kind = element.get("type", "").lower() if self.atom else ""
        if len(element):
            return plain(_inner(element))
        if kind in ("text", "text/plain"):
            return lines(element.text or "")
        readable = "/" not in kind or kind.startswith(("text/", "application/xhtml"))
        return plain(element.text or "") if readable else ""

    def _value(self, name: str) -> str:
        """The words of the first field of a name, on one line; empty where there is none."""
        found = self.fields.get(name, [])
        return FORBIDDEN.sub("", " ".join("".join(found[0].itertext()).split())) if found else ""

    def _id(self) -> str:
        about = FORBIDDEN.sub("", self.element.get(ABOUT) or "").strip()
        written = self._value("guid") or self._value("id") or about
        return written if len(written) <= LONGEST_ID else text_hash(written)

    def _link(self) -> str | None:
        """The address of the page that the entry stands for."""
        links = [*self.fields.get("link", []), *self.fields.get("atom:link", [])]
        written = [_address(link) for link in links if link.get("rel", "alternate") == "alternate"]
        guids = self.fields.get("guid", [])
        if guids and guids[0].get("isPermaLink", "true").lower() != "false":
            written.append(_absolute_only(self._value("guid")))
        return next((url for url in (_resolved(self.element, each) for each in written) if url), None)

    def _author(self) -> str | None:
        names = [self._value("dc:creator")] if "dc:creator" in self.fields else []
        parent = self.element.getparent()
        people = self.fields.get("author") or ([] if parent is None or not self.atom else _authors(parent))
        for person in people:
            names.append(" ".join((person.findtext("{*}name") or "".join(person.itertext())).split()))
        return FORBIDDEN.sub("", ", ".join(name for name in names if name))[:LONGEST_ID] or None

    def _thread(self) -> str | None:
        replies = self.fields.get("thr:in-reply-to", [])
        reference = FORBIDDEN.sub("", replies[0].get("ref") or "").strip() if replies else ""
        return reference[:LONGEST_ID] or None

    def _comments(self) -> int | None:
        """RFC 4685's total, or slash's."""
        written = self._value("slash:comments") or self._value("thr:total")
        return int(written) if SMALL_NUMBER.fullmatch(written) and written.isascii() else None


def _authors(feed: etree._Element) -> list[etree._Element]:
    """The authors of a whole Atom feed, who are those of its entries without one (RFC 4287, 4.2.1)."""
    return list(feed.iterchildren("{*}author"))


def _inner(element: etree._Element) -> str:
    """An element's inside as HTML source, for markup that was not escaped."""
    children: Iterable[str] = (etree.tostring(child, encoding="unicode") for child in element)
    return html.escape(element.text or "") + "".join(children)


def _address(link: etree._Element) -> str:
    return FORBIDDEN.sub("", link.get("href") or "".join(link.itertext())).strip()


def _absolute_only(written: str) -> str:
    return written if written.lower().startswith(("http://", "https://")) else ""


def _resolved(element: etree._Element, written: str) -> str | None:
    """An absolute http(s) address; relative ones start from xml:base or the feed's own address."""
    if not written or len(written) > LONGEST_URL or any(character.isspace() for character in written):
        return None
    try:
        url = urljoin(element.base or "", written)
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable and len(url) <= LONGEST_URL else None
