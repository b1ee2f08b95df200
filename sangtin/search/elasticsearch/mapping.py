"""A document ↔ what Elasticsearch holds of it, and the explicit mapping of an index."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from sangtin.post import Bin, Cause, Flag, Kind, Relation, day_of
from sangtin.search.document import Document, Gone, Position
from sangtin.search.elasticsearch.server import Item, Json
from sangtin.search.request import tie
from sangtin.text import TOKENISER, spaced_forms

# What an index must have been written with to be read.
LAYOUT = f"elasticsearch-1 {TOKENISER} unicode-{unicodedata.unidata_version}"
# No post is called so: every id holds a colon.
POSITION = "=position"
# Longer names are refused by Elasticsearch (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/mapping-id-field.html).
_LONGEST_NAME = 512

_KEYWORD: Json = {"type": "keyword"}
_SHOWN: Json = {"type": "keyword", "index": False, "doc_values": False}
# Tokens come from sangtin.text; ranking ignores lengths as the embedded index does.
_WORDS: Json = {"type": "text", "analyzer": "whitespace", "similarity": "lengthless", "norms": False}

SETTINGS: Json = {
    "auto_expand_replicas": "0-1",
    "similarity": {"lengthless": {"type": "BM25", "b": 0.0}},
}
MAPPING: Json = {
    "dynamic": "strict",
    "_meta": {"layout": LAYOUT},
    "_source": {"excludes": ["marked", "folded"]},
    "properties": {
        "id": _KEYWORD,
        "text": _SHOWN,
        "marked": _WORDS,
        "folded": _WORDS,
        "source": _KEYWORD,
        "bin": _KEYWORD,
        "kind": _KEYWORD,
        "flags": _KEYWORD,
        "cluster": _KEYWORD,
        "author_key": _KEYWORD,
        "thread": _SHOWN,
        "cause": _KEYWORD,
        "relation": _KEYWORD,
        "moment": {"type": "date", "format": "strict_date_optional_time"},
        "day": {"type": "date", "format": "strict_date"},
        "second": {"type": "long"},
        "tie": {"type": "integer"},
        "number": {"type": "long"},
        "digest": _SHOWN,
        "epoch": _SHOWN,
        "gone": {"type": "boolean"},
    },
}


def name_of(id: str) -> str:
    """What a post is called in an index: its id, or a hash of an id that is too long."""
    raw = id.encode()
    return id if len(raw) <= _LONGEST_NAME else "=" + hashlib.blake2b(raw, digest_size=32).hexdigest()


def item(document: Document) -> Item:
    """A document to write. Its version leaves room for a removal of the same number, which holds."""
    d = document
    marked, folded = spaced_forms(d.text)
    source: Json = {
        "id": d.id,
        "text": d.text,
        "marked": marked,
        "folded": folded,
        "source": d.source,
        "bin": d.bin,
        "kind": d.kind,
        "flags": d.flags,
        "cluster": d.cluster,
        "author_key": d.author_key,
        "thread": d.thread,
        "cause": d.cause,
        "relation": d.relation,
        "moment": d.moment.astimezone(UTC).isoformat(),
        "day": day_of(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=d.second)).isoformat(),
        "second": d.second,
        "tie": tie(d.id),
        "number": d.number,
        "digest": d.digest(),
        "gone": False,
    }
    return Item(name_of(d.id), 2 * d.number, source)


def gone_item(gone: Gone) -> Item:
    """A removal. It stays, for Elasticsearch forgets the version of what it deletes after a minute."""
    source: Json = {"id": gone.id, "number": gone.number, "gone": True}
    return Item(name_of(gone.id), 2 * gone.number + 1, source)


def position_item(position: Position) -> Item:
    """How far the record has been followed."""
    source: Json = {"epoch": position.epoch, "number": position.number, "gone": True}
    return Item(POSITION, position.number, source)


def document(source: dict[str, Any]) -> Document:
    """The document that was written."""
    kind, relation = source["kind"], source["relation"]
    return Document(
        id=source["id"],
        text=source["text"],
        source=source["source"],
        moment=datetime.fromisoformat(source["moment"]),
        number=source["number"],
        bin=Bin(source["bin"]),
        cause=Cause(source["cause"]),
        kind=Kind(kind) if kind else None,
        flags=tuple(map(Flag, source["flags"])),
        author_key=source["author_key"],
        thread=source["thread"],
        cluster=source["cluster"],
        relation=Relation(relation) if relation else None,
    )
