"""An error → a page or a JSON answer that says what, why and what to do next, and nothing of its insides."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from api.asked import DayError
from api.deciding import StaleError
from api.frame import bare_page, page
from api.guard import HEADERS
from api.people import ForgedError, LoginNeededError, visitor
from sangtin.errors import (
    BusyError,
    EngineError,
    InputError,
    MissingError,
    QueryError,
    SangtinError,
    UsageError,
)

API = "/api/"
# The first that fits; a kind is a set of sayings in the catalogue.
KINDS: Mapping[type[SangtinError], tuple[str, int]] = {
    ForgedError: ("forged", 403),
    BusyError: ("busy", 503),
    EngineError: ("engine", 503),
    MissingError: ("missing", 404),
    StaleError: ("stale", 409),
    DayError: ("day", 400),
    UsageError: ("usage", 400),
    InputError: ("usage", 400),
}


def add_handlers(app: FastAPI) -> None:
    """Answer every error of an application in our words."""
    app.add_exception_handler(LoginNeededError, _login)
    app.add_exception_handler(SangtinError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


# Kinds in which the record may not answer: their page is drawn without it.
ALONE = ("busy", "engine", "unexpected")


def failed(request: Request, kind: str, status: int, detail: str = "") -> Response:
    """The page of one kind of failure, in the frame of the person who asks where the record can be asked.

    `detail` is for who runs the server.
    """
    view = {"kind": kind, "detail": detail}
    if kind not in ALONE:
        with contextlib.suppress(SangtinError):
            visitor(request)
            return page(request, "failure.html", view, status=status)
    return bare_page(request, "failure.html", view, status)


def _login(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        return JSONResponse({"error": str(error)}, 401, {"www-authenticate": "Bearer"})
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("x-part"):
        # The queue's script follows no redirect; it goes to the login by itself.
        return Response(status_code=401)
    where = f"/login?next={quote(here)}"
    if request.method != "GET":
        where = f"/login?expired=1&next={quote(_came_from(request))}"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": where})
    return RedirectResponse(where, 303)


def _came_from(request: Request) -> str:
    """The page of ours that a form was on."""
    parts = urlsplit(request.headers.get("referer", ""))
    ours = parts.netloc == request.headers.get("host", "")
    return parts.path + (f"?{parts.query}" if parts.query else "") if ours else "/"


def _known(request: Request, error: Exception) -> Response:
    if not isinstance(error, SangtinError):
        raise error
    kind, status = next((KINDS[c] for c in type(error).__mro__ if c in KINDS), ("unexpected", 500))
    if request.url.path.startswith(API):
        extra = {"position": error.position, "fault": error.fault} if isinstance(error, QueryError) else {}
        return JSONResponse({"error": error.message} | extra, status)
    return failed(request, kind, status, error.message)


def _malformed(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    if request.url.path.startswith(API):
        return JSONResponse({"error": f"The request is malformed ({wrong}). See /api/v1/openapi.json."}, 422)
    return failed(request, "usage", 400, wrong)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith(API):
        said = {
            404: "There is nothing at this address.",
            405: "This address takes another method.",
            413: "The request is longer than a megabyte. Shorten it.",
        }
        return JSONResponse({"error": said.get(status, "The request was refused.")}, status)
    return failed(request, "missing" if status == 404 else "usage", status)


def _unexpected(request: Request, _error: Exception) -> Response:
    """Drawn outside all middleware, so it brings the guard's headers itself."""
    response = _apology(request)
    response.headers.update(HEADERS)
    return response


def _apology(request: Request) -> Response:
    if request.url.path.startswith(API):
        body = json.dumps({"error": "The server made a mistake; its log says more. Nothing was changed."})
        return Response(body, 500, media_type="application/json")
    return failed(request, "unexpected", 500)
