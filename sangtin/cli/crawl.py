"""`sangtin crawl`: feeds → the record."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings

if TYPE_CHECKING:
    from crawlers.visit import Report


def crawl(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", show_default=False)] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on at each card's interval, until interrupted.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Fetch the feeds of the named sources, or of all whose card is complete.

    Obeys robots.txt and its crawl delay, asks only for what changed, and waits where a server asks to.
    Interrupt or kill it at any moment: what was kept stays, the rest is fetched next time. Prints a line a
    visit; with --json a line of JSON. Ends with 1 where a source could not be read. Set SANGTIN_CONTACT so
    that a site's owner can reach you.

    \b
    Examples:
      sangtin crawl
      sangtin crawl bao-hue
      sangtin crawl --watch
      sangtin crawl --json
    """
    from sangtin import follower
    from sangtin.pipeline.crawling import crawl_sources
    from sangtin.pipeline.parts import opened

    chosen = settings()
    if not chosen.contact:
        say("Sites can't reach you: set SANGTIN_CONTACT to an e-mail address or a page of yours.")
    broken = False
    with opened(chosen) as parts:
        reports = crawl_sources(parts.record, chosen, names or [], goes_on=watch)
        with contextlib.closing(reports):
            for report in reports:
                broken = broken or report.state != "ok"
                emit_json(summary(report)) if json else emit(sentence(report))
                sys.stdout.flush()  # who follows --watch through a pipe reads each visit as it ends
        behind = follower.follow_after(parts.record, parts.search).sentence()
    if behind:
        say(behind)
    if broken:
        raise typer.Exit(1)


def summary(report: Report) -> dict[str, object]:
    """What a visit brought, for programs."""
    from sangtin.pipeline.crawling import figures

    known = {"source": report.source, "at": report.at.isoformat()}
    return known | {"state": report.state, "reason": report.reason} | figures(report)


def sentence(report: Report) -> str:
    """What a visit brought, for people."""
    if report.state != "ok":
        return f"{report.source}: {report.reason}"
    if report.not_modified:
        return f"{report.source}: nothing new since the last visit"
    told = f"{report.source}: {report.new} new, {report.changed} changed, {report.seen} seen"
    parts = [f"{count} rejected ({reason})" for reason, count in report.rejected.items()]
    parts += [f"{issue} ×{count}" for issue, count in report.issues.items()]
    return "; ".join([told, *parts])


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(crawl)
