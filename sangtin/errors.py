"""What can go wrong → one public message that says what, why and what to do next."""

from __future__ import annotations

from enum import StrEnum


class SangtinError(Exception):
    """An error meant for a person. `exit_code` is what the command line ends with."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(SangtinError):
    """The request cannot be understood: a wrong value, a missing file, an unknown name."""

    exit_code = 2


class InputError(SangtinError):
    """A file or a field cannot be read; nothing was lost."""

    exit_code = 3


class MissingError(SangtinError):
    """Something that is needed is not installed or not there; the message says how to get it."""

    exit_code = 4


class BusyError(SangtinError):
    """Another process holds what is needed; try again later."""

    exit_code = 5


class EngineError(SangtinError):
    """A record or a search engine does not answer or refuses."""

    exit_code = 6


class Fault(StrEnum):
    """What is wrong with a query, for screens that say it in another language than the message."""

    LONG = "too long"
    QUOTATION = "open quotation"
    BRACKET = "lone bracket"
    NESTED = "nested too deep"
    BEFORE = "nothing before"
    AFTER = "nothing after"
    VALUE = "no value"
    CHOICE = "no such value"
    DAY = "no day"
    PERIOD = "period inside"
    EMPTY = "nothing to find"


class QueryError(UsageError):
    """A search query has a syntax error. `position` is the character (from 0) where it is.

    `subject` is the field or operator that it is about, or the bound that was passed.
    """

    def __init__(self, message: str, position: int, fault: Fault, subject: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.fault = fault
        self.subject = subject
