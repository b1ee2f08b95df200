"""A template and its view → a page in the frame that all screens share."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from api.asked import Asked
from api.house import house
from api.language import Language, languages
from api.people import Visitor
from sangtin.errors import SangtinError
from sangtin.record import queue, sources

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
# What a person may be told on arriving at a post, by an address.
NOTICES = ("edited", "decided", "target")


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every screen. `waiting` is None where the record does not answer."""

    language: str
    theme: str
    visitor: Visitor | None
    path: str
    here: str
    asked: Asked
    waiting: int | None = None
    broken: tuple[str, ...] = ()
    notice: str = ""


def page(request: Request, template: str, view: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Draw a screen for the person who asked."""
    return _draw(request, template, view, frame_of(request), status=status)


def bare_page(request: Request, template: str, view: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Draw a screen without asking the record for anything: before a login, or where it does not answer."""
    return _draw(request, template, view, _frame(request, None), status=status)


def language_of(request: Request) -> Language:
    """The language that the person chose; Vietnamese before they chose."""
    known = languages()
    return known.get(request.cookies.get(LANGUAGE_COOKIE, ""), known["vi"])


def frame_of(request: Request) -> Frame:
    """The frame for the person that `people.visitor` found, counts and warnings included."""
    who: Visitor | None = getattr(request.state, "visitor", None)
    if who is None:
        return _frame(request, None)
    with house(request).record.read() as connection:
        waiting = queue.waiting(connection, who.name).posts
        broken = tuple(
            f"{h.source.name}: {language_of(request).trouble(h.reason)}"
            for h in sources.all_sources(connection)
            if h.state == "broken"
        )
    return _frame(request, who, waiting, broken)


def post_path(post_id: str) -> str:
    """The address of a post's screen."""
    return f"/posts/{quote(post_id, safe=':')}"


@functools.cache
def static_path(name: str) -> str:
    """The address of a static file, with its hash, so that browsers may keep it for good."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"static": static_path, "post_path": post_path}
    return environment


def _draw(
    request: Request, template: str, view: Mapping[str, Any], frame: Frame, *, status: int
) -> HTMLResponse:
    drawn = _templates().get_template(template).render(t=language_of(request), frame=frame, **view)
    return HTMLResponse(drawn, status)


def _here(request: Request) -> str:
    """Where a choice of language leads back to: no form's address, which answers no GET."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _frame(
    request: Request, who: Visitor | None, waiting: int | None = None, broken: tuple[str, ...] = ()
) -> Frame:
    theme = request.cookies.get(THEME_COOKIE, "auto")
    try:
        asked = Asked.of(request.query_params) if request.url.path == "/search" else Asked()
    except SangtinError:
        asked = Asked()
    return Frame(
        language_of(request).code,
        theme if theme in THEMES else "auto",
        who,
        request.url.path,
        _here(request),
        asked,
        waiting,
        broken,
        notice if (notice := request.query_params.get("notice", "")) in NOTICES else "",
    )
