"""What a person types → a tree that every engine answers alike, or an error that says where.

ngập lụt              both words, marked or not        "ngập lụt"       side by side
lũ OR bão, lũ -Huế    OR, AND, NOT, -, brackets        ngap*            words that begin so
nhãn:tiêu_cực         label: kind: flag: source:       từ:2025-10-01    from: and to:, in days
                      cluster: author:                                  for the whole query
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sangtin.errors import Fault, QueryError
from sangtin.search.field import Field, day, values_of
from sangtin.search.lexeme import Lexeme, Sign, lexemes
from sangtin.text import tokens

# A pasted post fits; beyond these a query is no longer something that a person typed.
LONGEST_QUERY = 5_000
DEEPEST_QUERY = 20


@dataclass(frozen=True, slots=True)
class Word:
    """One word in both forms, or with `prefix` every word that begins so."""

    marked: str
    folded: str
    prefix: bool = False

    def form(self, exact: bool) -> str:
        """The form that is compared."""
        return self.marked if exact else self.folded


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two or more words side by side."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """A field (never a day) that has one of these values."""

    field: Field
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but these."""

    part: Node


Node = Word | Phrase | Is | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. Without a root it finds every post of the period.

    `exact` compares the marks as typed; else `ngap` finds `ngập`, and đ is d.
    """

    root: Node | None = None
    exact: bool = False
    since: date | None = None
    until: date | None = None


def parse(text: str, *, exact: bool = False) -> Query:
    """The query that a person typed; QueryError with the character where it cannot be understood.

    An open quotation or bracket, an operator without what it joins and a field without its value are errors.
    Signs, faces and emoji beside words are not searched.
    """
    if len(text) > LONGEST_QUERY:
        said = f"The query is longer than {LONGEST_QUERY:,} characters. Shorten it."
        raise QueryError(said, LONGEST_QUERY, Fault.LONG, str(LONGEST_QUERY))
    return _Parser(text).query(exact)


class _Parser:
    """Recursive descent: or → and → not → one. NOT binds closest, then AND, also unwritten, then OR."""

    def __init__(self, text: str) -> None:
        self.lexemes = lexemes(text)
        self.end = len(text)
        self.at = 0
        self.depth = 0
        self.loose = 0  # how many OR, NOT and brackets with OR are around what is being read
        self.since: date | None = None
        self.until: date | None = None
        self.unsearchable: Lexeme | None = None

    def query(self, exact: bool) -> Query:
        """The whole text."""
        root = self._or()
        if lexeme := self._peek():
            said = "This bracket closes nothing. Leave it out or open one before."
            raise QueryError(said, lexeme.start, Fault.BRACKET, ")")
        if root is None and self.unsearchable and not (self.since or self.until):
            said = "There is no letter or digit here to search for."
            raise QueryError(said, self.unsearchable.start, Fault.EMPTY)
        return Query(root, exact, self.since, self.until)

    def _peek(self) -> Lexeme | None:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else None

    def _take(self, *signs: Sign) -> Lexeme | None:
        """The next lexeme, if it is one of these."""
        lexeme = self._peek()
        if lexeme is None or lexeme.sign not in signs:
            return None
        self.at += 1
        return lexeme

    def _or(self) -> Node | None:
        joined = self._has_or()
        self.loose += joined
        parts = [self._and()]
        while self._take(Sign.OR):
            parts.append(self._and())
        self.loose -= joined
        found = tuple(part for part in parts if part)
        return Or(found) if len(found) > 1 else found[0] if found else None

    def _has_or(self) -> bool:
        """Whether an OR follows inside the present bracket."""
        depth = 0
        for lexeme in self.lexemes[self.at :]:
            depth += (lexeme.sign is Sign.OPEN) - (lexeme.sign is Sign.CLOSE)
            if depth < 0:
                return False
            if depth == 0 and lexeme.sign is Sign.OR:
                return True
        return False

    def _and(self) -> Node | None:
        parts: list[Node] = []
        while (lexeme := self._peek()) and lexeme.sign not in (Sign.OR, Sign.CLOSE):
            if self._take(Sign.AND):
                continue
            if part := self._not():
                parts += part.parts if isinstance(part, And) else [part]
        distinct = tuple(dict.fromkeys(parts))
        return And(distinct) if len(distinct) > 1 else distinct[0] if distinct else None

    def _not(self) -> Node | None:
        negated = 0
        while self._take(Sign.NOT):
            negated += 1
        self.loose += negated
        part = self._one()
        self.loose -= negated
        return Not(part) if part and negated % 2 else part

    def _one(self) -> Node | None:
        if self._take(Sign.OPEN):
            return self._bracket()
        lexeme = self._take(Sign.WORD, Sign.QUOTED, Sign.FIELD)
        if lexeme is None:  # unreachable: `lexemes` saw to it that an operand follows
            raise QueryError("Something is missing here.", self.end, Fault.AFTER)
        if lexeme.field in (Field.SINCE, Field.UNTIL):
            self._bound(lexeme, lexeme.field)
            return None
        if lexeme.field:
            return Is(lexeme.field, values_of(lexeme.field, lexeme.text, lexeme.start))
        return self._words(lexeme)

    def _bracket(self) -> Node | None:
        start = self.lexemes[self.at - 1].start
        self.depth += 1
        if self.depth > DEEPEST_QUERY:
            said = f"Brackets are nested more than {DEEPEST_QUERY} deep. Leave some out."
            raise QueryError(said, start, Fault.NESTED, str(DEEPEST_QUERY))
        inner = self._or()
        if not self._take(Sign.CLOSE):
            said = "This bracket is not closed. Close it, or leave it out."
            raise QueryError(said, start, Fault.BRACKET, "(")
        self.depth -= 1
        return inner

    def _bound(self, lexeme: Lexeme, field: Field) -> None:
        """from: and to: narrow the period of the whole query."""
        if self.loose:
            said = f"{field}: holds for the whole query. Put it outside OR and NOT."
            raise QueryError(said, lexeme.start, Fault.PERIOD, field)
        bound = day(field, lexeme.text, lexeme.start)
        if field is Field.SINCE:
            self.since = max(bound, self.since or bound)
        else:
            self.until = min(bound, self.until or bound)

    def _words(self, lexeme: Lexeme) -> Node | None:
        """A word; a phrase for what is written together or quoted; with `*` its last part is a beginning."""
        found = [Word(token.marked, token.folded) for token in tokens(lexeme.text)]
        if not found:
            if not lexeme.text.isascii():  # an emoji is meant; a lone dash or slash is not
                self.unsearchable = self.unsearchable or lexeme
            return None
        beginning: Word | None = None
        if lexeme.sign is Sign.WORD and lexeme.text.endswith("*"):
            beginning = Word(found[-1].marked, found[-1].folded, prefix=True)
            found = found[:-1]
        whole: Node | None = Phrase(tuple(found)) if len(found) > 1 else found[0] if found else None
        if whole and beginning:
            return And((whole, beginning))
        return beginning or whole
