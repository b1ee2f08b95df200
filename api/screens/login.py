"""A one-time link, or a name with its password → a session; and the choices that a browser keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.frame import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, bare_page
from api.house import house
from api.language import LANGUAGES
from api.people import COOKIE, Acting
from sangtin.post import now
from sangtin.record import accounts

# NIST SP 800-63B, 5.2.2 asks for a bound on failed attempts; ten in a quarter of an hour is slow enough to
# guess with and quick enough to come back to.
MOST_FAILURES = 10
FAILURES_WITHIN = timedelta(minutes=15)
CHOICES_LAST_S = 365 * 86_400

router = APIRouter()


class Failures:
    """When logins under each name failed of late, kept while the server runs."""

    def __init__(self) -> None:
        self.at: dict[str, list[datetime]] = {}

    def too_many(self, name: str) -> bool:
        """Whether a name must wait."""
        since = now() - FAILURES_WITHIN
        recent = {n: [at for at in times if at > since] for n, times in self.at.items()}
        self.at = {n: times for n, times in recent.items() if times}
        return len(self.at.get(name, ())) >= MOST_FAILURES

    def add(self, name: str) -> None:
        """One more failed."""
        self.at.setdefault(name, []).append(now())


failures = Failures()


@router.get("/login")
def show(request: Request, token: str = "", next: str = "/", expired: bool = False) -> Response:
    """The form; or, with the token of a one-time link, the session that it is worth."""
    if not token:
        return bare_page(
            request, "login.html", {"next": _ours(next), "problem": "expired" if expired else ""}
        )
    with house(request).record.write(durable=True) as writing:
        session = accounts.use_link(writing, token)
        if session and (who := accounts.who(writing.connection, session)):
            accounts.note(writing, who.name, "login", "link")
    if session is None:
        return bare_page(request, "login.html", {"next": _ours(next), "problem": "link"}, 403)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A browser that follows a redirect from another site holds back a strict cookie; a page of ours
        # that goes on by itself does not.
        return _enter(bare_page(request, "entered.html", {"next": _ours(next)}), request, session)
    return _enter(RedirectResponse(_ours(next), 303), request, session)


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1_000)],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A session for a name and its password."""
    if failures.too_many(name):
        return bare_page(request, "login.html", {"next": _ours(next), "problem": "wait"}, 429)
    record = house(request).record
    with record.read() as connection:
        who = accounts.check_password(connection, name, password)
    if who is None:
        failures.add(name)
        return bare_page(request, "login.html", {"next": _ours(next), "problem": "password"}, 403)
    with record.write(durable=True) as writing:
        session = accounts.make_session(writing, who.name)
        accounts.note(writing, who.name, "login", "password")
    return _enter(RedirectResponse(_ours(next), 303), request, session)


@router.post("/logout")
def log_out(request: Request, who: Acting) -> Response:
    """End the session."""
    with house(request).record.write() as writing:
        accounts.end_session(writing, request.cookies.get(COOKIE, ""))
        accounts.note(writing, who.name, "logout", "")
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/choices")
def choose(
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Keep a choice of language or theme in the browser. It changes nothing else, so it asks no proof."""
    response = RedirectResponse(_ours(next), 303)
    for cookie, value, known in ((LANGUAGE_COOKIE, language, LANGUAGES), (THEME_COOKIE, theme, THEMES)):
        if value in known:
            response.set_cookie(cookie, value, max_age=CHOICES_LAST_S, httponly=True, samesite="strict")
    return response


def _enter(response: Response, request: Request, session: str) -> Response:
    secure = request.url.scheme == "https"
    lasts = int(accounts.SESSION_LASTS.total_seconds())
    response.set_cookie(COOKIE, session, max_age=lasts, httponly=True, samesite="strict", secure=secure)
    return response


def _ours(address: str) -> str:
    """The address if it is a path of ours, else the first screen: no login leads to another site."""
    parts = urlsplit(address)
    stray = parts.scheme or parts.netloc or "\\" in address or not address.isprintable()
    return address if address.startswith("/") and not address.startswith("//") and not stray else "/"
