"""Source cards → a table of what is collected, on what ground, and how it goes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.frame import page
from api.house import house
from api.people import Asking
from api.screens.overview import source_rows
from sangtin.record.ledger import EVERYTHING

router = APIRouter()


@router.get("/sources")
def show(request: Request, who: Asking) -> Response:  # noqa: ARG001
    """Every source with its card, its health, its posts and its newest one."""
    with house(request).record.read() as connection:
        rows = source_rows(connection, EVERYTHING)
    return page(request, "sources.html", {"rows": rows})
