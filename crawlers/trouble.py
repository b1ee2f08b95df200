"""What can go wrong with a source → a code that screens translate and a sentence that people read."""

from __future__ import annotations

from enum import StrEnum

from sangtin.errors import InputError


class Trouble(StrEnum):
    """Why nothing came from a source. docs/sources.md says what to do about each."""

    UNREACHABLE = "unreachable"
    NAME = "name not found"
    TIMEOUT = "timeout"
    TLS = "certificate"
    STATUS = "http status"
    WAIT = "asked to wait"
    ROBOTS = "robots.txt"
    REDIRECTS = "redirects"
    PRIVATE = "private address"
    SCHEME = "scheme"
    SIZE = "too large"
    CHARSET = "encoding"
    PAGE = "web page"
    NOT_A_FEED = "not a feed"
    CRASH = "crawler stopped"


class FeedError(InputError):
    """A fetched document that gives no feed. The message ends in what was found instead."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(f"{trouble.value}: {detail}")
        self.trouble = trouble
        self.detail = detail
