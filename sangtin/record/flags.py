"""What is known of a post → the flags by which a model asks people to look, and their columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from sangtin.post import READ_FLAGS, Bin, Cause, Chance, Flag, Kind, Outcome, Prediction

# Where a prediction keeps the chance of each.
COLUMNS = {Flag.SCAM: "scam_chance", Flag.UNRELIABLE: "unreliable_chance"}


def read_flags(result: Outcome, read: Prediction | None) -> tuple[Flag, ...]:
    """The flags of a post, in the order of READ_FLAGS, by its outcome and the answer that counts.

    A copy has those of the post that it repeats, so none of its own. What a person labelled is a scam where
    the person said so, whatever a model thinks; whether it looks unreliable a label does not say.
    """
    if result.bin is Bin.DUPLICATE:
        return ()
    raised = {each.flag for each in read.chances if each.raised} if read else set()
    if result.cause in (Cause.PERSON, Cause.CLUSTER):
        raised.discard(Flag.SCAM)
    if result.kind is Kind.SCAM:
        raised.add(Flag.SCAM)
    return tuple(flag for flag in READ_FLAGS if flag in raised)


def written(flags: Collection[Flag]) -> str:
    """Flags as a column holds them: their names between commas; empty for none."""
    return ",".join([flag.value for flag in flags]) if flags else ""


def flags_of(column: str) -> tuple[Flag, ...]:
    """The flags that a column holds."""
    return tuple(map(Flag, column.split(","))) if column else ()


def chances_row(chances: Collection[Chance]) -> dict[str, Any]:
    """What a prediction's row holds of the chances; null where its model does not know a flag."""
    known = {COLUMNS[each.flag]: each.chance for each in chances}
    return (
        dict.fromkeys(COLUMNS.values()) | known | {"raised": written([c.flag for c in chances if c.raised])}
    )


def chances_of(row: Row[Any]) -> tuple[Chance, ...]:
    """The chances that a prediction's row holds."""
    raised = flags_of(row.raised)
    found = ((flag, getattr(row, COLUMNS[flag])) for flag in READ_FLAGS)
    return tuple(Chance(flag, chance, flag in raised) for flag, chance in found if chance is not None)
