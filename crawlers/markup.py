"""HTML inside a feed → plain text with its paragraphs."""

from __future__ import annotations

import html
import re
from typing import Any

from lxml import etree

TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
BREAK = frozenset({"br", "li", "tr", "dt", "dd", "option", "caption"})
BLOCK = frozenset({
    "address", "article", "aside", "blockquote", "center", "div", "dl", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol",
    "p", "pre", "section", "table", "ul",
})  # fmt: skip
CELL = frozenset({"td", "th"})
UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "iframe", "object", "svg"})
# Marks for line and paragraph ends while white space is still to be folded; no XML text can hold them.
LINE, PARAGRAPH = "\x01", "\x02"
ENDS = re.compile(rf"[ {LINE}{PARAGRAPH}]*{PARAGRAPH}[ {LINE}{PARAGRAPH}]*")
LINES = re.compile(rf" *{LINE} *(?: *{LINE} *)*")
BLANK = re.compile(r"\n{3,}")


def plain(written: str) -> str:
    """The text a reader sees, without tags; entities read; paragraphs stay apart by an empty line.

    Text without a tag keeps its own line ends.
    """
    if TAG.search(written):
        return _read(written)
    return lines(html.unescape(written))


def lines(text: str) -> str:
    """Text that holds no markup, with its line ends and without its indents."""
    folded = (" ".join(line.split()) for line in text.splitlines())
    return BLANK.sub("\n\n", "\n".join(folded)).strip()


def _read(written: str) -> str:
    parser = etree.HTMLParser(target=_Text(), recover=True, no_network=True)
    try:
        text = str(etree.HTML(written, parser) or "")
    except etree.LxmlError:
        text = TAG.sub(" ", written)  # a document that libxml2 gives up on still has its words
    text = " ".join(text.split())
    text = LINES.sub("\n", ENDS.sub("\n\n", text))
    return text.strip()


class _Text:
    """Collects what a reader sees from the parser's events; no tree is built, so depth costs nothing."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unseen = 0

    def start(self, tag: str, attributes: Any) -> None:  # noqa: ARG002  # the parser calls it so
        name = tag.rpartition(":")[2].lower()
        self.unseen += name in UNSEEN
        self.pieces.append(_edge(name))

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2].lower()
        self.unseen = max(0, self.unseen - (name in UNSEEN))
        self.pieces.append("" if name == "br" else _edge(name))

    def data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(data.replace(LINE, "").replace(PARAGRAPH, ""))

    def comment(self, text: str) -> None:
        """Comments are not shown."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Processing instructions are not shown."""

    def close(self) -> str:
        return "".join(self.pieces)


def _edge(name: str) -> str:
    if name in BLOCK:
        return PARAGRAPH
    if name in BREAK:
        return LINE
    return " " if name in CELL else ""
