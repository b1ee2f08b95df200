"""What can go wrong → one public message that says what, why and what to do next."""

from __future__ import annotations


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


class QueryError(UsageError):
    """A search query has a syntax error. `position` is the character (from 0) where it is."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position
