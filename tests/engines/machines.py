"""Several machines, each with its home, on one record on PostgreSQL and one index on Elasticsearch."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, create_engine, func, make_url, select
from sqlalchemy.pool import NullPool

from sangtin.record import Record, open_record
from sangtin.record.schema import change, held, membership, post, prediction
from tests.pipeline.running import Home
from tests.record.checking import assert_reconciled
from tests.search.server import QUICKLY

# Long enough for a busy machine; what waits for it ends as soon as it is true.
PATIENCE_S = 240.0


@dataclass(frozen=True)
class Elsewhere(Home):
    """A home whose engines are elsewhere; an engine that is not named is the home's own."""

    search: str = ""
    record: str = ""
    prefix: str = "sangtin"
    patience: float = 3_600.0

    @property
    def environment(self) -> dict[str, str]:
        """The home's environment, and the engines."""
        named = {"SANGTIN_SEARCH": self.search, "SANGTIN_RECORD": self.record}
        found = Home(self.folder).environment | {"SANGTIN_SEARCH_PREFIX": self.prefix}
        return found | {name: url for name, url in named.items() if url}

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command beside the test, killed when the block ends."""
        with (self.folder / f"{command[0]}-{secrets.token_hex(2)}.err").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "sangtin", *command],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=said,
            )
            try:
                yield process
            finally:
                process.kill()
                process.communicate()


@dataclass(frozen=True)
class Script:
    """A server of our own, which a test may kill: started, stopped and killed by the given scripts."""

    name: str
    environment: dict[str, str]

    def act(self, act: str) -> str:
        """Let the script act; what it prints last."""
        done = subprocess.run(
            [Path(os.environ["SANGTIN_TEST_SERVERS"]) / self.name, act],
            env=QUICKLY | os.environ | self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=240,
        )
        return done.stdout.split()[-1] if done.stdout.split() else ""


@dataclass(frozen=True)
class Cluster:
    """A database and a prefix of their own on servers that tests of a module share."""

    folder: Path
    record: str
    search: str
    prefix: str
    postgresql: Script
    elasticsearch: Script

    def machine(self, name: str) -> Elsewhere:
        """One machine, with a home that was just initialised."""
        made = Elsewhere(self.folder / name, search=self.search, record=self.record, prefix=self.prefix)
        made.run("init")
        return made

    @contextlib.contextmanager
    def opened(self) -> Iterator[Record]:
        """The record."""
        with contextlib.closing(open_record(self.record)) as record:
            yield record

    def assert_each_once(self, posts: int) -> None:
        """Every post is there once, placed once, read once if it is no copy, and nobody holds any."""
        with self.opened() as record:
            assert_reconciled(record)
            with record.read() as connection:
                _assert_each_once(connection, posts)


def _assert_each_once(connection: Connection, posts: int) -> None:
    def count(query: Select[Any]) -> int:
        return int(connection.execute(query).scalar_one())

    every = select(func.count()).select_from(post)
    copies = count(every.where(post.c.bin == "duplicate"))
    assert count(every) == posts
    assert count(select(func.count(membership.c.post.distinct()))) == posts
    assert count(select(func.count()).select_from(membership)) == posts
    assert count(select(func.count()).select_from(prediction)) == posts - copies
    assert count(every.where(post.c.readable, post.c.answered_by == 0)) == 0
    assert count(select(func.count()).select_from(held)) == 0
    once = ("new", "placed", "settled")
    some = select(func.count()).where(change.c.what.in_(once)).group_by(change.c.post, change.c.what)
    assert set(connection.execute(some).scalars()) == {1}
    assert count(select(func.count()).where(change.c.what == "new")) == posts


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of a new database on a server, dropped at the end."""
    name = f"sangtin_{secrets.token_hex(5)}"
    there = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(there.set(username="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {there.username}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


def wait_until(true: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + patience
    while not true():
        if time.monotonic() > until:
            raise AssertionError(f"in vain: {what}")
        time.sleep(0.1)
