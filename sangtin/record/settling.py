"""Posts whose evidence changed → their outcomes, written where they differ."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, select, update

from sangtin.post import Act, Bin, Cause, Flag, Kind, Label, Membership, Outcome, Prediction, Relation
from sangtin.record.among import among
from sangtin.record.changes import Change, state, state_of
from sangtin.record.engine import Writing
from sangtin.record.flags import read_flags, written
from sangtin.record.outcome import Evidence, Said, outcome
from sangtin.record.portions import portions
from sangtin.record.predictions import prediction_of
from sangtin.record.repeating import has_target
from sangtin.record.schema import membership, model, post, prediction, review, shared

# Acts that may settle a post.
DECISIONS = (Act.LABEL.value, Act.SAME_AS.value, Act.NOT_A_COPY.value)
# A post that a person read before it changed comes first, then what is negative; a scam stands among the
# unsure ones as if it were half likely to be negative.
EDITED_FIRST = 2.0
NEGATIVE_FIRST = 1.0
SCAM_FIRST = 0.5
# What looks unreliable counts as half a reason to act: of posts that the flag raises three in four or more
# were called unreliable, and 223 of 299 of those are negative under the label policy (reintel's rows in it).
UNRELIABLE_COUNTS = 0.5
# The columns of a post that follow from its evidence.
_OUTCOME = ("bin", "kind", "cause", "settled_by", "readable", "edited", "flags", "attention")


def settle(writing: Writing, keys: Collection[int], what: str = "settled") -> None:
    """Compute the outcomes of posts anew from all that is known of them, and note every change."""
    for some in portions(sorted(set(keys))):
        _settle(writing, some, what)


def evidence(connection: Connection, keys: Collection[int]) -> dict[int, Evidence]:
    """All that may settle each of the posts, as `outcome` takes it."""
    known: dict[int, Evidence] = {}
    for some in portions(keys):
        known |= _evidence(connection, _rows(connection, some))
    return known


def _settle(writing: Writing, keys: list[int], what: str) -> None:
    connection = writing.connection
    rows = {key: row for key, row in _rows(connection, keys).items() if row.erased_at is None}
    known = _evidence(connection, rows)
    edited = _edited(connection, rows)
    updates = [_values(row, known[key], key in edited) for key, row in rows.items()]
    for values in updates:
        _note(writing, rows[values["row_key"]], values, what)
    changed = [v for v in updates if _differs(rows[v["row_key"]], v)]
    if changed:
        statement = update(post).where(post.c.key == bindparam("row_key"))
        connection.execute(statement.values({name: bindparam(name) for name in _OUTCOME}), changed)


def _rows(connection: Connection, keys: Collection[int]) -> dict[int, Row[Any]]:
    """Of each post what its outcome rests on and changes, and no more: this is read for every post."""
    columns = (post.c.key, post.c.source, post.c.day, post.c.revision, post.c.answered_by, post.c.erased_at)
    state = (post.c[name] for name in (*_OUTCOME, "placed"))
    query = select(*columns, *state).where(among(connection, post.c.key, keys))
    return {row.key: row for row in connection.execute(query)}


def _values(row: Row[Any], known: Evidence, edited: bool) -> dict[str, Any]:
    """The columns of a post that follow from its evidence."""
    result = outcome(known)
    flags = read_flags(result, known.prediction)
    return {
        "row_key": row.key,
        "bin": result.bin.value,
        "kind": result.kind.value if result.kind else None,
        "cause": result.cause.value,
        "settled_by": result.settled_by,
        "readable": bool(row.placed) and result.bin is not Bin.DUPLICATE,
        "edited": edited,
        "flags": written(flags),
        "attention": _attention(result, known.prediction, flags, edited),
    }


def _differs(row: Row[Any], values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != values[name] for name in _OUTCOME)


def _note(writing: Writing, row: Row[Any], values: dict[str, Any], what: str) -> None:
    """A change row for what an index or a report shows: always when placed, else when the outcome moved."""
    watched = ("bin", "kind", "cause", "settled_by", "edited", "flags")
    if what != "placed" and all(getattr(row, name) == values[name] for name in watched):
        return
    before, after = state_of(row), state(row.day, values["bin"], values["kind"], values["flags"])
    cause = Cause(values["cause"])
    writing.note(Change(row.key, what, row.source, before, after, cause, values["settled_by"]))


def _attention(
    result: Outcome, read: Prediction | None, flags: Collection[Flag], edited: bool
) -> float | None:
    """How soon a person should look at a post, in [0, 4]; None where nobody needs to."""
    if result.cause not in (Cause.MODEL, Cause.NONE) or read is None:
        return None
    first, urgency = EDITED_FIRST if edited else 0.0, _urgency(read)
    if result.bin is Bin.NEGATIVE:
        return first + NEGATIVE_FIRST + urgency
    if Flag.SCAM in flags:
        return first + max(SCAM_FIRST, urgency)
    if result.bin is Bin.PENDING or edited:
        return first + urgency
    return None


def _urgency(read: Prediction) -> float:
    """The chance that there is something to act on, in [0, 1]: negative, or for its looks unreliable.

    Looking unreliable brings no post before people that would not come there by its label: it only ranks.
    """
    looks = next((c.chance for c in read.chances if c.flag is Flag.UNRELIABLE and c.raised), 0.0)
    return 1 - (1 - read.negative) * (1 - UNRELIABLE_COUNTS * looks)


def _evidence(connection: Connection, rows: dict[int, Row[Any]]) -> dict[int, Evidence]:
    members = _memberships(connection, rows)
    read = _predictions(connection, rows)
    said = _reviews(connection, rows, members)
    return {
        key: Evidence(members[key][1] if key in members else None, read.get(key), tuple(said.get(key, ())))
        for key in rows
    }


def _memberships(connection: Connection, rows: dict[int, Row[Any]]) -> dict[int, tuple[int, Membership]]:
    """Post → its membership's own key (which orders placements) and the membership."""
    columns = [c for c in membership.c if c.name not in ("normal_hash", "moment")]
    found = connection.execute(select(*columns).where(among(connection, membership.c.post, list(rows))))
    return {
        m.post: (
            m.key,
            Membership(m.cluster, m.of, m.similarity, Relation(m.relation), m.containment, m.reason),
        )
        for m in found
        if m.revision == rows[m.post].revision
    }


def _predictions(connection: Connection, rows: dict[int, Row[Any]]) -> dict[int, Prediction]:
    """The answers of the model that answered last: an outcome stays until the next model has answered."""
    found: dict[int, Prediction] = {}
    query = select(prediction, model.c.name).join(model, model.c.key == prediction.c.model)
    for p in connection.execute(query.where(among(connection, prediction.c.post, list(rows)))):
        row = rows[p.post]
        if (p.revision, p.model) == (row.revision, row.answered_by):
            found[p.post] = prediction_of(p)
    return found


def _reviews(
    connection: Connection, rows: dict[int, Row[Any]], members: dict[int, tuple[int, Membership]]
) -> dict[int, list[Said]]:
    """What people said, not undone: of the post's current revision, or of its original when it was a copy."""
    said: dict[int, list[Said]] = {}
    for r in connection.execute(_stand(among(connection, review.c.post, list(rows)))):
        if r.revision == rows[r.post].revision:
            said.setdefault(r.post, []).append(_said(r))
    copies: dict[int, list[int]] = {}
    for key, (_, member) in members.items():
        if member.of is not None and rows[key].placed:
            copies.setdefault(member.of, []).append(key)
    for r in connection.execute(_stand(_on_cluster(among(connection, review.c.post, list(copies))))):
        for key in copies[r.post]:
            if members[key][0] <= r.placed_until:
                said.setdefault(key, []).append(_said(r))
    kept = _stand(among(connection, shared.c.post, list(rows))).join(shared, shared.c.review == review.c.id)
    for r in connection.execute(
        kept.add_columns(shared.c.post.label("copy"), shared.c.revision.label("then"))
    ):
        if r.then == rows[r.copy].revision:
            said.setdefault(r.copy, []).append(_said(r))
    return said


def _stand(about: ColumnElement[bool]) -> Select[Any]:
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    return select(review).where(
        about, review.c.id.not_in(undone), review.c.act != Act.UNDO.value, has_target()
    )


def _on_cluster(about: ColumnElement[bool]) -> ColumnElement[bool]:
    """A label: other acts on a cluster speak of the post that was shown."""
    return and_(about, review.c.on_cluster, review.c.act == Act.LABEL.value)


def _said(r: Row[Any]) -> Said:
    label, kind = Label(r.label) if r.label else None, Kind(r.kind) if r.kind else None
    return Said(r.id, r.reviewer, Act(r.act), r.on_cluster, label, kind)


def _edited(connection: Connection, rows: dict[int, Row[Any]]) -> set[int]:
    """Posts whose earlier revision a person decided on and whose current one nobody has."""
    decided: dict[int, set[int]] = {}
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    query = select(review.c.post, review.c.revision).where(
        among(connection, review.c.post, _keys_of_edited(rows)),
        review.c.act.in_(DECISIONS),
        review.c.id.not_in(undone),
    )
    for r in connection.execute(query):
        decided.setdefault(r.post, set()).add(r.revision)
    return {key for key, revisions in decided.items() if rows[key].revision not in revisions}


def _keys_of_edited(rows: dict[int, Row[Any]]) -> list[int]:
    return [key for key, row in rows.items() if row.revision > 1]
