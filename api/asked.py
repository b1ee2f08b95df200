"""A URL ↔ what is asked of the search: the address of a screen is its whole state."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from sangtin.errors import UsageError
from sangtin.post import Bin, Flag, Kind
from sangtin.search import Filters, Sort

# As programs write days, and as people here do.
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y")
VERIFIED = (Bin.DUPLICATE, Bin.SPAM, Bin.NEGATIVE, Bin.POSITIVE)
Choice = TypeVar("Choice", bound=StrEnum)


class DayError(UsageError):
    """A day that no calendar has, or that is written otherwise."""


class Params(Protocol):
    """The parameters of an address; a name may stand several times."""

    def get(self, key: str, default: str, /) -> str:
        """The last value under a name."""

    def getlist(self, key: str, /) -> list[str]:
        """Every value under a name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query in the language of the search, with filters and an order."""

    text: str = ""
    exact: bool = False
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.NEWEST

    @classmethod
    def of(cls, params: Params) -> Asked:
        """What an address asks. Raises UsageError for a value that is none of the choices."""
        filters = Filters(
            sources=tuple(params.getlist("source")),
            bins=_choices(Bin, params.getlist("bin")),
            kinds=_choices(Kind, params.getlist("kind")),
            flags=_choices(Flag, params.getlist("flag")),
            clusters=tuple(params.getlist("cluster")),
            since=_day(params.get("from", "")),
            until=_day(params.get("to", "")),
        )
        (sort,) = _choices(Sort, [params.get("sort", "") or Sort.NEWEST.value])
        return cls(params.get("q", "").strip(), params.get("exact", "") == "1", filters, sort)

    def url(self, path: str = "/search", **more: str | None) -> str:
        """The address that asks this, with further parameters; empty ones are left out."""
        pairs = [*self.pairs(), *((name, value) for name, value in more.items() if value)]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address, in a fixed order; a form carries the same."""
        f = self.filters
        several: Mapping[str, Sequence[str]] = {
            "bin": f.bins,
            "kind": f.kinds,
            "flag": f.flags,
            "source": f.sources,
            "cluster": f.clusters,
        }
        single = {
            "from": f.since.isoformat() if f.since else "",
            "to": f.until.isoformat() if f.until else "",
            "exact": "1" if self.exact else "",
            "sort": "" if self.sort is Sort.NEWEST else self.sort.value,
        }
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, str(value)) for name, values in several.items() for value in values]
        return pairs + [(name, value) for name, value in single.items() if value]

    def toggle(self, field: str, value: str) -> Asked:
        """The same with one alternative of a filter added, or taken away where it is there."""
        now = getattr(self.filters, field)
        changed = tuple(v for v in now if v != value) if value in now else (*now, value)
        return self.filtered(**{field: changed})

    def filtered(self, **changes: Any) -> Asked:
        """The same with filters replaced."""
        return replace(self, filters=replace(self.filters, **changes))


def _choices(of: type[Choice], values: Sequence[str]) -> tuple[Choice, ...]:
    known = {each.value: each for each in of}
    for value in values:
        if value not in known:
            raise UsageError(f"There is no {of.__name__.lower()} {value!r}; choose of: {', '.join(known)}.")
    return tuple(known[value] for value in values)


def _day(value: str) -> date | None:
    if not value:
        return None
    for form in DAY_FORMS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(value, form).date()  # noqa: DTZ007  # a day has no zone
    raise DayError(f"{value!r} is no day; write it as YYYY-MM-DD or DD/MM/YYYY.")
