"""`sangtin search`: a query → the posts found, with the found words marked."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings
from sangtin.errors import QueryError, UsageError
from sangtin.post import VIETNAM

if TYPE_CHECKING:
    from sangtin.record import Record
    from sangtin.search import Filters, Hit, Query, Search

# Characters of a post's text on one line of a terminal.
_LINE = 100


class Order(StrEnum):
    """In what order hits are printed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


Sources = Annotated[list[str] | None, typer.Option("--source", help="Only these sources (repeat it).")]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", help="Only spam, negative, positive, duplicate or pending (repeat it)."),
]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only advert, scam, noise or neutral (repeat it).")
]
Flags = Annotated[
    list[str] | None,
    typer.Option("--flag", help="Only scam, unreliable, burst, edited or negative (repeat it)."),
]
Clusters = Annotated[list[str] | None, typer.Option("--cluster", help="Only these clusters.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only these author keys.")]
Since = Annotated[str | None, typer.Option("--from", help="First day: 2026-10-01 or 2026-10.")]
Until = Annotated[str | None, typer.Option("--to", help="Last day, included.")]
Exact = Annotated[bool, typer.Option("--exact", help="Compare the marks as typed: hoa is not hoà.")]


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", OR, -not, prefix*, label:negative …')],
    limit: Annotated[int, typer.Option(min=0, max=1_000, help="How many hits to print.")] = 20,
    sort: Annotated[Order, typer.Option(help="The order of hits.")] = Order.NEWEST,
    exact: Exact = False,
    source: Sources = None,
    label: Labels = None,
    kind: Kinds = None,
    flag: Flags = None,
    cluster: Clusters = None,
    author: Authors = None,
    from_day: Since = None,
    to_day: Until = None,
    json: JsonFlag = False,
) -> None:
    """Find posts. Typed without diacritics, marked text is found too.

    Words must all be there; fields are source: label: kind: flag: from: to: cluster: author:, also in
    Vietnamese (nguồn: nhãn: loại: cờ: từ: đến: cụm:). Several values of a field stand between
    commas. An empty query finds every post.

    \b
    Examples:
      sangtin search "ngap lut thuy dien" --from 2026-10-01
      sangtin search '"hồ thủy điện" OR xả lũ' --label negative --sort relevance
      sangtin search 'nhãn:tiêu_cực -quảng*' --limit 100 --json
      sangtin search 'flag:unreliable -label:duplicate' --from 2026-10-01
    """
    import getpass

    from api.audit import note_acts
    from sangtin import follower
    from sangtin.pipeline.parts import opened

    asked = understood(query, exact)
    admitted = filters(
        {"source": source, "label": label, "kind": kind, "flag": flag, "cluster": cluster, "author": author},
        from_day,
        to_day,
    )
    with opened(settings()) as parts:
        check_sources(parts.record, source)
        total, hits = _found(parts.search, asked, admitted, (limit, sort))
        note_acts(parts.record, getpass.getuser(), [("search", query)])
        behind_by = follower.Behind(follower.lag(parts.record, parts.search))
    if behind := behind_by.sentence():
        say(behind)
    if json:
        emit_json({"total": total, "hits": [_row(hit) for hit in hits]})
        return
    for hit in hits:
        emit(_line(hit))
    emit(f"{total:,} {'post' if total == 1 else 'posts'}, {len(hits):,} shown.")


def understood(query: str, exact: bool) -> Query:
    """The parsed query; a syntax error is shown under the character where it is."""
    from sangtin.search import parse

    try:
        return parse(query, exact=exact)
    except QueryError as error:
        line = " ".join(query.splitlines()) or query
        indent = " " * sum(not unicodedata.combining(character) for character in line[: error.position])
        said = f"{error.message}\n  {line}\n  {indent}^"
        raise QueryError(said, error.position, error.fault, error.subject) from error


def filters(alternatives: dict[str, list[str] | None], since: str | None, until: str | None) -> Filters:
    """Options → filters. Values are understood as in a query: `--label tiêu_cực`, `--to 2026-10`."""
    from sangtin.post import Bin, Flag, Kind
    from sangtin.search import Filters
    from sangtin.search.field import Field, day, values_of

    def chosen(field: Field) -> tuple[str, ...]:
        given = alternatives.get(field) or []
        if field in (Field.SOURCE, Field.CLUSTER, Field.AUTHOR):
            return tuple(given)
        return tuple(value for text in given for value in values_of(field, text, 0))

    try:
        return Filters(
            sources=chosen(Field.SOURCE),
            bins=tuple(map(Bin, chosen(Field.LABEL))),
            kinds=tuple(map(Kind, chosen(Field.KIND))),
            flags=tuple(map(Flag, chosen(Field.FLAG))),
            clusters=chosen(Field.CLUSTER),
            authors=chosen(Field.AUTHOR),
            since=day(Field.SINCE, since, 0) if since else None,
            until=day(Field.UNTIL, until, 0) if until else None,
        )
    except QueryError as error:
        raise UsageError(error.message) from error


def check_sources(record: Record, names: list[str] | None) -> None:
    """UsageError for a source that there is not: no posts of it would say that it has none."""
    from sangtin.record import sources

    with record.read() as connection:
        for name in names or ():
            if sources.find(connection, name) is None:
                raise UsageError(f"There is no source {name!r}. List them with: sangtin source list")


def _found(
    index: Search, asked: Query, admitted: Filters, window: tuple[int, Order]
) -> tuple[int, tuple[Hit, ...]]:
    """The total, and the first hits in the order wanted."""
    from sangtin.search import Sort

    limit, order = window
    hits = index.find(asked, admitted, sort=Sort(order), limit=limit).hits if limit else ()
    return index.total(asked, admitted), hits


def _row(hit: Hit) -> dict[str, object]:
    """One hit for a program."""
    found = hit.document
    highlights = [list(span) for span in hit.highlights]
    said = {"id": found.id, "text": found.text, "label": found.bin.value, "highlights": highlights}
    return said | {"flags": [flag.value for flag in found.flags]}


def _line(hit: Hit) -> str:
    """One hit for a person: when, what, where, why to look, and the text around the first found word."""
    found = hit.document
    first = hit.highlights[0][0] if hit.highlights else 0
    start = max(first - _LINE // 3, 0) if len(found.text) > _LINE else 0
    text = " ".join(found.text[start : start + _LINE].split())
    shown = f"{'…' if start else ''}{text}{'…' if start + _LINE < len(found.text) else ''}"
    when = found.moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    flags = "".join(f"  [{flag}]" for flag in found.flags if flag.value != found.bin.value)
    return f"{when}  {found.bin:<9}  {found.id}{flags}\n  {shown}"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(search)
