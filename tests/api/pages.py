"""A page → its words, links and forms, for tests that read pages as people do."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from lxml import html

from api.people import COOKIE, proof_of

SCREENS = (
    "/",
    "/?from=2026-10-02&to=2026-10-03&source=bao-mau",
    "/?period=7",
    "/search",
    "/search?q=ngap&post=bao-mau:1",
    "/search?q=%22x&bin=spam&exact=1",
    "/search?q=khongcogica",
    "/search?q=(lu))",
    "/posts/bao-mau:1",
    "/posts/dien-dan:2",
    "/posts/bao-mau:15",
    "/queue",
    "/sources",
    "/login",
    "/nowhere",
)


def tree(page: str) -> html.HtmlElement:
    """The page as a tree."""
    return html.document_fromstring(page)


def texts(page: str, selector: str) -> list[str]:
    """The white-space-collapsed texts of the elements that an XPath finds."""
    return [" ".join(found.text_content().split()) for found in tree(page).xpath(selector)]


def words_of(page: str) -> set[str]:
    """The pieces of text that people read, titles and labels of fields too; not posts, keys or code."""
    root = tree(page)
    posts = "//*[@lang='vi' and not(self::html)]|//*[contains(@class, 'url')]"
    for hidden in root.xpath(f"//script|//style|//code|//pre|//kbd|{posts}"):
        hidden.drop_tree()
    spoken = root.xpath("//body//text()|//@placeholder|//@title|//@aria-label|//title/text()")
    return {" ".join(each.split()) for each in spoken if each.strip()}


def links(page: str, selector: str = "//a") -> list[str]:
    """Where the links that an XPath finds lead."""
    return [a.get("href") for a in tree(page).xpath(selector)]


def proof(client: httpx.Client) -> str:
    """The proof that the forms on this client's pages carry."""
    return proof_of(client.cookies[COOKIE])


def outside(address: str) -> bool:
    """Whether an address leads to another host."""
    return bool(urlsplit(address).netloc)
