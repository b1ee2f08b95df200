"""Record and search → figures for a program that watches over them, in Prometheus' text format.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy import Connection

from api.house import House, house
from api.people import visitor
from sangtin import follower
from sangtin.errors import EngineError
from sangtin.post import Bin
from sangtin.record import leases, ledger, models, placing, reading

router = APIRouter(dependencies=[Depends(visitor)])


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure, or one for each value of a label."""

    name: str
    says: str
    label: str
    values: Mapping[str, int]

    def lines(self) -> Iterator[str]:
        """As Prometheus reads it."""
        yield f"# HELP {self.name} {self.says}"
        yield f"# TYPE {self.name} gauge"
        for value, figure in self.values.items():
            yield f'{self.name}{{{self.label}="{value}"}} {figure}' if self.label else f"{self.name} {figure}"


@router.get("/api/v1/metrics", response_class=PlainTextResponse)
def get_metrics(request: Request) -> PlainTextResponse:
    """Posts by bin, what waits, who works, and how far the search is behind, for Prometheus."""
    at = house(request)
    with at.record.read() as connection:
        gauges = [*_of_record(connection), *_of_search(at)]
    text = "".join(f"{line}\n" for gauge in gauges for line in gauge.lines())
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _of_record(connection: Connection) -> Iterator[Gauge]:
    counted = ledger.ledger(connection)
    bins = {bin_.value: int(getattr(counted, bin_.value)) for bin_ in Bin}
    yield Gauge("sangtin_posts", "Posts in each bin of the ledger.", "bin", bins)
    waiting = {
        "place": placing.count_unplaced(connection),
        "read": reading.count_unread(connection, models.current_model(connection)),
    }
    yield Gauge("sangtin_waiting", "Posts that wait for a stage.", "stage", waiting)
    yield Gauge("sangtin_workers", "Leases held for each kind of work.", "work", leases.held_for(connection))


def _of_search(at: House) -> Iterator[Gauge]:
    try:
        behind: int | None = follower.lag(at.record, at.search)
        refused = len(follower.refused(at.record, at.search))
    except EngineError:
        behind, refused = None, 0
    yield Gauge("sangtin_index_up", "Whether the search answers.", "", {"": int(behind is not None)})
    if behind is not None:
        yield Gauge("sangtin_index_lag_changes", "Changes that the search has not seen.", "", {"": behind})
        yield Gauge("sangtin_index_refused", "Posts that the search index does not take.", "", {"": refused})
