"""Record and search → the JSON API, version 1: the same words as the screens, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Security
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import AwareDatetime, BaseModel, Field

from api.answers import (
    DayAnswer,
    FacetAnswer,
    FailureAnswer,
    FlaggedDayAnswer,
    FlagsAnswer,
    FoundAnswer,
    HealthAnswer,
    HitAnswer,
    LedgerAnswer,
    PostAnswer,
    QueueAnswer,
    ReviewedAnswer,
    SourceAnswer,
    WholePostAnswer,
)
from api.audit import note_acts
from api.deciding import Decision, decide
from api.exporting import Format, lines
from api.house import house
from api.people import COOKIE, Acting, Asking, visitor
from api.reading import Depth, find_post, read_post
from sangtin.errors import MissingError, SangtinError
from sangtin.follower import lag
from sangtin.post import Bin, Flag, Kind, Ledger
from sangtin.record import collecting, flagged, ledger, queue, shown, sources
from sangtin.record.ledger import Scope
from sangtin.search import Cursor, Filters, Sort, parse

ROOT = "/api/v1"
# What one answer may hold: a page to read, not an archive; `export` streams everything.
MOST_HITS = 1_000
MOST_CARDS = 100
SAID: dict[int | str, dict[str, Any]] = {
    status: {"model": FailureAnswer} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}
EXPORT_TYPES = {Format.CSV: "text/csv; charset=utf-8", Format.JSONL: "application/jsonl"}

# For the description alone; `visitor` decides.
KEYS = [
    Security(scheme) for scheme in (HTTPBearer(auto_error=False), APIKeyCookie(name=COOKIE, auto_error=False))
]

router = APIRouter(
    prefix=ROOT,
    dependencies=[Depends(visitor), *KEYS],
    responses=SAID,
)


class Period(BaseModel):
    """Which posts a ledger counts; both days belong to the period."""

    since: date | None = Field(None, alias="from", description="First day in Asia/Ho_Chi_Minh.")
    until: date | None = Field(None, alias="to", description="Last day.")
    source: str | None = None

    def scope(self) -> Scope:
        """The same in the record's words."""
        return Scope(self.since, self.until, self.source)


class LedgerParams(Period):
    """A period, and the moment as of which it is counted."""

    as_of: AwareDatetime | None = Field(None, description="With its zone; left out: now.")


class SearchParams(BaseModel):
    """A query with its filters, as the search screen's address has them."""

    q: str = Field("", description="In the language of the search; empty: every post.")
    exact: bool = Field(False, description="Compare the marks as typed.")
    bin: list[Bin] = []
    kind: list[Kind] = []
    flag: list[Flag] = []
    source: list[str] = []
    cluster: list[str] = []
    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")

    def filters(self) -> Filters:
        """The filters in the words of the search."""
        return Filters(
            sources=tuple(self.source),
            bins=tuple(self.bin),
            kinds=tuple(self.kind),
            flags=tuple(self.flag),
            clusters=tuple(self.cluster),
            since=self.since,
            until=self.until,
        )


class PageParams(SearchParams):
    """Which page of a search."""

    sort: Sort = Sort.NEWEST
    limit: int = Field(50, ge=1, le=MOST_HITS)
    after: str = Field("", description="The `next` of the page before.")


class ExportParams(SearchParams):
    """What to write, and how."""

    format: Format = Format.JSONL


def include(app: FastAPI) -> None:
    """Serve the API and, to those who have logged in, its description."""
    app.include_router(router)

    @app.get(f"{ROOT}/openapi.json", include_in_schema=False, dependencies=[Depends(visitor)])
    def description() -> JSONResponse:
        """The OpenAPI description."""
        return JSONResponse(app.openapi())


@router.get("/ledger")
def get_ledger(request: Request, params: Annotated[LedgerParams, Query()]) -> LedgerAnswer:
    """Count the posts of a period and source in each bin."""
    with house(request).record.read() as connection:
        return LedgerAnswer.of(ledger.ledger(connection, params.scope(), params.as_of))


@router.get("/trend")
def get_trend(request: Request, params: Annotated[Period, Query()]) -> list[DayAnswer]:
    """The ledger of each day that has posts, or on which collecting failed."""
    with house(request).record.read() as connection:
        days = ledger.trend(connection, params.scope())
        failed = collecting.failed_days(connection, params.scope())
    return [
        DayAnswer(
            **LedgerAnswer.of(days.get(day, Ledger())).model_dump(), day=day, failed=list(failed.get(day, ()))
        )
        for day in sorted({*days, *failed})
    ]


@router.get("/flags")
def get_flags(request: Request, params: Annotated[LedgerParams, Query()]) -> FlagsAnswer:
    """How many posts of a period and source models flagged, in all (as of a moment) and each day (now)."""
    with house(request).record.read() as connection:
        total = flagged.count_flagged(connection, params.scope(), params.as_of)
        days = flagged.flagged_days(connection, params.scope())
    return FlagsAnswer(
        flags=total, days=[FlaggedDayAnswer(day=day, flags=found) for day, found in days.items()]
    )


@router.get("/search")
def search(request: Request, who: Asking, params: Annotated[PageParams, Query()]) -> FoundAnswer:
    """One page of the posts that a query finds, with exact counts of all of them."""
    at = house(request)
    query, after = parse(params.q, exact=params.exact), Cursor.decode(params.after) if params.after else None
    found = at.search.find(query, params.filters(), sort=params.sort, limit=params.limit, after=after)
    facets = at.search.facets(query, params.filters())
    highlights = {hit.document.id: hit.highlights for hit in found.hits}
    with at.record.read() as connection:
        posts = shown.summaries_by_id(connection, list(highlights))
    note_acts(at.record, who.name, [("search", params.q)])
    return FoundAnswer(
        total=facets.total,
        hits=[HitAnswer.found(post, highlights[post.id]) for post in posts],
        next=found.next.encode() if found.next else None,
        facets=FacetAnswer.of(facets),
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {kind.partition(";")[0]: {} for kind in EXPORT_TYPES.values()}}},
)
def get_export(request: Request, who: Asking, params: Annotated[ExportParams, Query()]) -> StreamingResponse:
    """Every post that a query finds at this moment, newest first, streamed as CSV or JSONL."""
    at = house(request)
    query = parse(params.q, exact=params.exact)
    note_acts(at.record, who.name, [("export", params.model_dump_json(exclude_defaults=True))])
    written = lines(at.search.export(query, params.filters()), params.format)
    name = f'attachment; filename="sangtin.{params.format.value}"'
    return StreamingResponse(
        written, media_type=EXPORT_TYPES[params.format], headers={"content-disposition": name}
    )


@router.get("/posts/{post_id:path}")
def get_post(request: Request, who: Asking, post_id: str) -> WholePostAnswer:
    """Everything about a post; of an erased one, what is left."""
    at = house(request)
    with at.record.read() as connection:
        found = find_post(connection, post_id)
        if found is None:
            raise MissingError(
                f"There is no post {post_id!r} in the record. Look for it with: /api/v1/search"
            )
        reading = read_post(connection, at.services, found, Depth(relatives=0)) if found.summary else None
    note_acts(at.record, who.name, [("read", post_id)])
    return WholePostAnswer.of(post_id, found, reading)


@router.post("/reviews", status_code=201)
def add_review(request: Request, who: Acting, decision: Decision) -> ReviewedAnswer:
    """Append what the person says of a post: a label, unsure, not a copy, same as, or undo."""
    at = house(request)
    number = decide(at.record, who.name, decision)
    with at.record.read() as connection:
        posts = shown.summaries_by_id(connection, [decision.post])
    return ReviewedAnswer(review=number, post=PostAnswer.of(posts[0]) if posts else None)


@router.get("/queue")
def get_queue(
    request: Request, who: Asking, limit: Annotated[int, Query(ge=1, le=MOST_CARDS)] = 20
) -> QueueAnswer:
    """The posts that wait for the person who asks, most urgent first."""
    at = house(request)
    with at.record.read() as connection:
        head = queue.waiting(connection, who.name)
        posts = queue.queue(connection, who.name, limit)
    note_acts(at.record, who.name, [("read", post.id) for post in posts])
    return QueueAnswer(waiting=head.posts, oldest=head.oldest, posts=[PostAnswer.of(post) for post in posts])


@router.get("/sources")
def get_sources(request: Request) -> list[SourceAnswer]:
    """Every source with its card, its health and its ledger."""
    with house(request).record.read() as connection:
        counted = ledger.by_source(connection)
        newest = collecting.newest_posts(connection)
        cards = sources.all_sources(connection)
    return [
        SourceAnswer.about(h, counted.get(h.source.name, Ledger()), newest.get(h.source.name)) for h in cards
    ]


@router.get("/health", responses={503: {"model": HealthAnswer}})
def get_health(request: Request) -> JSONResponse:
    """Whether record and search answer (503 where one does not), and how far the search is behind."""
    at = house(request)
    try:
        answer = HealthAnswer(record=True, search=True, lag=lag(at.record, at.search))
    except SangtinError:
        answer = HealthAnswer(record=True, search=False, lag=None)
    return JSONResponse(answer.model_dump(), 200 if answer.search else 503)
