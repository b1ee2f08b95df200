"""Labelled JSONL files → rows to train on or to evaluate against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp import Class
from nlp.jsonl import objects
from sangtin.errors import InputError, UsageError
from sangtin.text import spaced_forms

# Where a set tells a text as it was first written, beside a cleaned one.
RAW = "raw_text"
# What `sangtin export --reviews` writes beside a label; elsewhere a "cluster" may be anything.
REVIEWER, CLUSTER = "reviewer", "cluster"

# Weights are summed in 32 bits, which hold 7 digits: beside a heavier row, one of weight 1 would be lost.
HEAVIEST = 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. `weight` ≥ 0 says how much it counts, `group` which cluster of copies it is of."""

    text: str
    target: Class
    weight: float = 1.0
    group: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What it shares with its copies: their words, and their cluster where it is known."""
        words = f"text {text_key(self.text) or self.text}"
        return (words, f"cluster {self.group}") if self.group else (words,)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of a row hold what, and how its labels are renamed."""

    text: str = "text"
    label: str = "label"
    kind: str | None = None
    weight: str | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)


def read_rows(files: Sequence[Path], fields: Fields) -> list[Row]:
    """Every labelled row of the files, in order. A row whose label is null is left out; InputError says
    file and line of one that cannot be read."""
    rows = [_row(value, fields, where) for file in files for where, value in objects(file)]
    found = [row for row in rows if row is not None]
    if not found:
        raise UsageError(
            f"No labelled row in {', '.join(map(str, files))}: no field {fields.label!r} holds a label. "
            "Name it with --label."
        )
    if not any(row.weight * HEAVIEST >= 1 for row in found):
        raise UsageError("Every row has the weight 0: nothing can be learned or chosen from them.")
    return found


def text_key(text: str) -> str:
    """What texts share that differ in marks, case, signs and spaces only; empty where there is no word."""
    return spaced_forms(text)[1]


def groups(rows: Sequence[Row]) -> list[int]:
    """For each row, the number of the row that leads its copies: of those that share a key, directly or
    through others, the one whose text comes first."""
    leads = list(range(len(rows)))

    def lead(row: int) -> int:
        while leads[row] != row:
            leads[row] = row = leads[leads[row]]
        return row

    holders: dict[str, int] = {}
    for number, row in enumerate(rows):
        for key in row.keys:
            one, other = lead(holders.setdefault(key, number)), lead(number)
            first, second = sorted((one, other), key=lambda which: (rows[which].text, which))
            leads[second] = first
    return [lead(number) for number in range(len(rows))]


def unseen(rows: Sequence[Row], dev: Sequence[Row]) -> list[Row]:
    """The rows of which `dev` holds no copy: what was chosen on those would pass for better than it is."""
    known = {key for row in dev for key in row.keys}
    kept = [row for row in rows if known.isdisjoint(row.keys)]
    if not kept:
        raise UsageError("Every row of --train is in --dev too. Give rows that were held out.")
    return kept


def unread_rows(file: Path, fields: Fields, known: frozenset[str]) -> list[Row]:
    """The labelled rows of a file of which neither the text nor its raw form has one of the `known` keys."""
    rows = read_rows([file], fields)
    first = [value.get(RAW) for _where, value in objects(file) if value.get(fields.label) is not None]
    keys = [
        {text_key(text) for text in (row.text, raw) if isinstance(text, str)} - {""}
        for row, raw in zip(rows, first, strict=True)
    ]
    return [row for row, of in zip(rows, keys, strict=True) if not of & known]


def data_hash(rows: Sequence[Row]) -> str:
    """SHA-256 over the rows, in order: which data made a model."""
    digest = hashlib.sha256()
    for row in rows:
        said = [row.text, row.target.label, row.target.kind, row.weight]
        digest.update(json.dumps(said, ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()


def read_map(said: str) -> dict[str, str]:
    """`old=new,old=new` → a dict; UsageError where a part has no `=`, or no new name."""
    pairs = [part.partition("=") for part in said.split(",") if part.strip()]
    wrong = [old for old, _sign, new in pairs if not new.strip()]
    if wrong:
        raise UsageError(f"--map {said!r}: {wrong[0]!r} gets no new name. Write old=new,old=new.")
    return {old.strip(): new.strip() for old, _sign, new in pairs}


def _row(value: Mapping[str, object], fields: Fields, where: str) -> Row | None:
    text, label = value.get(fields.text), value.get(fields.label)
    if label is None:
        return None
    if not isinstance(text, str):
        raise InputError(f"{where}: the field {fields.text!r} holds no text. Name the right one with --text.")
    if isinstance(label, bool) or not isinstance(label, str | int):
        raise InputError(f"{where}: the label {label!r} is neither a word nor a whole number.")
    kind = value.get(fields.kind) if fields.kind else None
    if kind is not None and not isinstance(kind, str):
        raise InputError(f"{where}: the kind {kind!r} is not a word.")
    named = fields.renamed.get(str(label), str(label))
    cluster = value.get(CLUSTER) if REVIEWER in value else None
    return Row(
        text, Class(named, kind), _weight(value, fields, where), cluster if isinstance(cluster, str) else ""
    )


def _weight(value: Mapping[str, object], fields: Fields, where: str) -> float:
    weight = value.get(fields.weight, 1.0) if fields.weight else 1.0
    if isinstance(weight, bool):  # `sure` in a labelled set: an unsure row counts less
        return 1.0 if weight else 0.4
    if not isinstance(weight, int | float) or not 0 <= weight <= HEAVIEST:
        raise InputError(f"{where}: the weight {weight!r} is not a number from 0 to {HEAVIEST:,.0f}.")
    return float(weight)
