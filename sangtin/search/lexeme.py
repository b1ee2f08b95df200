"""A typed query → its words, quotations, fields, operators and brackets, each with its position."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sangtin.errors import QueryError
from sangtin.search.field import Field, field_named


class Sign(StrEnum):
    """What a piece of a query is."""

    WORD = "word"
    QUOTED = "quoted"
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a query. `start` is the place in the query of the first character of `text`.

    A FIELD has its `field`, and the value as `text`.
    """

    sign: Sign
    start: int
    text: str
    field: Field | None = None


_Q = '"“”„'
_PIECE = re.compile(
    rf"(?P<open>\()|(?P<close>\))|(?P<minus>-(?=[^\s)]))"
    rf"|[{_Q}](?P<quoted>[^{_Q}]*)[{_Q}]?"
    rf"|(?P<bare>[^\s(){_Q}]+)(?:(?<=:)[{_Q}](?P<value>[^{_Q}]*)[{_Q}]?)?"
)
_OPERATORS = {"AND": Sign.AND, "OR": Sign.OR, "NOT": Sign.NOT}
_JOINERS = (Sign.AND, Sign.OR)
_HALF_TYPED = (Sign.AND, Sign.OR, Sign.NOT)


def lexemes(text: str) -> list[Lexeme]:
    """The pieces in order; QueryError where an operator stands without what it joins.

    Operators at the very end are left out: they are half typed.
    """
    found = [lexeme for match in _PIECE.finditer(text) for lexeme in _pieces(match, len(text))]
    while found and found[-1].sign in _HALF_TYPED:
        if len(found) == 1 and found[0].sign in _JOINERS:
            break
        found.pop()
    _check(found)
    return found


def _pieces(match: re.Match[str], end: int) -> Iterator[Lexeme]:
    """What was matched: one piece, two where a quotation follows a colon, none if half typed."""
    start = match.start()
    if match["open"]:
        yield Lexeme(Sign.OPEN, start, "(")
    elif match["close"]:
        yield Lexeme(Sign.CLOSE, start, ")")
    elif match["minus"]:
        yield Lexeme(Sign.NOT, start, "-")
    elif match["quoted"] is not None:
        yield Lexeme(Sign.QUOTED, match.start("quoted"), match["quoted"])
    else:
        yield from _bare(match, end)


def _bare(match: re.Match[str], end: int) -> Iterator[Lexeme]:
    """A word, an operator or a field, with or without a quotation right behind it."""
    bare, quoted, start = match["bare"], match["value"], match.start()
    name, colon, value = bare.partition(":")
    field = field_named(name) if colon else None
    if field and quoted is not None:
        yield Lexeme(Sign.FIELD, match.start("value"), quoted, field)
        return
    if field and value:
        yield Lexeme(Sign.FIELD, start + len(name) + 1, value, field)
    elif not (field and match.end() == end):
        yield Lexeme(_OPERATORS.get(bare, Sign.WORD), start, bare)
    if quoted is not None:
        yield Lexeme(Sign.QUOTED, match.start("value"), quoted)


def _check(found: list[Lexeme]) -> None:
    """Every operator has what it joins."""
    for before, lexeme in zip([None, *found], found, strict=False):
        opens = before is None or before.sign is Sign.OPEN
        if lexeme.sign in _JOINERS and opens:
            raise QueryError(f"{lexeme.text} needs something before it.", lexeme.start)
        closes = lexeme.sign is Sign.CLOSE or lexeme.sign in _JOINERS
        if before and before.sign in _HALF_TYPED and closes:
            raise QueryError(f"{before.text} needs something after it.", before.start)
