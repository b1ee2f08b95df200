"""A response → the same with the headers that keep other sites, and texts of strangers, out of our pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.people import SAFE_METHODS, ForgedError
from sangtin.errors import UsageError

# No inline script or style, nothing from outside, no frame around us, forms to ourselves only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: it would blank the Origin of our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# The longest thing a person sends is a review; a megabyte leaves room for a query of any sense.
LONGEST_BODY = 1_048_576


class Guard:
    """Puts the headers on every response and refuses bodies that no form of ours sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kept = "max-age=31536000, immutable" if scope["path"].startswith("/static/") else "no-store"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = kept
            await send(message)

        await self.app(scope, _bounded(scope, receive), guarded)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Receives no more than LONGEST_BODY, whatever length was declared."""
    left = LONGEST_BODY
    too_long = _too_long(Headers(scope=scope))

    async def bounded() -> Message:
        nonlocal left
        message = {"type": "http.request"} if too_long else await receive()
        left -= len(message.get("body", b""))
        if too_long or left < 0:
            raise HTTPException(413)
        return message

    return bounded


def legible(request: Request) -> None:
    """Raises what a request must not be: too long, or a query with a NUL, which no text of ours has."""
    if _too_long(request.headers):
        raise HTTPException(413)
    if "%00" in request.url.query:
        raise UsageError("The address holds a NUL character. Take it out.")


def from_our_pages(request: Request) -> None:
    """Raises ForgedError where a browser says that another site sent a request that changes something."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    theirs = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in ("same-origin", "none") or theirs:
        raise ForgedError("This request came from another site. Use the form on the page itself.")


def _too_long(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > LONGEST_BODY
