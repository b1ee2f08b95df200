"""Long work → rows that say what it did and where it can go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from sangtin.post import now
from sangtin.record.engine import Writing
from sangtin.record.schema import run


@dataclass(frozen=True, slots=True)
class Run:
    """One import, crawl or sieve. `position` is where it goes on; `state`: running, done, stopped, failed."""

    id: int
    kind: str
    source: str | None
    input: str | None
    position: int
    started_at: datetime
    ended_at: datetime | None
    state: str
    counts: dict[str, Any]


def begin(writing: Writing, kind: str, source: str | None = None, input: str | None = None) -> Run:
    """Begin a run."""
    values: dict[str, Any] = {"kind": kind, "source": source, "input": input, "started_at": now()}
    values |= {"state": "running", "position": 0, "counts": {}}
    made = run.insert().values(**values).returning(run)
    return _run(writing.connection.execute(made).one())


def unfinished(connection: Connection, kind: str, source: str, input: str) -> Run | None:
    """The newest run of one input that did not end; None where there is none."""
    same = (run.c.kind == kind) & (run.c.source == source) & (run.c.input == input)
    newest = select(run).where(same).order_by(run.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return _run(row) if row and row.state != "done" else None


def advance(writing: Writing, run_id: int, position: int, counts: dict[str, Any]) -> None:
    """Note how far a run has come, in the transaction that brought it there."""
    values = {"position": position, "counts": counts, "state": "running", "ended_at": None}
    writing.connection.execute(update(run).where(run.c.id == run_id).values(**values))


def end(writing: Writing, run_id: int, state: str, counts: dict[str, Any] | None = None) -> None:
    """Note that a run ended, and how."""
    values: dict[str, Any] = {"state": state, "ended_at": now()}
    if counts is not None:
        values["counts"] = counts
    writing.connection.execute(update(run).where(run.c.id == run_id).values(**values))


def latest(connection: Connection, limit: int = 20) -> list[Run]:
    """The newest runs first."""
    rows = connection.execute(select(run).order_by(run.c.id.desc()).limit(limit))
    return [_run(row) for row in rows]


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id,
        row.kind,
        row.source,
        row.input,
        row.position,
        row.started_at,
        row.ended_at,
        row.state,
        row.counts,
    )
