"""A document ↔ the JSON of its rows, and its row's key → its day."""

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


def write_said(document: Document) -> str:
    """What a post's author gave it, as JSON: it stays for as long as the text does."""
    d = document
    moment = (d.moment - _EPOCH) // _MICROSECOND
    said = [d.id, d.text, d.source, moment, d.author_key, d.thread]
    form = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    try:
        form.encode()
    except UnicodeEncodeError:  # a lone surrogate in a text has no UTF-8, but escaped it survives
        return json.dumps(said, separators=(",", ":"))
    return form


def write_state(document: Document) -> str:
    """What Sàng Tin says of a post, as JSON: it changes while the text stays."""
    d = document
    state = [d.number, d.bin, d.cause, d.kind, d.flags, d.cluster, d.relation]
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def read_document(said: str, state: str) -> Document:
    """The document of which these were written."""
    id, text, source, moment, author_key, thread = json.loads(said)
    number, bin, cause, kind, flags, cluster, relation = json.loads(state)
    return Document(
        id=id,
        text=text,
        source=source,
        moment=_EPOCH + moment * _MICROSECOND,
        number=number,
        bin=Bin(bin),
        cause=Cause(cause),
        kind=Kind(kind) if kind else None,
        flags=tuple(map(Flag, flags)),
        author_key=author_key,
        thread=thread,
        cluster=cluster,
        relation=Relation(relation) if relation else None,
    )
