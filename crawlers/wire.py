"""Values ↔ lines of JSON between the crawling process and the one that keeps what it brings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from crawlers.entry import Entry, Rejected


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave towards the sites we visit.

    `contact` is an address or a page by which a site's owner reaches us. `delay_s`: between two requests
    to one host, unless its robots.txt asks for more. `timeout_s`: for one whole answer. `max_bytes`: of a
    feed, also once decompressed. `patience_s`: a wait that a server asks for is waited out up to this;
    beyond, the source is left alone until then.
    """

    contact: str = ""
    delay_s: float = 1.0
    timeout_s: float = 30.0
    max_bytes: int = 5 * 2**20
    retries: int = 2
    backoff_s: float = 2.0
    patience_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Order:
    """Fetch one source. The validators are those of its last good answer, or empty."""

    source: str
    address: str
    etag: str = ""
    last_modified: str = ""
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True)
class End:
    """No more orders: finish those that were given, then end."""

    kind: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one answer, in the feed's order."""

    source: str
    at: datetime
    entries: tuple[Entry, ...]
    kind: Literal["batch"] = "batch"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The end of one order, after its batches. `trouble` is empty where all went well."""

    source: str
    at: datetime
    trouble: str = ""
    detail: str = ""
    etag: str = ""
    last_modified: str = ""
    not_modified: bool = False
    retry_at: datetime | None = None
    fetched: int = 0
    rejected: tuple[Rejected, ...] = ()
    issues: dict[str, int] = Field(default_factory=dict)
    kind: Literal["fetched"] = "fetched"


Event = Annotated[Batch | Fetched, Field(discriminator="kind")]

MANNERS: TypeAdapter[Manners] = TypeAdapter(Manners)
ORDERS: TypeAdapter[Order | End] = TypeAdapter(Annotated[Order | End, Field(discriminator="kind")])
EVENTS: TypeAdapter[Batch | Fetched] = TypeAdapter(Event)


T = TypeVar("T")


def line(adapter: TypeAdapter[T], value: T) -> bytes:
    """One value as one line."""
    return adapter.dump_json(value) + b"\n"
