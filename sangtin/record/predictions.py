"""A row of the table of predictions ↔ a model's answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from sangtin.post import Kind, Label, Prediction
from sangtin.record.flags import chances_of, chances_row


def prediction_of(row: Row[Any]) -> Prediction:
    """The answer that a row holds; `row.name` is the model's."""
    return Prediction(
        model=row.name,
        reader=row.reader,
        label=Label(row.label),
        kind=Kind(row.kind) if row.kind else None,
        spam=row.spam,
        negative=row.negative,
        positive=row.positive,
        settled=row.settled,
        reason=row.reason,
        chances=chances_of(row),
    )


def columns_of(p: Prediction) -> dict[str, Any]:
    """What a row holds of an answer, beside the keys of its post, revision and model, and the time."""
    return {
        "reader": p.reader,
        "label": p.label.value,
        "kind": p.kind.value if p.kind else None,
        "spam": p.spam,
        "negative": p.negative,
        "positive": p.positive,
        "settled": p.settled,
        "reason": p.reason,
    } | chances_row(p.chances)
