"""A typed query → its words, quotations, fields, operators and brackets, each with its position."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sangtin.errors import Fault, QueryError
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
# :( and =)) are faces, no brackets.
_PIECE = re.compile(
    rf"(?P<face>(?<!\S)[:;=]['-]?[()]+)"
    rf"|(?P<open>\()|(?P<close>\))|(?P<minus>-(?=[^\s)]))"
    rf"|[{_Q}](?P<quoted>[^{_Q}]*)[{_Q}]?"
    rf"|(?P<bare>[^\s(){_Q}]+)(?:(?<=:)[{_Q}](?P<value>[^{_Q}]*)[{_Q}]?)?"
)
_OPERATORS = {"AND": Sign.AND, "OR": Sign.OR, "NOT": Sign.NOT}
_JOINERS = (Sign.AND, Sign.OR)
_NEED_MORE = (Sign.AND, Sign.OR, Sign.NOT)


def lexemes(text: str) -> list[Lexeme]:
    """The pieces in order; QueryError where an operator lacks what it joins or a quotation its end."""
    found = [lexeme for match in _PIECE.finditer(text) for lexeme in _pieces(match)]
    _check(found)
    return found


def _pieces(match: re.Match[str]) -> Iterator[Lexeme]:
    """What was matched: one piece, two where a quotation follows a colon, none for a face."""
    start = match.start()
    if match["face"]:
        return
    if match["open"]:
        yield Lexeme(Sign.OPEN, start, "(")
    elif match["close"]:
        yield Lexeme(Sign.CLOSE, start, ")")
    elif match["minus"]:
        yield Lexeme(Sign.NOT, start, "-")
    elif match["quoted"] is not None:
        yield Lexeme(Sign.QUOTED, match.start("quoted"), _closed(match, "quoted"))
    else:
        yield from _bare(match)


def _closed(match: re.Match[str], group: str) -> str:
    """A quotation, without its marks; QueryError at its first mark where the last one is missing."""
    if match.end() == match.end(group):
        raise QueryError(
            "This quotation has no end. Close it, or leave the mark out.",
            match.start(group) - 1,
            Fault.QUOTATION,
        )
    return match[group]


def _bare(match: re.Match[str]) -> Iterator[Lexeme]:
    """A word, an operator or a field, with or without a quotation right behind it."""
    bare, start = match["bare"], match.start()
    quoted = None if match["value"] is None else _closed(match, "value")
    name, colon, value = bare.partition(":")
    field = field_named(name) if colon else None
    if field and quoted is not None:
        yield Lexeme(Sign.FIELD, match.start("value"), quoted, field)
        return
    if field and value:
        yield Lexeme(Sign.FIELD, start + len(name) + 1, value, field)
    elif field and match.string[match.end() : match.end() + 1] in ("", "("):
        said = f"{name}: needs a value right behind it; several stand between commas."
        raise QueryError(said, start, Fault.VALUE, field)
    else:
        yield Lexeme(_OPERATORS.get(bare, Sign.WORD), start, bare)
    if quoted is not None:
        yield Lexeme(Sign.QUOTED, match.start("value"), quoted)


def _check(found: list[Lexeme]) -> None:
    """Every operator has what it joins."""
    for before, lexeme in zip([None, *found], found, strict=False):
        opens = before is None or before.sign is Sign.OPEN
        if lexeme.sign in _JOINERS and opens:
            said = f"{lexeme.text} needs something before it."
            raise QueryError(said, lexeme.start, Fault.BEFORE, lexeme.text)
        closes = lexeme.sign is Sign.CLOSE or lexeme.sign in _JOINERS
        if before and before.sign in _NEED_MORE and closes:
            raise _needs_more(before)
    if found and found[-1].sign in _NEED_MORE:
        raise _needs_more(found[-1])


def _needs_more(operator: Lexeme) -> QueryError:
    said = f"{operator.text} needs something after it."
    return QueryError(said, operator.start, Fault.AFTER, operator.text)
