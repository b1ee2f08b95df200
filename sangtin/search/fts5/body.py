"""A document ↔ the JSON of its row, and its row's key → its day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from sangtin.post import Bin, Cause, Flag, Kind, Relation
from sangtin.search.document import Document
from sangtin.search.fts5.expression import TIE_BITS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Asia/Ho_Chi_Minh is UTC+7 all year (sangtin.post.VIETNAM); in SQL only arithmetic is at hand.
DAY_OF_KEY = f"((key >> {TIE_BITS}) + 25200) / 86400"
# In the roll-up, the row that holds the sum of all days.
ALL_DAYS = -1


def day_number(key: int) -> int:
    """Days since 1970-01-01 of a key, in Asia/Ho_Chi_Minh: what DAY_OF_KEY says in SQL."""
    return ((key >> TIE_BITS) + 25_200) // 86_400


def day_of_number(number: int) -> date:
    """The day that so many days since 1970-01-01 lead to."""
    return date(1970, 1, 1) + timedelta(days=number)


def write_body(document: Document) -> str:
    """The document as JSON; `read_body` gives it back."""
    d = document
    moment = (d.moment - _EPOCH) // _MICROSECOND
    values = [d.id, d.text, d.source, moment, d.number, d.bin, d.cause, d.kind, d.flags]
    values += [d.author_key, d.thread, d.cluster, d.relation]
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    try:
        body.encode()
    except UnicodeEncodeError:  # a lone surrogate in a text has no UTF-8, but escaped it survives
        return json.dumps(values, separators=(",", ":"))
    return body


def read_body(body: str) -> Document:
    """The document that `write_body` wrote."""
    id, text, source, moment, number, bin, cause, kind, flags, author, thread, cluster, relation = json.loads(
        body
    )
    return Document(
        id=id,
        text=text,
        source=source,
        moment=_EPOCH + moment * _MICROSECOND,
        number=number,
        bin=Bin(bin),
        cause=Cause(cause),
        kind=Kind(kind) if kind else None,
        flags=tuple(Flag(flag) for flag in flags),
        author_key=author,
        thread=thread,
        cluster=cluster,
        relation=Relation(relation) if relation else None,
    )
