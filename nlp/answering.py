"""Rows with a text → one answered row each, in order, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from nlp.answer import Answer
from nlp.beside import Beside
from nlp.model import Model
from sangtin.errors import InputError

# Enough texts to fill a reader's batch, few enough that a pipe sees rows at once.
ROWS_A_BATCH = 512

Placed = tuple[str, dict[str, object] | InputError]


def answered(model: Model, rows: Iterable[Placed], text: str = "text") -> Iterator[dict[str, object]]:
    """`{"id","label","kind","scores","settled","reader","model"}` for each of `rows`, in their order, and
    `"flags"`, the chance of each, where the model has some; for them a row's likes, comments, shares and
    published_at (or time) count too.

    Holds ROWS_A_BATCH rows at a time. A row that is none, or has no string in `text`, is answered by nobody:
    its label is null, and `"error"` says where and why.
    """
    left = iter(rows)
    while batch := list(islice(left, ROWS_A_BATCH)):
        texts = [_text(row, text, where) for where, row in batch]
        read = [
            (text, Beside.of(row))
            for (_where, row), text in zip(batch, texts, strict=True)
            if isinstance(text, str) and not isinstance(row, InputError)
        ]
        answers = iter(model.read([text for text, _ in read], [beside for _, beside in read]))
        for (_where, row), held in zip(batch, texts, strict=True):
            native = None if isinstance(row, InputError) else row.get("id")
            if isinstance(held, InputError):
                yield _unanswered(native, held, model.name)
            else:
                yield _said(native, next(answers), model.name)


def _text(row: dict[str, object] | InputError, field: str, where: str) -> str | InputError:
    if isinstance(row, InputError):
        return row
    held = row.get(field)
    if isinstance(held, str):
        return held
    fault = f"has no field {field!r}" if field not in row else f"has no text in {field!r}"
    return InputError(f"{where} {fault}. Name the field that holds the text with --text, or mend the line.")


def _unanswered(native: object, error: InputError, model: str) -> dict[str, object]:
    nothing: dict[str, object] = {"label": None, "kind": None, "scores": {}, "settled": False, "reader": None}
    return {"id": native} | nothing | {"model": model, "error": error.message}


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
