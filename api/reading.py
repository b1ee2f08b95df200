"""One post → all that a screen shows of it: its text with marks, who says what, its copies, its history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.bars import columns
from api.passage import Segment, segments
from api.services import Edit, Moved, Piece, Services
from sangtin.errors import SangtinError
from sangtin.post import Cause, Flag, Label, Prediction
from sangtin.record import clusters, reviews, shown
from sangtin.record.clusters import Spread
from sangtin.record.relatives import relatives
from sangtin.record.settling import evidence
from sangtin.record.shown import Shown, Step, Summary

# Beyond their shared beginning and end, so many characters of two texts are compared: word by word this costs
# the product of their lengths, 20 ms for texts that share nothing.
LONGEST_COMPARED = 2_000
# Of a text longer than this the screens show a part at a time: what follows it stays within reach.
LONG_TEXT = 2_500
# A run of words that both texts share is shortened to its ends beyond this many characters.
LONGEST_SAME = 80
# As many words of a flag as are read at a glance.
WORDS_OF_A_FLAG = 5


@dataclass(frozen=True, slots=True)
class Relative:
    """Another post of the cluster, as it differs from the one that is shown."""

    summary: Summary
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a post's history: a change of its state, or a person's act that changed none."""

    at: datetime
    step: Step | None
    said: reviews.Said | None


@dataclass(frozen=True, slots=True)
class Look:
    """A flag that the model raised: its chance, and the words that moved it most, strongest first."""

    flag: Flag
    chance: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A live post as a screen shows it. `person` settled it, if a person did.

    `at_once`: how many accounts posted its text within a minute, where that raised the flag.
    """

    summary: Summary
    shown: Shown
    text: list[Segment]
    long: bool
    marked: bool
    prediction: Prediction | None
    looks: tuple[Look, ...]
    person: reviews.Said | None
    relatives: list[Relative]
    more_relatives: int
    spread: Spread | None
    at_once: int
    spark: list[tuple[float, float]]
    history: list[Entry]
    earlier: list[tuple[int, datetime, list[Piece]]]


@dataclass(frozen=True, slots=True)
class Depth:
    """How much of a cluster to show, and which characters were found by a search.

    `at_once`: how many accounts posted it at once, too, for which every post of the cluster is looked at.
    """

    relatives: int = 20
    found: Sequence[tuple[int, int]] = ()
    at_once: bool = True


def read_post(connection: Connection, services: Services, found: Shown, depth: Depth = Depth()) -> Reading:
    """What a screen shows of a post that was not erased. Raises ValueError for an erased one."""
    summary = found.summary
    if summary is None:
        raise ValueError("an erased post has nothing to read")
    prediction = evidence(connection, [summary.key])[summary.key].prediction
    moved = _why(services, summary.text, prediction.label if prediction else None)
    others, more = _relatives(connection, services, summary, depth.relatives)
    spread = clusters.spread(connection, summary.membership.cluster) if summary.membership else None
    return Reading(
        summary=summary,
        shown=found,
        text=segments(summary.text, depth.found, moved),
        long=len(summary.text) > LONG_TEXT or summary.text.count("\n") > LONG_TEXT // 80,
        marked=bool(moved),
        prediction=prediction,
        looks=tuple(_looks(services, summary, prediction)),
        person=_person(found, summary),
        relatives=others,
        more_relatives=more,
        spread=spread,
        at_once=_at_once(connection, services, spread) if depth.at_once else 0,
        spark=columns(spread.days) if spread else [],
        history=_history(found),
        earlier=_earlier(services, found, summary),
    )


def find_post(connection: Connection, post_id: str) -> Shown | None:
    """Everything that the record knows of a post; None where it never had it."""
    return None if "\x00" in post_id else shown.show(connection, post_id)


def compare(services: Services, old: str, new: str) -> list[Piece]:
    """What differs between two texts of any length, in brief."""
    start = max((end for _, end in _shared(old, new)), default=0)
    end = max((begin for begin, _ in _shared(old[start:][::-1], new[start:][::-1])), default=0)
    middles = [text[start : len(text) - end] for text in (old, new)]
    pieces = [Piece(old[:start], Edit.SAME)] if start else []
    pieces += services.differences(*(middle[:LONGEST_COMPARED] for middle in middles))
    if max(map(len, middles)) > LONGEST_COMPARED:
        pieces.append(Piece(" … ", Edit.SAME))
    pieces += [Piece(old[len(old) - end :], Edit.SAME)] if end else []
    return brief(pieces)


def _shared(old: str, new: str) -> Iterator[tuple[int, int]]:
    """Where the white space after each word begins and ends that two texts share from their beginning on."""
    pairs = enumerate(zip(old, new, strict=False))
    shared = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
    if shared == len(old) == len(new):
        yield shared, shared
    yield from (found.span() for found in re.finditer(r"\s+", old[:shared]))


def brief(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with long runs of shared words shortened to their ends, so that differences stand out."""
    last = len(pieces) - 1
    return [
        Piece(_shortened(p.text, first=i == 0, last=i == last), p.edit)
        if p.edit is Edit.SAME and len(p.text) > LONGEST_SAME
        else p
        for i, p in enumerate(pieces)
    ]


def _shortened(text: str, *, first: bool, last: bool) -> str:
    half = LONGEST_SAME // 2
    head, tail = text[:half].rsplit(" ", 1)[0], text[-half:].split(" ", 1)[-1]
    if first and last:
        return text
    if first:
        return f"… {tail}"
    return f"{head} …" if last else f"{head} … {tail}"


def _why(services: Services, text: str, label: Label | None) -> Sequence[Moved]:
    """No marks where no model can say: the post is shown all the same."""
    try:
        return services.why(text, label) if label else ()
    except SangtinError:
        return ()


def _looks(services: Services, summary: Summary, prediction: Prediction | None) -> Iterator[Look]:
    """The flags that hold of a post because a model raised them."""
    for each in prediction.chances if prediction else ():
        if each.raised and each.flag in summary.flags:
            moved = services.why_flagged(summary.text, each.flag)
            towards = (summary.text[m.start : m.end] for m in moved if m.weight > 0)
            yield Look(each.flag, each.chance, tuple(dict.fromkeys(towards))[:WORDS_OF_A_FLAG])


def _relatives(
    connection: Connection, services: Services, summary: Summary, most: int
) -> tuple[list[Relative], int]:
    """Those that a person should compare first, and how many more there are."""
    if summary.membership is None:
        return [], 0
    cluster = clusters.find(connection, summary.membership.cluster)
    others = relatives(connection, summary.membership.cluster, summary.key, most)
    rows = [Relative(m, compare(services, summary.text, m.text)) for m in others]
    return rows, max(0, (cluster.posts if cluster else 0) - 1 - len(rows))


def _at_once(connection: Connection, services: Services, spread: Spread | None) -> int:
    if spread is None or not spread.cluster.burst:
        return 0
    return services.at_once(connection, spread.cluster.id)


def _person(found: Shown, summary: Summary) -> reviews.Said | None:
    if summary.outcome.cause not in (Cause.PERSON, Cause.SAME_AS, Cause.CLUSTER):
        return None
    number = summary.outcome.settled_by.removeprefix("review:")
    return next((said for said in found.reviews if str(said.id) == number), None)


def _history(found: Shown) -> list[Entry]:
    entries = [Entry(step.at, step, None) for step in found.steps]
    entries += [Entry(said.at, None, said) for said in found.reviews]
    return sorted(entries, key=lambda entry: entry.at)


def _earlier(services: Services, found: Shown, summary: Summary) -> list[tuple[int, datetime, list[Piece]]]:
    """Earlier texts, newest first, each with what changed from it to the present one."""
    return [
        (r.number, r.fetched_at, compare(services, r.text, summary.text))
        for r in reversed(found.revisions)
        if r.number != summary.revision
    ]
