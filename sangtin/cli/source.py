"""`sangtin source add`, `list` and `show`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings
from sangtin.errors import UsageError

if TYPE_CHECKING:
    from sangtin.record.sources import Health

app = typer.Typer(name="source", no_args_is_help=True, help="Places that posts come from, and their cards.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A short name: a–z, 0–9, dot, dash, underscore.")],
    kind: Annotated[str, typer.Option("--type", help="feed or file")] = "feed",
    address: Annotated[str, typer.Option(help="Where it is: the feed's URL.")] = "",
    licence: Annotated[str, typer.Option(help="Its licence or terms of use.")] = "",
    legal_basis: Annotated[str, typer.Option(help="On what basis its posts are processed.")] = "",
    retention_days: Annotated[int | None, typer.Option(min=1, help="How long its posts are kept.")] = None,
    interval_s: Annotated[int | None, typer.Option(min=60, help="Seconds between two crawls.")] = None,
    expected_per_day: Annotated[
        int | None, typer.Option(min=0, help="How many posts a day it brings.")
    ] = None,
) -> None:
    """Add a source, or change its card: what is not given stays as it was.

    \b
    Examples:
      sangtin source add bao-hue --address https://example.org/rss.xml --licence "terms of use, §4" \\
        --legal-basis "Law 91/2025/QH15, art. 16" --retention-days 730 --interval-s 900
      sangtin source add thu-nghiem --type file --address "export of 2026-11"
    """
    from sangtin.post import Source, SourceType
    from sangtin.record import open_record, sources

    if kind not in {each.value for each in SourceType}:
        raise UsageError(f"There is no source type {kind!r}; choose feed or file.")
    given: dict[str, Any] = {
        "address": address,
        "licence": licence,
        "legal_basis": legal_basis,
        "retention_days": retention_days,
        "interval_s": interval_s,
        "expected_per_day": expected_per_day,
    }
    record = open_record(settings().record_url)
    with record.write(durable=True) as writing:
        known = sources.find(writing.connection, name)
        before = asdict(known.source) if known else {}
        kept = {field: value or before.get(field, value) for field, value in given.items()}
        card = Source(name, SourceType(kind), **kept)
        sources.put(writing, card)
    record.close()
    emit(f"{name}: {'complete' if card.complete else 'incomplete card; a crawl needs every field'}")


@app.command(name="list")
def list_sources(json: JsonFlag = False) -> None:
    """List the sources with their health.

    \b
    Examples:
      sangtin source list
      sangtin source list --json
    """
    from sangtin.record import open_record, sources

    record = open_record(settings().record_url)
    with record.read() as connection:
        found = sources.all_sources(connection)
    record.close()
    if json:
        emit_json([figures(health) for health in found])
        return
    for health in found:
        card = "complete" if health.source.complete else "incomplete"
        emit(f"{health.source.name:24} {health.source.type:5} {card:11} {health.state} {health.reason}")


@app.command()
def show(name: str, json: JsonFlag = False) -> None:
    """Show one source's card and health.

    \b
    Examples:
      sangtin source show bao-hue
    """
    from sangtin.record import open_record, sources

    record = open_record(settings().record_url)
    with record.read() as connection:
        health = sources.find(connection, name)
    record.close()
    if health is None:
        raise UsageError(f"There is no source {name!r}. List them with: sangtin source list")
    if json:
        emit_json(figures(health))
        return
    for field, value in figures(health).items():
        emit(f"{field:18} {'' if value is None else value}")


def figures(health: Health) -> dict[str, object]:
    """A source's card and health, for programs."""
    return asdict(health.source) | {
        "type": health.source.type.value,
        "complete": health.source.complete,
        "state": health.state,
        "reason": health.reason,
        "checked_at": health.checked_at.isoformat() if health.checked_at else None,
        "succeeded_at": health.succeeded_at.isoformat() if health.succeeded_at else None,
    }
