"""Objects with a text → one answered row each, in order, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from nlp.answer import Answer
from nlp.model import Model
from sangtin.errors import InputError

# Enough texts to fill a reader's batch, few enough that a pipe sees rows at once.
ROWS_A_BATCH = 512

Placed = tuple[str, dict[str, object]]


def answered(model: Model, rows: Iterable[Placed], text: str = "text") -> Iterator[dict[str, object]]:
    """`{"id","label","kind","scores","settled","reader","model"}` for each of `rows`, in their order, and
    `"flags"`, the chance of each, where the model has some.

    Holds ROWS_A_BATCH rows at a time. A row without a string in `text` is an InputError that names its place.
    """
    left = iter(rows)
    while batch := list(islice(left, ROWS_A_BATCH)):
        answers = model.read([_text(row, text, where) for where, row in batch])
        for (_where, row), answer in zip(batch, answers, strict=True):
            yield _said(row.get("id"), answer, model.name)


def _text(row: dict[str, object], field: str, where: str) -> str:
    held = row.get(field)
    if not isinstance(held, str):
        fault = f"has no field {field!r}" if field not in row else f"has no text in {field!r}"
        raise InputError(
            f"{where} {fault}. Name the field that holds the text with --text, or mend the line."
        )
    return held


def _said(native: object, answer: Answer, model: str) -> dict[str, object]:
    said: dict[str, object] = {
        "id": native,
        "label": answer.label,
        "kind": answer.kind,
        "scores": answer.scores,
        "settled": answer.settled,
        "reader": answer.reader,
        "model": model,
    }
    return said | {"flags": answer.flags} if answer.flags else said
