"""The ledger of a period → its numbers, their trend, what spreads, and how the sources do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api.asked import VERIFIED, Asked
from api.bars import ORDER, Stretch, columns, stretches
from api.frame import language_of, page
from api.house import house
from api.language import Language
from api.people import Asking
from sangtin.errors import UsageError
from sangtin.post import READ_FLAGS, VIETNAM, Bin, Ledger, day_of, now
from sangtin.record import clusters, collecting, flagged, ledger, models, placing, reading, shown, sources
from sangtin.record.clusters import Cluster, Spread
from sangtin.record.flagged import Flagged
from sangtin.record.ledger import Scope
from sangtin.record.shown import Summary
from sangtin.record.sources import Health
from sangtin.search import Filters

PERIODS = (7, 30, 90, 365)
# Bars of a chart of common width stay wider than two pixels; beyond it months are drawn.
MOST_DAYS = 186
SPREADING = 6
SPREADS_WITHIN = 7
UNFLAGGED = dict.fromkeys(READ_FLAGS, 0)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Column:
    """A day's or a month's ledger and flags, and the sources whose collection failed in it."""

    first: date
    last: date
    ledger: Ledger
    failed: tuple[str, ...]
    flagged: Flagged


@dataclass(frozen=True, slots=True)
class Growing:
    """A cluster that spreads: its lead, how it spread, how many copies came of late, and their address."""

    lead: Summary
    spread: Spread
    came: int
    url: str
    spark: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its ledger in the scope and its newest post ever."""

    health: Health
    ledger: Ledger
    stretches: list[Stretch]
    newest: datetime | None


@router.get("/")
def show(request: Request, who: Asking) -> Response:  # noqa: ARG001
    """The overview of the period and source in the address."""
    scope, period = scope_of(request)
    with house(request).record.read() as connection:
        view = _view(connection, scope)
    asked = Asked(
        filters=Filters(
            sources=(scope.source,) if scope.source else (), since=scope.from_day, until=scope.to_day
        )
    )
    # Within a script element "<" would end it; JSON may spell it so.
    chart = json.dumps(_chart(view["trend"], asked, language_of(request))).replace("<", "\\u003c")
    links = {"asked": asked, "verified": VERIFIED, "chart": chart, "periods": PERIODS}
    return page(request, "overview.html", view | links | {"scope": scope, "period": period})


def scope_of(request: Request) -> tuple[Scope, str]:
    """The period and source that an address names: the last n days, from and to, or everything."""
    params = request.query_params
    source = params.get("source") or None
    period = params.get("period", "")
    if period:
        if not re.fullmatch("[0-9]{1,5}", period) or not 1 <= int(period) <= 36_500:
            raise UsageError(f"{period!r} is no number of days.")
        today = day_of(now())
        return Scope(today - timedelta(days=int(period) - 1), None, source), period
    asked = Asked.of(params).filters
    return Scope(asked.since, asked.until, source), ""


def columns_of(connection: Connection, scope: Scope) -> list[Column]:
    """The trend with each day without posts; months where the days would be too many to draw."""
    days = ledger.trend(connection, scope)
    failed = collecting.failed_days(connection, scope)
    if not days and not failed:
        return []
    looks = flagged.flagged_days(connection, scope)
    first, last = min((*days, *failed)), max((*days, *failed))

    def column(day: date) -> Column:
        return Column(day, day, days.get(day, Ledger()), failed.get(day, ()), looks.get(day, UNFLAGGED))

    if (last - first).days >= MOST_DAYS:
        return _months(map(column, sorted({*days, *failed})))
    return [column(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def source_rows(connection: Connection, scope: Scope) -> list[SourceRow]:
    """The sources with the most posts in the scope first; of a scope with one source, that one alone."""
    counted = ledger.by_source(connection, scope)
    newest = collecting.newest_posts(connection)
    rows = [
        SourceRow(h, mine, stretches(mine), newest.get(h.source.name))
        for h in sources.all_sources(connection)
        if (mine := counted.get(h.source.name, Ledger())).identified or not scope.source
    ]
    return sorted(rows, key=lambda row: (-row.ledger.identified, row.health.source.name))


def _view(connection: Connection, scope: Scope) -> dict[str, Any]:
    total = ledger.ledger(connection, scope)
    return {
        "total": total,
        "first_run": not total.identified and ledger.days_of(connection) is None,
        "bar": stretches(total),
        "flagged": flagged.count_flagged(connection, scope),
        "lens": stretches(total, (Bin.NEGATIVE, Bin.POSITIVE)),
        "trend": columns_of(connection, scope),
        "growing": _growing(connection, scope),
        "sources": source_rows(connection, scope),
        "known": [h.source.name for h in sources.all_sources(connection)],
        "as_of": now(),
        "to_place": placing.count_unplaced(connection),
        "to_read": reading.count_unread(connection, models.current_model(connection)),
    }


def _months(days: Iterable[Column]) -> list[Column]:
    found: dict[date, Column] = {}
    for day in days:
        first = day.first.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        before = found.get(first, Column(first, last, Ledger(), (), UNFLAGGED))
        names = tuple(sorted({*before.failed, *day.failed}))
        looks = {flag: posts + before.flagged[flag] for flag, posts in day.flagged.items()}
        found[first] = Column(first, last, _sum(before.ledger, day.ledger), names, looks)
    return [found[first] for first in sorted(found)]


def _sum(a: Ledger, b: Ledger) -> Ledger:
    return Ledger(**{bin_.value: getattr(a, bin_.value) + getattr(b, bin_.value) for bin_ in Bin})


def _growing(connection: Connection, scope: Scope) -> list[Growing]:
    """What spread in the last days of the scope that have posts, in its source alone if it has one."""
    known = ledger.days_of(connection)
    last = min(scope.to_day or known[1], known[1]) if known else None
    if known is None or last is None or last < known[0]:
        return []
    first = max(last - timedelta(days=SPREADS_WITHIN - 1), scope.from_day or known[0])
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    found = clusters.spreading(connection, since, until, source=scope.source, limit=SPREADING)
    leads = {s.key: s for s in shown.summaries(connection, [g.cluster.lead for g in found])}
    asked = Asked(filters=Filters(sources=(scope.source,) if scope.source else (), since=first, until=last))
    return [
        Growing(leads[g.cluster.lead], spread, g.came, _copies(asked, g.cluster), columns(spread.days))
        for g in found
        if g.cluster.lead in leads and (spread := clusters.spread(connection, g.cluster.id))
    ]


def _copies(asked: Asked, cluster: Cluster) -> str:
    return asked.filtered(clusters=(cluster.id,), bins=(Bin.DUPLICATE,)).url()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _chart(trend: list[Column], asked: Asked, t: Language) -> dict[str, Any]:
    """What the chart draws, in the person's language, with a link for each column."""
    monthly = any(c.first != c.last for c in trend)
    return {
        "labels": [c.first.strftime("%m/%Y") if monthly else t.day(c.first) for c in trend],
        "links": [asked.filtered(since=c.first, until=c.last).url() for c in trend],
        "failed": [t("overview.failed", sources=", ".join(c.failed)) if c.failed else "" for c in trend],
        "failed_name": t("overview.not_collected"),
        "series": [
            {
                "bin": bin_.value,
                "name": t(f"bin.{bin_.value}"),
                "posts": [getattr(c.ledger, bin_.value) for c in trend],
            }
            for bin_ in ORDER
        ],
        "separator": "." if t.code == "vi" else ",",
    }
