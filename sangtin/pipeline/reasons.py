"""What can be wrong with a file of posts or one of its rows → a closed set of reasons to count by."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a row, or from some line on a whole file, was not taken."""

    EMPTY_FILE = "empty file"
    ENCODING = "not UTF-8"
    BROKEN_GZIP = "broken gzip"
    BOMB = "gzip bomb"
    HEADER = "header"
    LONG_ROW = "row too long"
    BROKEN_TEXT = "broken UTF-8"
    NUL = "NUL character"
    SURROGATE = "half a character"
    NOT_JSON = "not JSON"
    TOO_DEEP = "nested too deep"
    REPEATED_KEY = "key stands twice"
    NOT_AN_OBJECT = "not an object"
    NOT_CSV = "not CSV"
    TOO_MANY_FIELDS = "too many fields"
    NO_TEXT = "no text"
    EMPTY_TEXT = "empty text"
    WRONG_TYPE = "wrong type"
    BAD_ID = "bad id"
    BAD_DATE = "bad date"
    BAD_COUNT = "bad count"
    BAD_URL = "bad address"

    @property
    def ends_the_file(self) -> bool:
        """Whether nothing after it can be read."""
        return self in ENDING


ENDING = frozenset({Reason.EMPTY_FILE, Reason.ENCODING, Reason.BROKEN_GZIP, Reason.BOMB, Reason.HEADER})


class RowError(ValueError):
    """A row that is no post. `detail` names fields and figures, never a post's text or author."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


# A detail stands on one line of a terminal and of the file of rejected rows.
_LONGEST_SHOWN = 40


def shown(value: object) -> str:
    """A short value as anything can print it: quoted, one line, ASCII where it must be, cut."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return repr(cut) if cut.isprintable() else ascii(cut)
