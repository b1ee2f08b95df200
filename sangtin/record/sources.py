"""Source cards ↔ the record, with the health of each source."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from sangtin.errors import UsageError
from sangtin.post import Source, SourceType, now
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import source

# A name stands before the colon of a post's id and in URLs.
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Health:
    """A source's card and how collecting from it goes. `state`: new, ok or broken."""

    source: Source
    added_at: datetime
    state: str
    reason: str
    checked_at: datetime | None
    succeeded_at: datetime | None


def put(writing: Writing, card: Source) -> None:
    """Add a source or replace its card. Raises UsageError where the name can't stand in a post's id.

    Flags that rest on what the card said before are the caller's to look after.
    """
    if not NAME.fullmatch(card.name):
        raise UsageError(
            f"{card.name!r} can't name a source: use 1–64 of a–z, 0–9, dot, dash and underscore, "
            "and begin with a letter or digit."
        )
    values = asdict(card) | {"type": card.type.value}
    insert = upsert(writing.connection, source).values(added_at=now(), **values)
    writing.connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


def ensure(writing: Writing, name: str) -> None:
    """Make sure that a source is there: an unknown one gets an incomplete card of type `file`."""
    if find(writing.connection, name) is None:
        put(writing, Source(name, SourceType.FILE))


def find(connection: Connection, name: str) -> Health | None:
    """One source; None where there is none of that name."""
    row = connection.execute(select(source).where(source.c.name == name)).first()
    return _health(row) if row else None


def all_sources(connection: Connection) -> list[Health]:
    """Every source by name."""
    return [_health(row) for row in connection.execute(select(source).order_by(source.c.name))]


def report(writing: Writing, name: str, state: str, reason: str = "") -> None:
    """Note how collecting from a source went."""
    values: dict[str, Any] = {"state": state, "state_reason": reason, "checked_at": now()}
    if state == "ok":
        values["succeeded_at"] = now()
    writing.connection.execute(update(source).where(source.c.name == name).values(**values))


def cursor(connection: Connection, name: str) -> dict[str, str]:
    """What a crawler left with a source to go on from (validators of its last fetch)."""
    found = connection.execute(select(source.c.cursor).where(source.c.name == name)).scalar_one_or_none()
    return dict(found or {})


def set_cursor(writing: Writing, name: str, value: dict[str, str]) -> None:
    """Leave something with a source for the next crawl."""
    writing.connection.execute(update(source).where(source.c.name == name).values(cursor=value))


def _health(row: Row[Any]) -> Health:
    card = Source(
        row.name,
        SourceType(row.type),
        row.address,
        row.licence,
        row.legal_basis,
        row.retention_days,
        row.interval_s,
        row.expected_per_day,
        row.news,
    )
    return Health(card, row.added_at, row.state, row.state_reason, row.checked_at, row.succeeded_at)
