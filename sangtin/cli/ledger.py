"""`sangtin ledger`: the counts that always add up."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings
from sangtin.errors import UsageError

if TYPE_CHECKING:
    from sangtin.post import Ledger

BINS = ("duplicate", "spam", "negative", "positive")


def ledger(
    from_day: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD; of a time, its whole day.")
    ] = None,
    to_day: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it was known then: 2026-11-20 or 2026-11-20T07:10.")
    ] = None,
    flags: Annotated[
        bool,
        typer.Option("--flags", help="Also how many of the posts have each flag; they stand in their bins."),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Count identified, verified and pending posts; the bins always add up.

    Days are those of the posts in Asia/Ho_Chi_Minh. Without dates, everything is counted.

    \b
    Examples:
      sangtin ledger
      sangtin ledger --from 2026-10-01 --to 2026-10-31 --source bao-hue --json
      sangtin ledger --as-of 2026-11-20T07:10
      sangtin ledger --flags --from 2026-11-01
    """
    from sangtin.record import flagged, open_record, sources
    from sangtin.record import ledger as book

    scope = book.Scope(_day("--from", from_day), _day("--to", to_day), source)
    if scope.from_day and scope.to_day and scope.from_day > scope.to_day:
        raise UsageError(f"--from {from_day} is after --to {to_day}. Turn them round.")
    record = open_record(settings().record_url)
    with record.read() as connection:
        if source and sources.find(connection, source) is None:
            raise UsageError(f"There is no source {source!r}. List them with: sangtin source list")
        moment = _moment(as_of)
        counted = book.ledger(connection, scope, moment)
        found = flagged.count_flagged(connection, scope, moment) if flags else None
    record.close()
    if json:
        emit_json(figures(counted) | ({} if found is None else {"flags": found}))
        return
    emit(table(counted))
    if found is not None:
        emit("flagged, in their bins too: " + ", ".join(f"{flag} {n:,}" for flag, n in found.items()))


def figures(counted: Ledger) -> dict[str, object]:
    """The ledger under its interface's names."""
    return {
        "identified": counted.identified,
        "verified": counted.verified,
        "pending": counted.pending,
        "duplicate": counted.duplicate,
        "spam": counted.spam,
        "negative": counted.negative,
        "positive": counted.positive,
    }


def table(counted: Ledger) -> str:
    """The ledger as two equations."""
    bins = " + ".join(f"{name} {getattr(counted, name):,}" for name in BINS)
    return (
        f"identified {counted.identified:,} = verified {counted.verified:,} + pending {counted.pending:,}\n"
        f"verified {counted.verified:,} = {bins}"
    )


def _day(option: str, given: str | None) -> date | None:
    """A day as typed, or that of a moment in Vietnam: posts are counted by whole days."""
    from sangtin.post import VIETNAM

    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"{option} {given!r} is not a day. Write it as 2026-11-20.") from error
    return (moment.astimezone(VIETNAM) if moment.tzinfo else moment).date()


def _moment(given: str | None) -> datetime | None:
    """A moment; without a zone it is Vietnam's, and a bare day means its end."""
    from sangtin.post import VIETNAM

    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"--as-of {given!r} is not a time. Write it as 2026-11-20T07:10.") from error
    if len(given) == len("2026-11-20"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(ledger)
