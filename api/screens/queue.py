"""Posts that a person should look at → one card after the other, decided with one key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.audit import note_acts
from api.deciding import Decision, Number, StaleError, decide, decide_in, name_kind
from api.frame import page, post_path
from api.house import House, house
from api.people import Acting, Asking, Visitor
from api.reading import Depth, Reading, find_post, read_post
from sangtin.post import VIETNAM, Act, Kind, Label, Review, now
from sangtin.record import queue, reviews, shown
from sangtin.record.queue import Waiting

# The card at hand, and two behind it: a person who presses two keys at once still finds a card.
CARDS = 3
# Copies on a card: as many as are read at a glance. The post's own screen shows them all.
RELATIVES = 3
LAST_ACTS = 10

# Advert, scam, noise, neutral: one letter of each name, and all apart; the label policy's page has the same.
KIND_KEYS = (("a", Kind.ADVERT), ("c", Kind.SCAM), ("s", Kind.NOISE), ("n", Kind.NEUTRAL))

router = APIRouter()


class OnDesk(BaseModel):
    """The cards that a browser holds: the posts it has had, and how many of them are still ahead."""

    seen: list[str] = []
    ahead: int = Field(0, ge=0)


class CardDecision(Decision, OnDesk):
    """An act on the card at hand."""


class CardKind(OnDesk):
    """The kind of spam that the card before was."""

    act: Number
    kind: Kind


@dataclass(frozen=True, slots=True)
class Desk:
    """What a browser holds, the post whose card comes back first, and what the person is told of it."""

    seen: tuple[str, ...] = ()
    ahead: int = 0
    first: str | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What the screen's head and undo bar say."""

    waiting: Waiting
    today: int
    acts: list[reviews.Said]
    names_kind: bool


@router.get("/queue")
def show(request: Request, who: Asking) -> Response:
    """The first cards, with the head and the undo bar."""
    return _answer(request, who, "queue.html", Desk())


@router.get("/queue/cards")
def more(request: Request, who: Asking, desk: Annotated[OnDesk, Query()]) -> Response:
    """Further cards, for a person who passes over some."""
    return _answer(request, who, "queue_part.html", Desk(tuple(desk.seen), desk.ahead))


@router.post("/queue/review")
def review(request: Request, who: Acting, given: Annotated[CardDecision, Form()]) -> Response:
    """Append what the person says of a card's post; the answer holds the next cards.

    Nothing is appended where the post is not what the card showed: the card of what it is now comes back.
    """
    record = house(request).record
    with record.read() as connection:
        live = shown.summaries_by_id(connection, [given.post])
    if not live and given.act is not Act.UNDO:
        return _next(request, who, given, says="gone")
    try:
        decide(record, who.name, given)
    except StaleError as error:
        return _next(request, who, given, given.post, says=error.reason)
    return _next(request, who, given)


@router.post("/queue/kind")
def kind(request: Request, who: Acting, given: Annotated[CardKind, Form()]) -> Response:
    """Say what kind of spam the card before was, unless it was edited or decided anew meanwhile."""
    try:
        with house(request).record.write(durable=True) as writing:
            name_kind(writing, who.name, given.act, given.kind)
    except StaleError as error:
        return _next(request, who, given, says=error.reason)
    return _next(request, who, given)


@router.post("/queue/undo")
def undo(request: Request, who: Acting, given: Annotated[OnDesk, Form()]) -> Response:
    """Take back the person's latest act that stands; its card comes back first."""
    with house(request).record.write(durable=True) as writing:
        latest = reviews.latest(writing.connection, who.name, 1)
        for said in latest:
            undoing = Decision(post=said.review.post, act=Act.UNDO, undoes=said.id)
            decide_in(writing, who.name, undoing)
        first = _card_of(writing.connection, latest[0].review) if latest else None
    return _next(request, who, given, first)


def _card_of(connection: Connection, given: Review) -> str:
    """The post on whose card an act was done: a copy is split off on the card of what it repeats."""
    if given.act is not Act.NOT_A_COPY:
        return given.post
    placed = (each.membership for each in shown.summaries_by_id(connection, [given.post]))
    keys = [m.of for m in placed if m and m.of is not None]
    return next((original.id for original in shown.summaries(connection, keys)), given.post)


def _next(
    request: Request, who: Visitor, desk: OnDesk, first: str | None = None, *, says: str = ""
) -> Response:
    if request.headers.get("x-part") != "cards":
        return RedirectResponse(f"{post_path(first)}?notice={says}" if first and says else "/queue", 303)
    return _answer(request, who, "queue_part.html", Desk(tuple(desk.seen), desk.ahead, first, says))


def _answer(request: Request, who: Visitor, template: str, desk: Desk) -> Response:
    at = house(request)
    with at.record.read() as connection:
        view = _view(connection, at, who, desk)
    read = [card.summary.id for card in (*view["restored"], *view["cards"])]
    note_acts(at.record, who.name, [("read", post_id) for post_id in read])
    return page(request, template, view)


def _view(connection: Connection, at: House, who: Visitor, desk: Desk) -> dict[str, Any]:
    first = [desk.first] if desk.first else []
    ahead = desk.ahead + len(first)
    wanted = max(0, CARDS - ahead)
    found = queue.queue(connection, who.name, wanted, (*desk.seen, *first)) if wanted else []
    return {
        "says": desk.says,
        "gone": json.dumps(sorted({*desk.seen} - queue.still_waiting(connection, who.name, desk.seen))),
        "head": _head(connection, who),
        "restored": _cards(connection, at, first),
        "cards": _cards(connection, at, [summary.id for summary in found]),
        "kinds": KIND_KEYS,
    }


def _head(connection: Connection, who: Visitor) -> Head:
    midnight = datetime.combine(now().astimezone(VIETNAM).date(), time(), VIETNAM)
    acts = reviews.latest(connection, who.name, LAST_ACTS)
    last = acts[0].review if acts else None
    return Head(
        queue.waiting(connection, who.name),
        reviews.count_since(connection, who.name, midnight),
        acts,
        last is not None and last.label is Label.SPAM and last.kind is None,
    )


def _cards(connection: Connection, at: House, ids: Sequence[str]) -> list[Reading]:
    found = [find_post(connection, post_id) for post_id in ids]
    depth = Depth(relatives=RELATIVES, at_once=False)
    return [read_post(connection, at.services, each, depth) for each in found if each and each.summary]
