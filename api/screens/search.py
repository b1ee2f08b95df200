"""What an address asks → the posts found, a row for each cluster, their facets, and the post at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from api.asked import Asked
from api.audit import note_acts
from api.exporting import Format
from api.frame import page
from api.house import House, house
from api.people import Asking, Visitor
from api.reading import Depth, Reading, find_post, read_post
from api.rows import Question, fold, rows
from sangtin.errors import EngineError, Fault, QueryError
from sangtin.follower import lag
from sangtin.post import Bin, Flag, Kind
from sangtin.search import Cursor, Facets, Filters, Sort, highlight, parse

# Sources beyond these are reached by the query's `source:`; a column of hundreds is no facet.
MOST_SOURCES = 12

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: how many hits it has, and the address that adds it or takes it away."""

    value: str
    posts: int
    chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One day of the histogram, x and height in [0, 100], and the address of its posts alone."""

    day: date
    posts: int
    x: float
    width: float
    height: float
    url: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a query cannot be understood, and why."""

    before: str
    at: str
    after: str
    error: QueryError


@router.get("/search")
def show(request: Request, who: Asking) -> Response:
    """The screen in the state that its address describes."""
    asked = Asked.of(request.query_params)
    view, status = _view(request, house(request), asked, who)
    return page(request, "search.html", view | _links(asked), status=status)


def _links(asked: Asked) -> dict[str, Any]:
    """The state, and the addresses of states beside it."""
    return {
        "asked": asked,
        "sorts": {sort: replace(asked, sort=sort).url() for sort in Sort},
        "exports": {form.value: asked.url("/api/v1/export", format=form.value) for form in Format},
        "without": {
            "exact": replace(asked, exact=False).url(),
            "filters": replace(asked, filters=Filters()).url(),
            "none": Filters(),
        },
    }


def _view(request: Request, at: House, asked: Asked, who: Visitor) -> tuple[dict[str, Any], int]:
    """What is found, or where the query is wrong, or that the engine is down: the states of the screen."""
    empty: dict[str, Any] = dict.fromkeys(("found", "mistake", "reading"))
    try:
        found = _find(request, at, asked)
    except QueryError as error:
        return empty | {"mistake": _mistake(asked.text, error), "down": False}, 400
    except EngineError:
        return empty | {"down": True}, 503
    reading = _reading(request, at, asked)
    acts = [("search", asked.url())] + ([("read", reading.summary.id)] if reading else [])
    note_acts(at.record, who.name, acts)
    return empty | {"found": found, "reading": reading, "down": False}, 200


def _find(request: Request, at: House, asked: Asked) -> dict[str, Any]:
    cursor = request.query_params.get("after", "")
    after = Cursor.decode(cursor) if cursor else None
    query = parse(asked.text, exact=asked.exact)
    facets = at.search.facets(query, asked.filters)
    question = Question(at.search, query, asked)
    with at.record.read() as connection:
        groups, following = fold(connection, question, after)
        found = rows(connection, question, groups)
    return {
        "total": facets.total,
        "rows": found,
        "facets": _options(asked, facets),
        "days": _columns(asked, facets),
        "next": asked.url(after=following.encode()) if following else "",
        "later": bool(cursor),
        "lag": lag(at.record, at.search),
    }


def _reading(request: Request, at: House, asked: Asked) -> Reading | None:
    """The chosen post with the found words in it, whichever page of the hits it stands on."""
    post_id = request.query_params.get("post", "")
    if not post_id:
        return None
    with at.record.read() as connection:
        found = find_post(connection, post_id)
        if found is None or found.summary is None:
            return None
        words = highlight(parse(asked.text, exact=asked.exact), found.summary.text)
        depth = Depth(relatives=5, found=words)
        return read_post(connection, at.services, found, depth)


def _options(asked: Asked, facets: Facets) -> dict[str, list[Option]]:
    """Each facet's values with hits, and those chosen, in the order of the glossary; sources by posts."""
    fields: dict[str, tuple[Sequence[str], dict[Any, int]]] = {
        "bins": (list(Bin), facets.bins),
        "kinds": (list(Kind), facets.kinds),
        "flags": (list(Flag), facets.flags),
        "sources": (_most(facets.sources, asked.filters.sources), facets.sources),
    }
    return {field: _chosen(asked, field, *values) for field, values in fields.items()}


def _most(counts: dict[str, int], chosen: Sequence[str]) -> list[str]:
    """The sources with the most hits, and the chosen ones."""
    ordered = sorted({*counts, *chosen}, key=lambda name: (-counts.get(name, 0), name))
    return [name for i, name in enumerate(ordered) if i < MOST_SOURCES or name in chosen]


def _chosen(asked: Asked, field: str, values: Sequence[str], counts: dict[Any, int]) -> list[Option]:
    chosen = getattr(asked.filters, field)
    return [
        Option(value, counts.get(value, 0), value in chosen, asked.toggle(field, value).url())
        for value in values
        if counts.get(value) or value in chosen
    ]


def _columns(asked: Asked, facets: Facets) -> list[DayColumn]:
    """The histogram of days; a day without hits leaves a gap."""
    if not facets.days:
        return []
    first, top = min(facets.days), max(facets.days.values())
    span = (max(facets.days) - first).days + 1
    return [
        DayColumn(
            day,
            posts,
            round(100 * (day - first).days / span, 3),
            round(100 / span, 3),
            round(max(2.0, 100 * posts / top), 3),
            asked.filtered(since=day, until=day).url(),
        )
        for day, posts in facets.days.items()
    ]


# Of these, one character is wrong, not the word that it begins.
_CHARACTERS = (Fault.QUOTATION, Fault.BRACKET, Fault.NESTED)


def _mistake(text: str, error: QueryError) -> Mistake:
    at = min(error.position, len(text))
    end = min(at + 1, len(text)) if error.fault in _CHARACTERS else _end_of_word(text, at)
    return Mistake(text[:at], text[at:end], text[end:], error)


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace() and text[at] not in "()":
        at += 1
    return at
