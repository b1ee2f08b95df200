"""A column and many keys → whether its value is one of them, as one parameter."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, any_, func, literal, select


def among(connection: Connection, column: ColumnElement[int], keys: Collection[int]) -> ColumnElement[bool]:
    """Whether a column of keys holds one of these; any number of them.

    A thousand parameters of their own cost a millisecond a statement before the database sees one, and
    placing a batch asks twenty such questions (tests/bench/placing.py).
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(keys), ARRAY(BigInteger())))
    listed = func.json_each(json.dumps(list(keys))).table_valued("value")
    return column.in_(select(listed.c.value))
