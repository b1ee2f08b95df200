"""Many rows → a table, by the fastest way of its engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

Bind = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, each with all columns in the table's order; PostgreSQL takes them by COPY."""
    if isinstance(connection.dialect, PGDialect_psycopg):
        _copy(connection, table, rows)
        return
    names = [column.name for column in table.c]
    connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def _copy(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.c)
    binds = [_bind(connection, column.type) for column in table.c]
    mistake = connection.dialect.loaded_dbapi.Error
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as taking:
            for row in rows:
                taking.write_row([bind(value) for bind, value in zip(binds, row, strict=True)])
    except mistake as error:  # SQLAlchemy does not see what goes past it
        raise DBAPIError.instance("COPY", None, error, mistake) from error
    finally:
        cursor.close()


def _bind(connection: Connection, kind: Any) -> Bind:
    """What makes a value of a column one that the driver takes."""
    made: Bind | None = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return made or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
