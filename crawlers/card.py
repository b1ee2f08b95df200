"""A source card → a card that may be crawled, or what it lacks and the command that adds it."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit

from crawlers.address import origin
from sangtin.errors import UsageError
from sangtin.post import Source, SourceType

# What a card must say before anything is fetched → the flag of `sangtin source add` and an example.
REQUIRED = {
    "address": ("--address", "https://example.vn/rss"),
    "licence": ("--licence", "what its terms allow"),
    "legal_basis": ("--legal-basis", "on what ground it is processed"),
    "retention_days": ("--retention-days", "365"),
}
# Browsers and servers stop at some 2,000 characters.
LONGEST_ADDRESS = 2_000


def check(card: Source) -> None:
    """Promise that a card may be crawled. Raises UsageError that names what is missing and how to add it."""
    if card.type is not SourceType.FEED:
        raise UsageError(
            f"Source {card.name!r} is of type {card.type.value!r}; only sources of type 'feed' are crawled. "
            "Bring files in with `sangtin import FILE --source NAME`."
        )
    missing = [name for name in REQUIRED if not getattr(card, name)]
    if missing:
        raise UsageError(
            f"Source {card.name!r} is not crawled: its card lacks {', '.join(missing)}. "
            f"Complete it: {_command(card, missing)}"
        )
    check_address(card)


def _command(card: Source, missing: list[str]) -> str:
    flags = (f"{REQUIRED[name][0]} {shlex.quote(REQUIRED[name][1])}" for name in missing)
    return f"sangtin source add {card.name} --type feed {' '.join(flags)}"


def check_address(card: Source) -> None:
    """Promise that an address can be fetched. Raises UsageError that says what is wrong with it."""
    address = card.address
    try:
        origin(address)
        usable = len(address) <= LONGEST_ADDRESS and not any(c.isspace() for c in address)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            f"The address of source {card.name!r} is no http or https address of at most "
            f"{LONGEST_ADDRESS:,} characters: {address[:100]!r}. Mend it with `sangtin source add`."
        )
    if urlsplit(address).username or urlsplit(address).password:
        raise UsageError(
            f"The address of source {card.name!r} holds a user name or password, which a card would show. "
            "Only public feeds are crawled; give an address without them."
        )
