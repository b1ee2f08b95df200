"""A URL → the record: connections, transactions, and the numbers that changes carry."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DatabaseError, OperationalError

from sangtin.errors import EngineError, MissingError, UsageError
from sangtin.events import without_secrets
from sangtin.record import schema
from sangtin.record.changes import Change, write_changes
from sangtin.record.trouble import BUSY_S, plain

# How often a writer asks, in seconds. Beside two imports that never pause, other commits waited at most
# 0.7 s with it and 3.9 s without.
ASK_S = 0.002
# 64 MiB of page cache and 256 MiB of mapped file a connection: what a laptop can spare.
CACHE_KIB = 65_536
MAPPED_BYTES = 268_435_456
# Changed pages of 4 KiB before the log is copied into the file (SQLite by itself: 1,000): a page of an index
# changes with many batches, and is written once.
LOGGED_PAGES = 8_000
# How long to wait for readers of a log that is emptied, and how often to look, in seconds: a page's query
# takes less than one.
FORGET_S, LOOK_S = 5.0, 0.05
# PostgreSQL lets one transaction write at a time, as SQLite does: what one settles rests on what it has read.
# The number is ours alone within the record's database ("sang" in ASCII).
WRITER = 0x73616E67
# A server that is gone must be noticed before leases lapse (20 s), in s; tcp(7) and libpq would wait minutes.
# What the URL says of these goes first.
NOTICE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# What the record is tested on, and what PostgreSQL's makers still mend.
OLDEST_POSTGRESQL = 130_000
HEAD = "0004"
# A record that has this name among its meta is a copy that is not whole yet.
COPYING = "copying"


class Writing:
    """One write transaction. Changes of posts' states are noted here and numbered just before the commit.

    `recounted` names the clusters that lost posts, or whose posts were given other times.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.changes: list[Change] = []
        self.recounted: set[str] = set()

    def note(self, change: Change) -> None:
        """Keep a change for the end of the transaction."""
        self.changes.append(change)


class Record:
    """The truth: posts, memberships, predictions, reviews, outcomes, and every change of them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_sqlite = engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with _plain_errors(), self.engine.connect() as connection:
            if not self.on_sqlite:  # SQLite's read transactions are snapshots as they are
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            yield connection

    @contextlib.contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Writing]:
        """A transaction that commits at the end or leaves nothing. `durable` survives a loss of power."""
        with _plain_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(sangtin_write=True, sangtin_durable=durable)
            with connection.begin():
                if not self.on_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_S}s'")
                    connection.execute(select(func.pg_advisory_xact_lock(WRITER)))
                writing = Writing(connection)
                yield writing
                write_changes(connection, writing.changes)

    @contextlib.contextmanager
    def beside(self) -> Iterator[Writing]:
        """A transaction for what no change comes of: leases, and who holds which post.

        On PostgreSQL it waits for no writer, only for rows that it wants itself; SQLite has one writer
        whatever it writes.
        """
        if self.on_sqlite:
            with self.write() as writing:
                yield writing
            return
        with _plain_errors(), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_S}s'")
            writing = Writing(connection)
            yield writing
            if writing.changes:
                raise AssertionError("changes are numbered by the one writer only")

    def forget_log(self, within: float = FORGET_S) -> bool:
        """Empty SQLite's log, which holds pages as they were before what was erased.

        False where a reader needed them all the while; on other engines there is nothing to do.
        """
        if not self.on_sqlite:
            return True
        until = time.monotonic() + within
        with _plain_errors(), contextlib.closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            try:
                while not _emptied(cursor):
                    if time.monotonic() > until:
                        return False
                    time.sleep(LOOK_S)
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_S * 1_000}")
        return True

    def epoch(self) -> str:
        """Names this history of the record; a restored or copied record gets a new one."""
        with self.read() as connection:
            return str(connection.execute(select(schema.meta.c.value).filter_by(name="epoch")).scalar_one())

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_record(url: str) -> Record:
    """Open the record at a URL. MissingError where there is none, EngineError where it can't be read."""
    record = Record(_engine(url))
    with _closed_if_not(record), _plain_errors():
        version = _version(record.engine)
        if version is None:
            raise MissingError(f"There is no record at {_shown(url)}. Make one with: sangtin init")
        _check_no_newer(version, url)
        if version != HEAD:
            raise EngineError(
                f"The record at {_shown(url)} has schema {version}; this program needs {HEAD}. "
                "Bring it up to date with: sangtin init"
            )
        _check_whole(record, url)
    return record


def init_record(url: str, *, copying: bool = False) -> Record:
    """Make the record at a URL, or bring it up to date; safe to repeat. `copying`: it may be half a copy."""
    record = Record(_engine(url, create=True))
    with _closed_if_not(record), _plain_errors():
        _check_postgresql(record.engine)
        version = _version(record.engine)
        _check_no_newer(version, url)
        if version != HEAD:
            _migrate(record.engine)
        if not copying:
            _check_whole(record, url)
        with record.write(durable=True) as writing:
            if not writing.connection.execute(select(schema.counter.c.value)).first():
                writing.connection.execute(schema.counter.insert().values(id=1, value=0))
                writing.connection.execute(
                    schema.meta.insert().values(name="epoch", value=secrets.token_hex(8))
                )
    return record


def new_epoch(writing: Writing) -> None:
    """Say that this record's history may differ from what followers saw: they rebuild."""
    writing.connection.execute(
        schema.meta.update().where(schema.meta.c.name == "epoch").values(value=secrets.token_hex(8))
    )


def _engine(url: str, *, create: bool = False) -> Engine:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise UsageError(
            f"{without_secrets(url)!r} is not a URL of a record. For example: sqlite:////srv/record.db"
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(f"A record's URL must be sqlite:///FILE or postgresql://…, not {_shown(url)}.")
    path = Path(parsed.database)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; a record is a file. For example: sqlite:///{path}/record.db")
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    elif not path.exists():
        raise MissingError(f"There is no record at {path}. Make one with: sangtin init")
    engine = create_engine(parsed, connect_args={"timeout": BUSY_S, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: str) -> Engine:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        notice = {name: value for name, value in NOTICE.items() if name not in parsed.query}
        return create_engine(parsed, pool_pre_ping=True, connect_args=notice)
    except ModuleNotFoundError as error:
        raise MissingError(
            "The record is on PostgreSQL, but its driver is not installed. "
            'Install it with: make install EXTRAS="postgresql"'
        ) from error


@contextlib.contextmanager
def _closed_if_not(record: Record) -> Iterator[None]:
    """Close a record that turns out not to be one to work on."""
    try:
        yield
    except BaseException:
        record.close()
        raise


def _check_whole(record: Record, url: str) -> None:
    with record.read() as connection:
        half = connection.execute(select(schema.meta.c.value).filter_by(name=COPYING)).first()
    if half is not None:
        raise EngineError(
            f"The record at {_shown(url)} is half of a copy. Finish it with: sangtin record copy FROM TO"
        )


def _check_postgresql(engine: Engine) -> None:
    """Refuse a server on which posts can't be kept."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if encoding != "UTF8":
        raise EngineError(
            f"The record's database is encoded as {encoding}, which holds no Vietnamese. "
            "Make one with: CREATE DATABASE sangtin TEMPLATE template0 ENCODING 'UTF8'"
        )
    if version < OLDEST_POSTGRESQL:
        raise EngineError(f"PostgreSQL {version // 10_000} is too old for the record. Take 13 or newer.")


def _prepare_sqlite(connection: DBAPIConnection, _pool_record: object) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        "secure_delete=ON",
        f"cache_size=-{CACHE_KIB}",
        f"mmap_size={MAPPED_BYTES}",
        f"wal_autocheckpoint={LOGGED_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("sangtin_write"):
        connection.exec_driver_sql("BEGIN")
        return
    full = "FULL" if options.get("sangtin_durable") else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={full}")
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        _begin_in_turn(connection)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_S * 1_000}")


def _emptied(cursor: DBAPICursor) -> bool:
    """Try to write the log into the file and to empty it; whether nobody was in the way."""
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    busy, _logged, _copied = cursor.fetchall()[0]
    return not busy


def _begin_in_turn(connection: Connection) -> None:
    """Ask for the write lock often: SQLite itself waits ever longer, and a busy import never lets it in."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > until:
                raise
            time.sleep(ASK_S)
        else:
            return


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _check_no_newer(version: str | None, url: str) -> None:
    """Refuse a record that a later program made; what that one keeps in it is not known here."""
    if version is not None and version > HEAD:
        raise EngineError(
            f"The record at {_shown(url)} has schema {version}; this program knows up to {HEAD}. "
            "Use the version of Sàng Tin that made it, or a newer one."
        )


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as plain:
        connection = plain.execution_options(sangtin_write=True, sangtin_durable=True)
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _shown(url: str) -> str:
    return make_url(url).set(query={}).render_as_string(hide_password=True)  # a query may hold a password


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if (said := plain(error)) is None:
            raise
        raise said from error
