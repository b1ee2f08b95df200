"""Bytes of an RSS or Atom feed → its entries, each counted once: read, or rejected with a reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from crawlers.document import Document, page_hint, parse
from crawlers.entry import Draft, Entry, Rejected
from crawlers.trouble import FeedError, Trouble

# Local names of the roots of RSS 0.91–2.0, RSS 0.90 and 1.0, and Atom 0.3 and 1.0 → of their entries.
ROOTS = {"rss": "item", "RDF": "item", "feed": "entry"}
# What a message may repeat of a document.
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}")
# Feeds hold tens of entries, archives hundreds; more is a mistake or an attack.
MOST_ENTRIES = 5_000
TORN = frozenset({"cut off", "lost in broken XML"})
# More kinds of issues than this in one feed say no more to a person.
MOST_ISSUES = 30
# Clocks differ and zones are mistaken for others, by less than a day.
AHEAD = timedelta(days=1)


@dataclass(slots=True)
class Feed:
    """What one document held. `issues` counts what a person should know: leftovers, mends, bad dates."""

    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    issues: Counter[str] = field(default_factory=Counter)

    @property
    def fetched(self) -> int:
        """Entries in the document, read or not."""
        return len(self.entries) + sum(rejected.count for rejected in self.rejected)

    @property
    def torn(self) -> bool:
        """Whether entries did not arrive: the same document, whole, must be fetched again."""
        return any(rejected.reason in TORN for rejected in self.rejected)


def read(body: bytes, url: str, at: datetime, charset: str | None = None) -> Feed:
    """The entries of a feed fetched from `url` at `at`; `charset` is what HTTP said, if it said it.

    Every entry is either read or rejected with a reason. Raises FeedError where the document is no feed.
    """
    document = parse(body, url, charset)
    name = _entry_name(document)
    feed = Feed(issues=Counter({f"mended: {what}": count for what, count in document.mended.items()}))
    cut = _is_cut(document, name)
    elements = list(islice(document.root.iter(f"{{*}}{name}", name), MOST_ENTRIES + 1))
    whole = elements[:-1] if cut else elements
    seen: set[str] = set()
    for number, element in enumerate(whole[:MOST_ENTRIES], 1):
        _take(feed, Draft(element, name == "entry"), f"entry {number}", at, seen=seen)
    for reason, count in _lost(document, name, len(elements), len(whole)):
        if count:
            feed.rejected.append(Rejected(reason, "end of the feed", count))
    return feed


def _entry_name(document: Document) -> str:
    root = re.split("[}:]", str(document.root.tag))[-1]
    if root in ROOTS:
        return ROOTS[root]
    if root.lower() in ("html", "head", "body", "div", "p", "br"):
        raise FeedError(Trouble.PAGE, page_hint(document.text))
    shown = f"its root is <{root}>" if PLAIN_NAME.fullmatch(root) else "its root is something else"
    raise FeedError(Trouble.NOT_A_FEED, f"{shown}, not rss, rdf:RDF or feed")


def _take(feed: Feed, draft: Draft, where: str, at: datetime, *, seen: set[str]) -> None:
    """Read one entry into the feed, or its rejection."""
    for name in draft.leftover():
        feed.issues[f"unknown field: {name}" if len(feed.issues) < MOST_ISSUES else "more"] += 1
    made = draft.entry(where)
    if isinstance(made, Entry) and made.native_id in seen:
        made = Rejected("id repeated", made.url or where)
    if isinstance(made, Rejected):
        feed.rejected.append(made)
        return
    seen.add(made.native_id)
    if made.published_at is None and draft.has_date:
        feed.issues["unreadable date"] += 1
    elif made.published_at is not None and made.published_at > at + AHEAD:
        feed.issues["date in the future"] += 1
        made = made.undated()
    feed.entries.append(made)


def _is_cut(document: Document, name: str) -> bool:
    """Whether the document ends inside its last entry, whose text would only be a part."""
    opens = _positions(document.text, rf"<(?:[\w.-]+:)?{name}[\s>]")
    closes = _positions(document.text, rf"</(?:[\w.-]+:)?{name}\s*>|<(?:[\w.-]+:)?{name}\b[^>]*/>")
    return bool(document.mended) and opens[1] > closes[1]


def _positions(text: str, pattern: str) -> tuple[int, int]:
    """How many matches there are, and where the last one starts."""
    count, last = 0, -1
    for found in re.finditer(pattern, text):
        count, last = count + 1, found.start()
    return count, last


def _lost(document: Document, name: str, found: int, whole: int) -> Iterator[tuple[str, int]]:
    """Entries that the document opens and that gave none: cut off, swallowed by broken XML, too many."""
    opened = _positions(document.text, rf"<(?:[\w.-]+:)?{name}[\s>/]")[0]
    yield "cut off", found - whole
    yield "too many", max(0, max(found, opened) - MOST_ENTRIES) if found > MOST_ENTRIES else 0
    yield "lost in broken XML", max(0, opened - found) if document.mended and found <= MOST_ENTRIES else 0
