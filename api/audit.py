"""Who read, searched or exported what → lines of the audit, on disk before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterable

from sangtin.record import Record, accounts


def note_acts(record: Record, person: str, acts: Iterable[tuple[str, str]]) -> None:
    """Write (act, subject) pairs in one durable transaction. A subject is never a post's text."""
    lines = list(acts)
    if not lines:
        return
    with record.write(durable=True) as writing:
        for act, subject in lines:
            accounts.note(writing, person, act, subject)
