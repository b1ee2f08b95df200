"""Empty records with two sources: made once on each engine, then copied, as migrations outlast most tests."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ProgrammingError

from sangtin.record import init_record, sources

SOURCES = ("bao-mau", "dien-dan")
PATIENCE_S = 30


def has_server() -> bool:
    """Whether a PostgreSQL is there or can be started."""
    return any(os.environ.get(name) for name in ("SANGTIN_TEST_POSTGRESQL", "SANGTIN_TEST_SERVERS"))


# Without a server there is nothing to ask for; that it is missing is said once, by test_machine.py.
ON_SERVERS = [pytest.param("postgresql", marks=pytest.mark.servers)] if has_server() else []


def on_sqlite(folder: Path) -> str:
    """The URL of a new record in a folder."""
    shutil.copyfile(_file(), folder / "record.db")
    return f"sqlite:///{folder / 'record.db'}"


@contextmanager
def on_postgresql() -> Iterator[str]:
    """The URL of a new record in a database of its own, which is dropped at the end."""
    name = _name()
    _run(f"CREATE DATABASE {name} TEMPLATE {_template()}")
    try:
        yield make_url(_server()).set(database=name).render_as_string(hide_password=False)
    finally:
        _drop(name)


@contextmanager
def bare_postgresql() -> Iterator[str]:
    """The URL of a database that holds nothing."""
    name = _name()
    _run(f"CREATE DATABASE {name}")
    try:
        yield make_url(_server()).set(database=name).render_as_string(hide_password=False)
    finally:
        _drop(name)


def _make(url: str) -> None:
    made = init_record(url)
    with made.write() as writing:
        for name in SOURCES:
            sources.ensure(writing, name)
    made.close()


@cache
def _file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sangtin-empty-"))
    atexit.register(shutil.rmtree, folder)
    _make(f"sqlite:///{folder / 'record.db'}")
    return folder / "record.db"


@cache
def _template() -> str:
    name = _name()
    _run(f"CREATE DATABASE {name}")
    atexit.register(_drop, name)
    _make(make_url(_server()).set(database=name).render_as_string(hide_password=False))
    return name


@cache
def _server() -> str:
    """The URL of a server that runs already, else of one that is started; it runs on for other processes."""
    if url := os.environ.get("SANGTIN_TEST_POSTGRESQL"):
        return url
    script = Path(os.environ["SANGTIN_TEST_SERVERS"]) / "postgresql"
    done = subprocess.run([script, "start"], stdout=subprocess.PIPE, text=True, check=True, timeout=180)
    return done.stdout.split()[-1]


@cache
def _admin() -> Engine:
    url = make_url(_server()).set(drivername="postgresql+psycopg")
    return create_engine(url, isolation_level="AUTOCOMMIT")


def _run(statement: str) -> None:
    with _admin().connect() as connection:
        connection.exec_driver_sql(statement)


def _drop(name: str) -> None:
    """Drop a database and whoever is in it; the server's own vacuum, which we may not end, leaves soon."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _run(f"DROP DATABASE {name} WITH (FORCE)")
        except ProgrammingError:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def _name() -> str:
    return f"sangtin_{secrets.token_hex(6)}"
