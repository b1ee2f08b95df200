"""A prefix → the index that its alias leads to, the next one while it is built, and those to be dropped."""

from __future__ import annotations

import re
import time

from sangtin.errors import EngineError
from sangtin.search.document import EpochError, NewerError, Position, StaleError
from sangtin.search.elasticsearch import trouble
from sangtin.search.elasticsearch.mapping import LAYOUT, MAPPING, POSITION, SETTINGS
from sangtin.search.elasticsearch.server import SCREEN_S, Json, Server

# How long a replaced index stays for the exports and comparisons that still read it, in s: at the speed in
# docs/operations.md an export of 200 million posts.
REPLACED_S = 3 * 3_600
_SWEEP_S = 60


class Versions:
    """The indexes of one prefix: `sangtin-1`, `sangtin-2` …, and the alias `sangtin` on the current one."""

    def __init__(self, server: Server, prefix: str, shards: int) -> None:
        self.server = server
        self._settings = {**SETTINGS, "number_of_shards": shards}
        self.alias = prefix
        self._readable = ""
        self._swept = time.monotonic()

    def current(self) -> str | None:
        """The index that searches read now; None before the first. StaleError if it cannot be read."""
        names = sorted(self.server.ask("GET", f"/_alias/{self.alias}", within=SCREEN_S))
        if not names:
            return None
        held = LAYOUT if names[-1] == self._readable else str(self._about(names[-1]).get("layout"))
        if _age(held) > _age(LAYOUT):  # or two machines would build it anew against each other for ever
            raise NewerError(
                f"The search index was written by a newer Sàng Tin or Python ({held}; here {LAYOUT}). "
                "Use the same here."
            )
        if held != LAYOUT:
            raise StaleError("The search index was written by another version. Run `sangtin index rebuild`.")
        self._readable = names[-1]
        return names[-1]

    def meet(self) -> None:
        """See once that what the alias leads to can be read."""
        if not self._readable:
            self.current()

    def ensure(self) -> str:
        """The current index, made empty where there is none."""
        while (found := self.current()) is None:
            self._create(self._next(), {self.alias: {}})
        return found

    def begin(self) -> str:
        """A new, empty index that no one reads; what a dead process left behind is dropped."""
        self._drop(abandoned=True)
        name = self._next()
        self._create(name, {})
        return name

    def switch(self, name: str) -> None:
        """Move the alias; the index before stays a while for who still streams it."""
        if self._about(name).get("layout") != LAYOUT:  # deleted, then made again by a write to it
            raise EngineError(trouble.index_gone(self.server.shown, name))
        before = sorted(self.server.ask("GET", f"/_alias/{self.alias}"))
        actions = [{"remove": {"index": old, "alias": self.alias}} for old in before]
        actions.append({"add": {"index": name, "alias": self.alias}})
        self.server.ask("POST", "/_aliases", {"actions": actions})
        for old in before:
            about = {**self._about(old), "retired": time.time()}
            self.server.ask("PUT", f"/{old}/_mapping", {"_meta": about})

    def drop(self, name: str) -> None:
        """Drop an index, unless the alias leads to it."""
        if name not in self.server.ask("GET", f"/_alias/{self.alias}"):
            self.server.ask("DELETE", f"/{name}")

    def sweep(self) -> None:
        """Drop, now and then, the indexes that were replaced long enough ago."""
        if time.monotonic() - self._swept > _SWEEP_S:
            self._swept = time.monotonic()
            self._drop(abandoned=False)

    def position(self, name: str) -> Position | None:
        """How far the record has been followed in an index."""
        asked = f"/{name}/_doc/%3D{POSITION[1:]}"
        held = self.server.ask("GET", asked, within=SCREEN_S).get("_source")
        return Position(str(held["epoch"]), int(held["number"])) if held else None

    def follow(self, name: str, position: Position) -> None:
        """EpochError where an index has followed another epoch."""
        followed = self.position(name)
        if followed and followed.epoch != position.epoch:
            raise EpochError("The record was restored or copied. Run `sangtin index rebuild`.")

    def _names(self) -> list[str]:
        found = self.server.ask("GET", f"/{self.alias}-*/_alias", expand_wildcards="all")
        return [name for name in found if re.fullmatch(rf"{re.escape(self.alias)}-\d+", name)]

    def _next(self) -> str:
        return f"{self.alias}-{max((int(name.rpartition('-')[2]) for name in self._names()), default=0) + 1}"

    def _create(self, name: str, aliases: Json) -> None:
        body = {"settings": self._settings, "mappings": MAPPING, "aliases": aliases}
        self.server.ask("PUT", f"/{name}", body)

    def _about(self, name: str) -> Json:
        """What we noted in an index's mapping."""
        found = self.server.ask("GET", f"/{name}/_mapping", within=SCREEN_S)
        return dict(found.get(name, {}).get("mappings", {}).get("_meta", {}))

    def _drop(self, *, abandoned: bool) -> None:
        """Drop what was replaced long enough ago, and builds that were abandoned."""
        for name in self._names():
            retired = self._about(name).get("retired")
            if abandoned if retired is None else time.time() - float(retired) > REPLACED_S:
                self.drop(name)


def _age(layout: str) -> tuple[int, ...]:
    """The numbers in a layout: of two layouts the one with the greater numbers is newer."""
    return tuple(map(int, re.findall(r"\d+", layout)))
