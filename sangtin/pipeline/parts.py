"""Settings → the opened record and search index that a command works with."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sangtin import events, follower
from sangtin.errors import BusyError, EngineError
from sangtin.record import Record, open_record
from sangtin.search import Search, open_search
from sangtin.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """What every stage needs: where things live, the truth, and its projection."""

    settings: Settings
    record: Record
    search: Search


def search_of(settings: Settings) -> Search:
    """The search index that the settings name, with what it takes to be let in."""
    return open_search(
        settings.search_url,
        prefix=settings.search_prefix,
        api_key=settings.search_api_key,
        certificates=str(settings.search_certificates or ""),
        shards=settings.search_shards,
    )


@contextlib.contextmanager
def opened(settings: Settings, *, patient: bool = False) -> Iterator[Parts]:
    """Open record and index for the length of a block. MissingError says how to make a record.

    `patient`: a record that does not answer is asked again until it does, as who watches over it wants.
    """
    record = _awaited(settings.record_url) if patient else open_record(settings.record_url)
    try:
        search = search_of(settings)
        try:
            yield Parts(settings, record, search)
        finally:
            search.close()
    finally:
        record.close()


def _awaited(url: str) -> Record:
    wait = 0.0
    while True:
        try:
            return open_record(url)
        except (EngineError, BusyError) as error:
            events.warn("the record can't be opened; it is tried again", reason=error.message)
        wait = follower.next_wait(wait)
        time.sleep(wait)
