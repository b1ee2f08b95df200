"""A post's id → its screen: the text, who says what of it, its copies, its history; and a person's act."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.audit import note_acts
from api.deciding import DecisionForm, StaleError, decide
from api.failures import failed
from api.frame import page, post_path
from api.house import house
from api.people import Acting, Asking
from api.reading import find_post, read_post
from api.similar import similar
from sangtin.errors import UsageError
from sangtin.post import Act

router = APIRouter()


@router.get("/posts/{post_id:path}")
def show(request: Request, post_id: str, who: Asking) -> Response:
    """The post; what is left of an erased one; or that there is none."""
    at = house(request)
    with at.record.read() as connection:
        found = find_post(connection, post_id)
        if found is None:
            return failed(request, "missing", 404)
        reading = read_post(connection, at.services, found) if found.summary else None
        like = similar(connection, found.summary) if found.summary else []
    note_acts(at.record, who.name, [("read", post_id)])
    return page(
        request, "post.html", {"reading": reading, "shown": found, "post_id": post_id, "similar": like}
    )


@router.post("/review")
def review(
    request: Request, who: Acting, decision: DecisionForm, next: Annotated[str, Form()] = ""
) -> Response:
    """Append what the person says of the post, and show the post again; or why nothing was appended."""
    to = next if next.startswith("/search?") else post_path(decision.post)
    try:
        decide(house(request).record, who.name, decision)
    except StaleError as error:
        to = _with_notice(to, error.reason)
    except UsageError:
        if decision.act is not Act.SAME_AS or not decision.target:
            raise
        to = _with_notice(to, "target")
    return RedirectResponse(to, 303)


def _with_notice(address: str, notice: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}notice={notice}"
