"""People, their passwords and tokens, and the audit of what they read and did."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from sangtin.errors import UsageError
from sangtin.post import now
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import audit, person, token

ROLES = ("analyst", "manager", "keeper", "operator")
# A login link is for the person who just started the server; a session lasts a working day.
LINK_LASTS = timedelta(minutes=30)
SESSION_LASTS = timedelta(hours=12)
KEY_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may log in."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    at: datetime
    person: str
    act: str
    subject: str


def check_role(role: str) -> None:
    """Raises UsageError for an unknown role."""
    if role not in ROLES:
        raise UsageError(f"There is no role {role!r}; choose one of: {', '.join(ROLES)}.")


def put_person(writing: Writing, name: str, role: str = "analyst", password: str | None = None) -> None:
    """Add a person or change role and password. Raises UsageError for an unknown role."""
    check_role(role)
    values = {"role": role} | ({"password_hash": _hash(password)} if password else {})
    insert = upsert(writing.connection, person).values(name=name, added_at=now(), **values)
    writing.connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


def people(connection: Connection) -> list[Person]:
    """Who may log in, by name."""
    rows = connection.execute(select(person.c.name, person.c.role).order_by(person.c.name))
    return [Person(row.name, row.role) for row in rows]


def check_password(connection: Connection, name: str, password: str) -> Person | None:
    """The person, where name and password fit; takes as long where the name is unknown."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    row = connection.execute(select(person).where(person.c.name == name)).first()
    stored = row.password_hash if row and row.password_hash else PasswordHasher().hash(secrets.token_hex(8))
    try:
        PasswordHasher().verify(stored, password)
    except VerificationError:
        return None
    return Person(row.name, row.role) if row and row.password_hash else None


def make_link(writing: Writing, name: str) -> str:
    """A one-time login token for a person, valid for half an hour."""
    return _make(writing, "link", name, LINK_LASTS)


def make_key(writing: Writing, name: str) -> str:
    """A bearer token for a program that acts for a person, valid for a year."""
    return _make(writing, "key", name, KEY_LASTS)


def use_link(writing: Writing, secret: str) -> str | None:
    """Spend a login token: a session's token, or None where it is unknown, spent or too old."""
    row = _valid(writing.connection, secret, "link")
    if row is None:
        return None
    spent = update(token).where(token.c.hash == _digest(secret), token.c.used_at.is_(None))
    if not writing.connection.execute(spent.values(used_at=now())).rowcount:
        return None
    return make_session(writing, row.name)


def make_session(writing: Writing, name: str) -> str:
    """A session's token for a person who has shown who they are."""
    writing.connection.execute(delete(token).where(token.c.expires_at < now()))
    return _make(writing, "session", name, SESSION_LASTS)


def who(connection: Connection, secret: str, purpose: str = "session") -> Person | None:
    """Whose session (or `key`) a token is; None where it is unknown or too old."""
    return _valid(connection, secret, purpose)


def end_session(writing: Writing, secret: str) -> None:
    """Log out."""
    writing.connection.execute(delete(token).where(token.c.hash == _digest(secret)))


def note(writing: Writing, name: str, act: str, subject: str) -> None:
    """Write one line of the audit: who read, exported, reviewed or erased what. Never text."""
    writing.connection.execute(audit.insert().values(at=now(), person=name, act=act, subject=subject))


def entries(connection: Connection, limit: int = 100) -> list[Entry]:
    """The newest lines of the audit first."""
    rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit))
    return [Entry(row.at, row.person, row.act, row.subject) for row in rows]


def _make(writing: Writing, purpose: str, name: str, lasts: timedelta) -> str:
    secret = secrets.token_urlsafe(32)
    values = {"hash": _digest(secret), "purpose": purpose, "person": name, "expires_at": now() + lasts}
    writing.connection.execute(token.insert().values(**values))
    return secret


def _valid(connection: Connection, secret: str, purpose: str) -> Person | None:
    query = select(person.c.name, person.c.role).join(token, token.c.person == person.c.name)
    fits = (token.c.hash == _digest(secret)) & (token.c.purpose == purpose) & (token.c.expires_at > now())
    row = connection.execute(query.where(fits, token.c.used_at.is_(None))).first()
    return Person(row.name, row.role) if row else None


def _digest(secret: str) -> str:
    """Tokens are random; a plain hash is enough to keep them out of a stolen copy of the record."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _hash(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)
