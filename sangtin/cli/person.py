"""`sangtin person add`, `list` and `key`: who may log in."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, settings
from sangtin.errors import UsageError

app = typer.Typer(name="person", no_args_is_help=True, help="Who may log in to the screens.")
# NIST SP 800-63B, 5.1.1.2 asks for at least 8 characters; a memorised sentence has more.
SHORTEST_PASSWORD = 10


@app.command()
def add(
    name: str,
    role: Annotated[str, typer.Option(help="analyst, manager, keeper or operator")] = "analyst",
    password: Annotated[str | None, typer.Option(help="Asked for if not given, as is safer.")] = None,
) -> None:
    """Add a person who logs in by name and password, or give one another role and password.

    \b
    Examples:
      sangtin person add anh.nv
      sangtin person add chi.tt --role manager
    """
    from sangtin.record import accounts, open_record

    accounts.check_role(role)
    if not name.strip() or not name.isprintable():
        raise UsageError("A person needs a name to log in with.")
    with contextlib.closing(open_record(settings().record_url)) as record:
        if password is None:
            password = _asked()
        if len(password) < SHORTEST_PASSWORD:
            raise UsageError(f"The password is too short; take {SHORTEST_PASSWORD} characters or more.")
        with record.write(durable=True) as writing:
            accounts.put_person(writing, name, role, password)
    emit(f"{name} may log in as {role}.")


def _asked() -> str:
    """A password typed twice, unseen. UsageError where there is no terminal to type it at."""
    try:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise UsageError("No password was typed. Run it at a terminal, or give --password.") from None


@app.command(name="list")
def list_people(json: JsonFlag = False) -> None:
    """List who may log in.

    \b
    Examples:
      sangtin person list
    """
    from sangtin.record import accounts, open_record

    with contextlib.closing(open_record(settings().record_url)) as record, record.read() as connection:
        people = accounts.people(connection)
    if json:
        emit_json([{"name": person.name, "role": person.role} for person in people])
        return
    for person in people:
        emit(f"{person.name:24} {person.role}")


@app.command()
def key(name: str) -> None:
    """Print a new key with which a program may use the JSON API for a person, for a year. It is shown once.

    \b
    Examples:
      sangtin person key bao-cao
      curl -H "Authorization: Bearer $KEY" http://127.0.0.1:8765/api/v1/ledger
    """
    from sangtin.record import accounts, open_record

    opened = contextlib.closing(open_record(settings().record_url))
    with opened as record, record.write(durable=True) as writing:
        if name not in {person.name for person in accounts.people(writing.connection)}:
            raise UsageError(f"There is no person {name!r}. Add one with: sangtin person add {name}")
        emit(accounts.make_key(writing, name))
