"""`sangtin export`: posts or reviews → a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sangtin.cli import search as searching
from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings
from sangtin.errors import UsageError


def export(
    file: Annotated[Path, typer.Argument(help="Ends with .csv or .jsonl.")],
    query: Annotated[str, typer.Argument(help="As in `sangtin search`; empty: every post.")] = "",
    exact: searching.Exact = False,
    source: searching.Sources = None,
    label: searching.Labels = None,
    kind: searching.Kinds = None,
    flag: searching.Flags = None,
    cluster: searching.Clusters = None,
    author: searching.Authors = None,
    since: searching.Since = None,
    until: searching.Until = None,
    reviews: Annotated[bool, typer.Option("--reviews", help="What people labelled, for training.")] = False,
    json: JsonFlag = False,
) -> None:
    """Write the posts that a search finds, or all reviews, to CSV or JSONL; as many as the search counts.

    CSV opens in a spreadsheet: it has a byte order mark, and no cell is taken for a formula.

    \b
    Examples:
      sangtin export negative.csv --label negative --from 2026-10-01
      sangtin export flood.jsonl "ngap lut"
      sangtin export reviews.jsonl --reviews
    """
    import getpass

    from sangtin import follower
    from sangtin.pipeline import exporting
    from sangtin.pipeline.parts import opened

    alternatives = {"source": source, "label": label, "kind": kind, "flag": flag}
    alternatives |= {"cluster": cluster, "author": author}
    if reviews:
        _refuse_narrowing({"the query": query, "exact": exact, **alternatives, "from": since, "to": until})
    behind = follower.Behind()
    with opened(settings()) as parts:
        if reviews:
            count = exporting.export_reviews(parts, file, getpass.getuser())
        else:
            searching.check_sources(parts.record, source)
            behind = follower.Behind(follower.follow(parts.record, parts.search))
            asked = searching.understood(query, exact)
            within = searching.filters(alternatives, since, until)
            count = exporting.export_posts(parts, file, asked, within, by=getpass.getuser())
    emit_json({"rows": count}) if json else emit(f"{file}: {count:,} rows")
    if behind.changes:
        say(f"The export lacks what changed last. {behind.sentence()}")


def _refuse_narrowing(given: Mapping[str, object]) -> None:
    """Refuse what narrows a search: whoever narrows reviews with it would take all of them for those few."""
    named = [name if " " in name else f"--{name}" for name, value in given.items() if value]
    if named:
        raise UsageError(f"Reviews are exported whole; leave out {', '.join(named)}.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(export)
