"""What PostgreSQL says → a sentence for a person; what is secret in a URL is never said."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from sangtin.errors import BusyError, EngineError, MissingError, SangtinError, UsageError
from sangtin.record import init_record, open_record
from sangtin.record.trouble import plain
from tests.record import empty

psycopg = pytest.importorskip("psycopg", reason="the extra postgresql is not installed")

AT = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '


def raised(said: str, number: str = "") -> DatabaseError:
    """An error as SQLAlchemy hands it on; before there is a connection it has no number."""
    kind = psycopg.errors.lookup(number) if number else psycopg.OperationalError
    error = kind(said)
    wrapped = OperationalError if isinstance(error, psycopg.OperationalError) else ProgrammingError
    return wrapped("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("said", "number", "sentence"),
    [
        (AT + 'FATAL:  password authentication failed for user "an"', "", "refuses the name and password"),
        ('FATAL:  password authentication failed for user "an"', "28P01", "refuses the name and password"),
        (
            AT + 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "an", no encryption',
            "",
            "pg_hba.conf",
        ),
        (AT + 'FATAL:  database "tin" does not exist', "", "no such database or role"),
        (AT + 'FATAL:  role "an" does not exist', "", "no such database or role"),
        (AT + "FATAL:  sorry, too many clients already", "", "no connection left"),
        (AT + "FATAL:  the database system is starting up", "", "is starting or stopping"),
        ('could not extend file "base/1/2": No space left on device', "53100", "no disk space left"),
        ("cannot execute INSERT in a read-only transaction", "25006", "is read-only"),
        ("permission denied for table post", "42501", "does not let this user do that"),
        (AT + "SSL error: certificate verify failed", "", "not trusted or has expired"),
        (AT + "SSL error: sslv3 alert certificate expired", "", "not trusted or has expired"),
        (
            'root certificate file "/srv/an/.postgresql/root.crt" does not exist\nEither provide the file',
            "",
            "without its authority's certificate",
        ),
        ('invalid connection option "sslmod"', "", "knows no such option"),
        (AT + "Connection refused", "", "does not answer"),
    ],
)
def test_what_postgresql_says_is_a_sentence_with_its_own_words(said: str, number: str, sentence: str) -> None:
    found = plain(raised(said, number))
    assert isinstance(found, EngineError)
    assert sentence in found.message
    assert said.splitlines()[0] in found.message


def test_a_lock_that_is_held_is_no_failure_of_the_engine() -> None:
    assert isinstance(plain(raised("canceling statement due to lock timeout", "55P03")), BusyError)


def test_a_mistake_of_the_program_is_not_made_a_sentence() -> None:
    assert plain(raised('column "x" does not exist', "42703")) is None


@contextlib.contextmanager
def willing() -> Iterator[int]:
    """The port of a server that agrees to TLS and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as client:
                        client.recv(100)
                        client.sendall(b"S")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def test_a_root_certificate_that_is_not_there_is_no_missing_database(tmp_path: Path) -> None:
    with willing() as port:
        asked = f"sslmode=verify-full&sslrootcert={tmp_path / 'none.crt'}"
        with pytest.raises(EngineError, match="without its authority's certificate"):
            open_record(f"postgresql://an:s3cret@127.0.0.1:{port}/x?{asked}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://127.0.0.1:9/x?sslmod=require", "knows no such option"),
        ("mysql://an@db/x?password=s3cret", "must be sqlite"),
        ("postgresql://an@127.0.0.1:9/x?password=s3cret", "does not answer"),
        ("postgresql://an:s3cret@127.0.0.1:9/x", "does not answer"),
        ("blah", "is not a URL"),
    ],
)
def test_a_url_that_cannot_be_opened_says_why_and_nothing_secret(url: str, said: str) -> None:
    for act in (open_record, init_record):
        with pytest.raises(SangtinError, match=said) as error:
            act(url)
        assert "s3cret" not in error.value.message


@pytest.mark.servers
def test_a_database_without_a_record_is_named_without_what_is_secret() -> None:
    if not empty.has_server():
        pytest.skip("neither SANGTIN_TEST_POSTGRESQL nor SANGTIN_TEST_SERVERS is set")
    with empty.bare_postgresql() as url:
        there = make_url(url)
        bare = URL.create(there.drivername, there.username, None, there.host, there.port, there.database)
        asked = bare.set(query={"password": str(there.password), "application_name": "s3cret"})
        with pytest.raises(MissingError, match=f"no record at .*{there.database}") as missing:
            open_record(asked.render_as_string(hide_password=False))
        assert f"{there.database}. Make one" in missing.value.message
        assert "s3cret" not in missing.value.message


def test_wrong_use_is_told_from_an_engine_that_fails() -> None:
    with pytest.raises(UsageError):
        open_record("mysql://an@db/x")
