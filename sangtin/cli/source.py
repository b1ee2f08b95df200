"""`sangtin source add`, `list`, `show` and `expire`."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, progress, say, settings
from sangtin.errors import EngineError, UsageError

if TYPE_CHECKING:
    from sangtin.post import Source
    from sangtin.record.sources import Health

# What --news may say; what is left to the type follows it when that changes.
NEWS = {"yes": True, "no": False, "by-type": None}

app = typer.Typer(name="source", no_args_is_help=True, help="Places that posts come from, and their cards.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A short name: a–z, 0–9, dot, dash, underscore.")],
    kind: Annotated[
        str | None, typer.Option("--type", help="feed or file; a new source is a feed unless given.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Where it is: the feed's URL.")] = None,
    licence: Annotated[str | None, typer.Option(help="Its licence or terms of use.")] = None,
    legal_basis: Annotated[str | None, typer.Option(help="On what basis its posts are processed.")] = None,
    retention_days: Annotated[int | None, typer.Option(min=1, help="How long its posts are kept.")] = None,
    interval_s: Annotated[int | None, typer.Option(min=60, help="Seconds between two crawls.")] = None,
    expected_per_day: Annotated[
        int | None, typer.Option(min=0, help="How many posts a day it brings.")
    ] = None,
    news: Annotated[
        str | None,
        typer.Option(help="yes, no or by-type: a known news source? By type, feeds are and files are not."),
    ] = None,
) -> None:
    """Add a source, or change its card: what is not given stays as it was.

    \b
    Examples:
      sangtin source add bao-hue --address https://example.org/rss.xml --licence "terms of use, §4" \\
        --legal-basis "Law 91/2025/QH15, art. 16" --retention-days 730 --interval-s 900
      sangtin source add thu-nghiem --type file --address "export of 2026-11"
      sangtin source add dien-dan --news no
    """
    from sangtin.post import SourceType

    if kind not in {None, *(each.value for each in SourceType)}:
        raise UsageError(f"There is no source type {kind!r}; choose feed or file.")
    if news is not None and news not in NEWS:
        raise UsageError(f"Whether a source is news can't be {news!r}; choose {', '.join(NEWS)}.")
    given: dict[str, Any] = {
        "type": kind and SourceType(kind),
        "address": address,
        "licence": licence,
        "legal_basis": legal_basis,
        "retention_days": retention_days,
        "interval_s": interval_s,
        "expected_per_day": expected_per_day,
    }
    new = {field: value for field, value in given.items() if value is not None}
    card, moved = _put(name, new if news is None else new | {"news": NEWS[news]})
    emit(f"{name}: {_standing(card)}")
    if moved:
        are = "are no longer flagged" if card.is_news else "are flagged"
        say(f"{moved:,} posts {are} as copied by many. Search shows it when it has followed.")


def _put(name: str, new: dict[str, Any]) -> tuple[Source, int]:
    """Change what is new on a card; the card, and how many posts gained or lost a flag by that."""
    from sangtin.pipeline import cards
    from sangtin.post import Source, SourceType
    from sangtin.record import open_record, sources

    with (
        contextlib.closing(open_record(settings().record_url)) as record,
        record.write(durable=True) as writing,
    ):
        known = sources.find(writing.connection, name)
        card = replace(known.source if known else Source(name, SourceType.FEED), **new)
        _check_feed(card)
        return card, cards.put(writing, card)


def _check_feed(card: Source) -> None:
    """Refuse an address that no crawl could fetch, while who typed it is still there."""
    from crawlers.card import check_address
    from sangtin.post import SourceType

    if card.type is SourceType.FEED and card.address:
        check_address(card)


def _standing(card: Source) -> str:
    from crawlers.card import REQUIRED

    missing = [name for name in REQUIRED if not getattr(card, name)]
    return f"incomplete, it lacks {', '.join(missing)}" if missing else "complete"


@app.command(name="list")
def list_sources(json: JsonFlag = False) -> None:
    """List the sources: type, whether they are known news sources, card and health.

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
        kind = f"{health.source.type:5} {'news' if health.source.is_news else '':4}"
        emit(f"{health.source.name:24} {kind} {card:11} {health.state} {health.reason}")


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


@app.command()
def expire(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many posts it would be.")] = False,
    json: JsonFlag = False,
) -> None:
    """Erase every post that was kept for longer than its source's card says; run it once a day.

    Counted from when a post was first fetched, in days of 24 hours. It goes as by `sangtin post erase`:
    bins stay in the ledger, nothing comes back, backups made before still hold it. What people labelled is
    no exception: labels stay, texts go. Kill it at any moment: run it again and it goes on.

    \b
    Examples:
      sangtin source expire --dry-run
      sangtin source expire
      sangtin source expire --json
    """
    import getpass

    from sangtin import follower
    from sangtin.pipeline import expiring
    from sangtin.pipeline.parts import opened
    from sangtin.post import now
    from sangtin.record.expiring import count_expired, unlimited

    at = now()
    with opened(settings()) as parts:
        with parts.record.read() as connection:
            waiting, free = count_expired(connection, at), unlimited(connection)
        if free:
            say(f"No card says how long posts of these are kept; they stay: {', '.join(free)}")
        if dry_run:
            _tell_expired("would be erased", waiting, json)
            return
        with progress("expiring", sum(waiting.values())) as advance:
            done = expiring.expire(parts, at, getpass.getuser(), advance)
        behind = follower.follow_after(parts.record, parts.search).sentence()
    _tell_expired("erased", dict.fromkeys(waiting, 0) | done.posts, json)
    if behind:
        raise EngineError(f"Search may show them until the index has followed. {behind}")
    if not done.forgotten:
        raise EngineError(
            "The record's log still holds them: another process has been reading the record since before. "
            "When that has ended, run again: sangtin source expire"
        )


def _tell_expired(what: str, posts: dict[str, int], json: bool) -> None:
    if json:
        emit_json({"posts": sum(posts.values()), "sources": posts})
        return
    for name, count in posts.items():
        emit(f"{name:24} {count:,}")
    emit(f"{sum(posts.values()):,} posts {what}.")


def figures(health: Health) -> dict[str, object]:
    """A source's card and health, for programs."""
    return asdict(health.source) | {
        "type": health.source.type.value,
        "is_news": health.source.is_news,
        "complete": health.source.complete,
        "state": health.state,
        "reason": health.reason,
        "checked_at": health.checked_at.isoformat() if health.checked_at else None,
        "succeeded_at": health.succeeded_at.isoformat() if health.succeeded_at else None,
    }
