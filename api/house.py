"""A request → the record, the search and the services that the server was started with."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api.services import Services
from sangtin.record import Record
from sangtin.search import Search
from sangtin.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """What every screen and every answer draws on."""

    record: Record
    search: Search
    services: Services
    settings: Settings


def house(request: Request) -> House:
    """What the server of a request was started with."""
    found = request.app.state.house
    if not isinstance(found, House):
        raise TypeError("the application was not made by create_app")
    return found
