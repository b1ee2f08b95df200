"""Who may log in, with what, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from sangtin.errors import UsageError
from sangtin.post import now
from sangtin.record import Record, accounts
from sangtin.record.schema import token


@pytest.fixture
def book(record: Record) -> Record:
    with record.write(durable=True) as writing:
        accounts.put_person(writing, "an", "analyst", "mật khẩu thật dài")
    return record


def test_a_password_is_checked_and_never_kept(book: Record) -> None:
    with book.read() as connection:
        assert accounts.check_password(connection, "an", "mật khẩu thật dài") == accounts.Person(
            "an", "analyst"
        )
        assert accounts.check_password(connection, "an", "sai") is None
        assert accounts.check_password(connection, "không có", "mật khẩu thật dài") is None
        rows = connection.exec_driver_sql("SELECT * FROM person").all()
    assert "mật khẩu" not in str(rows)


def test_another_role_keeps_the_password(book: Record) -> None:
    with book.write(durable=True) as writing:
        accounts.put_person(writing, "an", "manager")
    with book.read() as connection:
        assert accounts.check_password(connection, "an", "mật khẩu thật dài") == accounts.Person(
            "an", "manager"
        )
        assert accounts.people(connection) == [accounts.Person("an", "manager")]


def test_a_link_works_once(book: Record) -> None:
    with book.write() as writing:
        link = accounts.make_link(writing, "an")
        session = accounts.use_link(writing, link)
        assert session
        assert accounts.use_link(writing, link) is None
        assert accounts.who(writing.connection, session) == accounts.Person("an", "analyst")
        assert accounts.who(writing.connection, link) is None
        accounts.end_session(writing, session)
        assert accounts.who(writing.connection, session) is None


def test_a_key_is_no_session_and_nothing_is_valid_for_ever(book: Record) -> None:
    with book.write() as writing:
        key = accounts.make_key(writing, "an")
        assert accounts.who(writing.connection, key, "key")
        assert accounts.who(writing.connection, key, "session") is None
        writing.connection.execute(update(token).values(expires_at=now() - timedelta(seconds=1)))
        assert accounts.who(writing.connection, key, "key") is None


def test_tokens_are_not_kept_as_they_are(book: Record) -> None:
    with book.write() as writing:
        link = accounts.make_link(writing, "an")
        assert link not in str(writing.connection.exec_driver_sql("SELECT * FROM token").all())


def test_an_unknown_role_is_refused(book: Record) -> None:
    with pytest.raises(UsageError, match="no role"), book.write() as writing:
        accounts.put_person(writing, "an", "vua")


def test_the_audit_keeps_the_newest_first(book: Record) -> None:
    with book.write(durable=True) as writing:
        accounts.note(writing, "an", "read", "post 1")
        accounts.note(writing, "an", "export", "12 rows")
    with book.read() as connection:
        assert [(e.act, e.subject) for e in accounts.entries(connection)] == [
            ("export", "12 rows"),
            ("read", "post 1"),
        ]
