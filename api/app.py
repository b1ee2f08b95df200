"""The record, the search and the stages' services → the application that serves screens and JSON API."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from api import metrics, v1
from api.failures import add_handlers
from api.frame import HERE
from api.guard import Guard, from_our_pages, legible
from api.house import House
from api.screens import login, overview, post, queue, search, sources
from api.services import Services
from sangtin.record import Record
from sangtin.search import Search
from sangtin.settings import Settings


def create_app(record: Record, search_index: Search, services: Services, settings: Settings) -> FastAPI:
    """The application. It owns neither record nor index: who opened them closes them."""
    app = FastAPI(
        title="Sàng Tin",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_our_pages), Depends(legible)],
    )
    app.state.house = House(record, search_index, services, settings)
    for screen in (login, overview, search, post, queue, sources):
        app.include_router(screen.router, include_in_schema=False)
    v1.include(app)
    app.include_router(metrics.router, dependencies=v1.KEYS)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    add_handlers(app)
    app.add_middleware(Guard)
    return app
