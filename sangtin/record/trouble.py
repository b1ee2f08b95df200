"""A database's failures → errors that say what, why and what to do next, without a password."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DatabaseError, OperationalError

from sangtin.errors import BusyError, EngineError, SangtinError
from sangtin.events import without_secrets

# How long a writer waits for another process's transaction, in seconds; batches commit in well under one.
BUSY_S = 30
_ROLE = "See docs/operations.md for what its role may do."
# What PostgreSQL says by number (https://www.postgresql.org/docs/15/errcodes-appendix.html) and, before there
# is a connection, by words alone.
_POSTGRESQL = (
    (
        "",
        "root certificate file",
        "can't be trusted without its authority's certificate. Name it in SANGTIN_RECORD: ?sslrootcert=FILE",
    ),
    (
        "",
        "certificate",
        "shows a certificate that is not trusted or has expired. Renew it, or name its authority.",
    ),
    ("", "connection option", "knows no such option. Correct what follows the ? in SANGTIN_RECORD."),
    (
        "28P01",
        "password authentication failed",
        "refuses the name and password. Correct them in SANGTIN_RECORD.",
    ),
    ("28000", "no pg_hba.conf entry", "lets nobody in from here. Add this machine to its pg_hba.conf."),
    ("3D000", "does not exist", "has no such database or role. Make them as docs/operations.md says."),
    ("53300", "too many clients", "has no connection left. Raise max_connections, or run fewer workers."),
    ("57P03", "the database system is", "is starting or stopping. Nothing was lost; try again."),
    (
        "53100",
        "No space left on device",
        "has no disk space left. Nothing was lost; free some and try again.",
    ),
    ("25006", "read-only transaction", "is read-only. Name its primary server in SANGTIN_RECORD."),
    ("42501", "permission denied", f"does not let this user do that. {_ROLE}"),
)


def plain(error: DatabaseError) -> SangtinError | None:
    """The error for a person, or None for a mistake of the program's own."""
    cause: Any = str(error.orig)
    if "malformed" in cause or "not a database" in cause:
        return EngineError(
            "The record's file is damaged or is not a record. Restore it with: sangtin restore FILE"
        )
    number = getattr(error.orig, "sqlstate", None)
    if _is_postgresql(error):
        return _postgresql(cause, number, down=isinstance(error, OperationalError))
    return _sqlite(cause) if isinstance(error, OperationalError) else None


def _is_postgresql(error: DatabaseError) -> bool:
    return type(error.orig).__module__.startswith("psycopg")


def _postgresql(cause: str, number: str | None, *, down: bool) -> SangtinError | None:
    if number == "55P03" or "lock timeout" in cause:
        return _busy()
    for known, words, said in _POSTGRESQL:
        if number == known if number else words in cause:
            return EngineError(f"The record's PostgreSQL {said} ({_first_line(cause)})")
    return _silent(cause) if down else None


def _sqlite(cause: str) -> SangtinError:
    if "locked" in cause or "busy" in cause:
        return _busy()
    if "full" in cause:
        return EngineError(
            "The disk that holds the record is full. Nothing was lost; free space and try again."
        )
    if "readonly" in cause or "unable to open" in cause:
        return EngineError("The record's file or folder can't be written. Check its owner and rights.")
    return _silent(cause)


def _busy() -> BusyError:
    return BusyError(f"Another process has held the record for {BUSY_S} s. Wait for it, then try again.")


def _silent(cause: str) -> EngineError:
    return EngineError(
        f"The record does not answer: {_first_line(cause)}. See that it runs; nothing was lost."
    )


def _first_line(cause: str) -> str:
    """The line that says most: with several addresses behind a name, libpq says one line for each."""
    lines = [line.strip() for line in cause.splitlines() if line.strip()]
    return without_secrets(lines[0]) if lines else "no reason given"
