"""An element of a feed → the one name of its field, and whether it is read or ignored."""

from __future__ import annotations

from lxml import etree

# Namespaces, without their scheme and closing slash or hash, → the prefix that names them here. The empty
# prefix is the vocabulary of RSS and Atom themselves.
NAMESPACES = {
    "www.w3.org/2005/Atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "cyber.harvard.edu/rss/rss.html": "",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/slash": "slash",
    "purl.org/syndication/thread/1.0": "thr",
    "search.yahoo.com/mrss": "media",
    "wellformedweb.org/CommentAPI": "wfw",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/2003/01/geo/wgs84_pos": "geo",
    "www.georss.org/georss": "georss",
}

# What an entry's post is made from.
READ = frozenset({
    "title", "link", "guid", "id", "description", "summary", "content", "content:encoded", "pubDate",
    "published", "issued", "created", "updated", "modified", "dc:date", "dcterms:created",
    "dcterms:issued", "dcterms:modified", "author", "dc:creator", "slash:comments", "thr:in-reply-to",
    "thr:total",
})  # fmt: skip

# Known and left out on purpose: what a thing is filed under, pictures and sound, rights, the page of its
# comments, and what the feed says of itself.
IGNORED = frozenset({
    "category", "enclosure", "source", "comments", "rights", "contributor", "expirationDate", "image",
    "thumb", "thumbnail", "dc:subject", "dc:type", "dc:format", "dc:identifier", "dc:language",
    "dc:publisher", "dc:rights", "dc:source", "dc:title", "dc:description", "dc:contributor",
    "dc:coverage", "dc:relation", "atom:link", "atom:updated", "atom:author", "slash:section",
    "slash:department", "slash:hit_parade", "content:items", "wfw:comment", "wfw:commentRss",
    "rdf:type", "guidislink",
})  # fmt: skip
IGNORED_PREFIXES = frozenset({
    "media", "itunes", "geo", "georss", "feedburner", "sy", "g", "admin", "cc", "creativeCommons",
    "podcast", "googleplay", "snf", "prism", "app", "gd", "openSearch", "trackback", "ent",
})  # fmt: skip


def name_of(element: etree._Element, atom: bool) -> str:
    """`title`, `content:encoded`, …: the same whatever prefix, scheme or case a feed chose for it.

    In Atom the atom namespace has no prefix; elsewhere it keeps it, for `atom:link` in RSS is no `link`.
    """
    namespace, _, local = str(element.tag).rpartition("}")
    prefix, _, local = local.rpartition(":")  # a prefix that was never declared stays in the name
    if namespace:
        prefix = _prefix(namespace[1:], element)
    if prefix == "atom" and atom:
        prefix = ""
    return f"{prefix}:{local}" if prefix else local


def _prefix(namespace: str, element: etree._Element) -> str:
    """The prefix of a namespace; the document's own for one that is not known here."""
    key = namespace.partition("://")[2].rstrip("/#")
    return NAMESPACES.get(key, element.prefix or "?")
