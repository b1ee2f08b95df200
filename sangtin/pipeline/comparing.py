"""Two posts of the record → why they stand together or apart, as one JSON value or lines for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dedupe
from dedupe.meaning import shown as words
from sangtin.errors import UsageError
from sangtin.record import Record
from sangtin.record.shown import Summary, show


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts, the earlier one first, and what a comparison of their texts says."""

    earlier: Summary
    later: Summary
    comparison: dedupe.Comparison


def pair(record: Record, one: str, other: str) -> Pair:
    """Compare two posts, whichever is named first. UsageError where one is not there."""
    found = sorted((_summary(record, name) for name in (one, other)), key=lambda s: (s.moment, s.id))
    return Pair(found[0], found[1], dedupe.explain(found[0].text, found[1].text))


def as_json(found: Pair) -> dict[str, Any]:
    """A pair as `sangtin post compare --json` gives it."""
    said = found.comparison
    return {
        "earlier": found.earlier.id,
        "later": found.later.id,
        "similarity": round(said.similarity, 4),
        "containment": round(said.containment, 4),
        "relation": said.relation.value,
        "reason": said.reason,
        "differences": [
            {
                "change": each.change.value,
                "earlier": words(each.block.earlier, each.words),
                "later": words(each.block.later, each.words),
            }
            for each in said.differences
        ],
        "placed": {"earlier": _place(found.earlier), "later": _place(found.later)},
    }


def page(found: Pair) -> str:
    """A pair as `sangtin post compare` prints it."""
    said = found.comparison
    lines = [
        f"{found.later.id} beside {found.earlier.id}: {said.relation.value}",
        f"similarity {said.similarity:.2f}, containment {said.containment:.2f}",
        said.reason,
        *(f"  {each}" for each in said.differences),
    ]
    for each in (found.earlier, found.later):
        if each.membership:
            of = f" of {each.original}" if each.original else ""
            lines.append(
                f"{each.id} stands as {each.membership.relation.value}{of}, {each.outcome.bin.value}"
            )
    return "\n".join(line for line in lines if line)


def _summary(record: Record, name: str) -> Summary:
    with record.read() as connection:
        found = show(connection, name)
    if found is None or found.summary is None:
        raise UsageError(f"There is no post {name!r} in the record, or it was erased.")
    return found.summary


def _place(summary: Summary) -> dict[str, Any] | None:
    """What the placer and people decided, which other members of the cluster may have settled."""
    m = summary.membership
    if m is None:
        return None
    return {
        "cluster": m.cluster,
        "of": summary.original,
        "relation": m.relation.value,
        "reason": m.reason,
        "bin": summary.outcome.bin.value,
        "cause": summary.outcome.cause.value,
    }
