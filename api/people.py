"""A request → the person who asks, by session cookie or bearer token, with proof that they meant it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.house import house
from sangtin.errors import SangtinError
from sangtin.record import accounts

COOKIE = "sangtin_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class LoginNeededError(SangtinError):
    """Nobody has shown who they are: the session is missing or over, or the token unknown."""


class ForgedError(SangtinError):
    """A request that changes something did not come from a page of ours."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person who asks. `proof` is what a form of theirs must carry; empty for a program with a token."""

    name: str
    role: str
    proof: str = ""


def visitor(request: Request) -> Visitor:
    """Who asks, left with the request for the frame. Raises LoginNeededError where nobody has logged in."""
    with house(request).record.read() as connection:
        if token := _bearer(request):
            found = accounts.who(connection, token, "key")
        else:
            found = accounts.who(connection, request.cookies.get(COOKIE, ""), "session")
    if found is None:
        raise LoginNeededError("Log in first: open the link that `sangtin serve` printed, or log in by name.")
    asks = Visitor(found.name, found.role, "" if token else proof_of(request.cookies[COOKIE]))
    request.state.visitor = asks
    return asks


def proof_of(session: str) -> str:
    """What a session's forms carry: known only to pages that we drew for it."""
    return hashlib.sha256(b"form:" + session.encode()).hexdigest()


async def proven(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Visitor:
    """The visitor of a request that changes something.

    Raises ForgedError where a browser's request carries neither the header nor the field with its proof.
    """
    if not who.proof or request.method in SAFE_METHODS:
        return who
    given = request.headers.get("x-proof") or str((await request.form()).get("proof", ""))
    if not hmac.compare_digest(given.encode(), who.proof.encode()):
        raise ForgedError("This form is too old or came from another page. Load the page again and repeat.")
    return who


Asking = Annotated[Visitor, Depends(visitor)]
Acting = Annotated[Visitor, Depends(proven)]


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
