"""Posts without a place ↔ the placer: what waits, what is placed already, and the placements it decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, delete, func, select, text, update

from sangtin.post import Relation
from sangtin.record.among import among
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.portions import portions
from sangtin.record.repeating import comes_down_to, ends, said
from sangtin.record.schema import TO_PLACE, change, cluster, membership, meta, post, revision, sketch
from sangtin.record.settling import settle
from sangtin.record.standing import count_again, grow, stands

_ORIGINAL = post.alias("original")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A post that waits for its place, with the text of its current revision.

    `left` is the cluster in which this revision stood until its original was erased, while none leads that.
    """

    key: int
    revision: int
    text: str
    moment: datetime
    left: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the placer decided for one revision, and the sketch by which later posts find it."""

    key: int
    revision: int
    cluster: str
    of: int | None
    relation: Relation
    similarity: float
    containment: float
    reason: str
    normal_hash: bytes
    scheme: str
    signature: bytes | None
    moment: datetime


@dataclass(frozen=True, slots=True)
class Stands:
    """Where an earlier post stands, when it was posted, and how like what it repeats it is."""

    cluster: str
    of: int | None
    relation: Relation
    moment: datetime
    similarity: float = 1.0
    containment: float = 1.0


def count_unplaced(connection: Connection) -> int:
    """How many posts wait for their place."""
    return int(connection.execute(select(func.count()).select_from(post).where(TO_PLACE)).scalar_one())


def unplaced(connection: Connection, limit: int) -> list[Unplaced]:
    """The next posts to place, by (moment, id)."""
    return _unplaced(connection, _waiting().order_by(post.c.moment, post.c.id).limit(limit))


def orphans(connection: Connection, cluster_id: str, limit: int) -> list[Unplaced]:
    """The next posts that wait because the original of their cluster was erased, by (moment, id)."""
    waiting = _waiting().where(membership.c.cluster == cluster_id, _ORIGINAL.c.erased_at.is_not(None))
    return _unplaced(connection, waiting.order_by(post.c.moment, post.c.id).limit(limit))


def erased_after(connection: Connection) -> list[tuple[int, int]]:
    """(number, post key) of the posts erased since the copies' index last forgot some."""
    mark = select(meta.c.value).where(meta.c.name == "forgotten")
    after = int(connection.execute(mark).scalar_one_or_none() or 0)
    erased = text("what = 'erased'")  # as the partial index says it
    query = select(change.c.number, change.c.post).where(change.c.number > after, erased)
    return [(row.number, row.post) for row in connection.execute(query.order_by(change.c.number))]


def set_forgotten(writing: Writing, number: int) -> None:
    """The copies' index has forgotten every post erased up to a number."""
    _keep(writing, "forgotten", str(number))


def last_cache(connection: Connection) -> str:
    """Which cache of the copies' index was last placed with; empty before the first."""
    return str(connection.execute(select(meta.c.value).filter_by(name="cache")).scalar_one_or_none() or "")


def set_cache(writing: Writing, name: str) -> None:
    """From now on posts are placed with this cache of the copies' index."""
    _keep(writing, "cache", name)


def drawn_as(connection: Connection) -> str:
    """The scheme that every sketch of the record has; empty where that is not sure.

    An older program may have placed since it was made sure of: then the newest sketch is of its scheme.
    """
    sure = connection.execute(select(meta.c.value).filter_by(name="scheme")).scalar_one_or_none() or ""
    newest = select(sketch.c.scheme).order_by(sketch.c.membership.desc()).limit(1)
    return str(sure) if connection.execute(newest).scalar_one_or_none() in (None, sure) else ""


def set_drawn_as(writing: Writing, scheme: str) -> None:
    """Every sketch of the record has this scheme now."""
    _keep(writing, "scheme", scheme)


def drawn_otherwise(connection: Connection, scheme: str, limit: int) -> list[tuple[int, str]]:
    """(mark, text) of sketches that have another scheme, in order."""
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    query = select(sketch.c.membership, revision.c.text).join(post, post.c.key == sketch.c.post)
    rows = query.join(revision, text_now).where(sketch.c.scheme != scheme)
    found = connection.execute(rows.order_by(sketch.c.membership).limit(limit))
    return [(row.membership, row.text) for row in found]


def redraw(writing: Writing, drawn: Sequence[tuple[int, bytes | None]], scheme: str) -> None:
    """Put sketches of a scheme in place of those of another; None where a text has none."""
    new = [{"mark": mark, "drawn": signature} for mark, signature in drawn if signature is not None]
    if new:
        of = update(sketch).where(sketch.c.membership == bindparam("mark"))
        writing.connection.execute(of.values(signature=bindparam("drawn"), scheme=scheme), new)
    gone = [mark for mark, signature in drawn if signature is None]
    if gone:
        writing.connection.execute(delete(sketch).where(sketch.c.membership.in_(gone)))


def _keep(writing: Writing, name: str, value: str) -> None:
    insert = upsert(writing.connection, meta).values(name=name, value=value)
    writing.connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def place(writing: Writing, places: Sequence[Place]) -> list[Place]:
    """Record the placements, their sketches, their clusters, and the outcomes that follow.

    Returns those that were recorded. Left out, and still waiting, are posts that were edited or erased since
    they were looked at, copies of such posts, and of posts that a person put to them meanwhile.
    """
    connection = writing.connection
    some = _without_rings(connection, _up_to_date(connection, places))
    if not some:
        return []
    keys = [p.key for p in some]
    stood = _forget_old(connection, keys)
    stayed = {p.key for p in some if stood.get(p.key) == (p.cluster, p.of is not None, p.moment)}
    left = {where for key, (where, *_) in stood.items() if key not in stayed}
    connection.execute(membership.insert(), [_membership_row(p) for p in some])
    _draw(connection, some)
    for portion in portions(keys):
        connection.execute(update(post).where(among(connection, post.c.key, portion)).values(placed=True))
    grow(connection, _came([p for p in some if p.cluster not in left and p.key not in stayed]))
    count_again(writing, left)
    settle(writing, keys, "placed")
    return some


def standing(connection: Connection, keys: Collection[int]) -> dict[int, Stands]:
    """Where posts stand now, by people's word before the machine's.

    Those set apart repeat nothing; those put to a post, and their copies, repeat what that comes down to.
    Missing are those without a place, and those put to what waits for its own: they say nothing until then.
    """
    found: dict[int, Stands] = {}
    for some in portions(keys):
        rows = connection.execute(_now_placed().where(among(connection, post.c.key, some)))
        found |= {r.post: _stands(r) for r in rows}
    told = said(connection, {*found, *(each.of for each in found.values() if each.of is not None)})
    for key in found.keys() & told.keys():
        found[key] = replace(found[key], of=None, relation=Relation.VARIANT)
    put = {key for key, target in told.items() if target is not None}
    moved = put_where(connection, [key for key, each in found.items() if put & {key, each.of}])
    for key, where in moved.items():
        moment = found.pop(key).moment
        if where is not None:
            found[key] = replace(where, moment=moment)
    return found


def _stands(row: Row[Any]) -> Stands:
    like = row.similarity, row.containment
    return Stands(row.cluster, row.of, Relation(row.relation), row.moment, *like)


def put_where(connection: Connection, keys: Collection[int]) -> dict[int, Stands | None]:
    """Where that stands to which posts that repeat another come down; None while it has no place."""
    to = ends(connection, keys)
    found: dict[int, Stands] = {}
    for some in portions(set(to.values())):
        for r in connection.execute(_now_placed().where(among(connection, post.c.key, some))):
            found[r.post] = Stands(r.cluster, r.post, Relation.NEAR, r.moment)
    return {key: found.get(end) for key, end in to.items()}


def told_by_people(
    connection: Connection, keys: Collection[int]
) -> tuple[set[int], dict[int, Stands | None]]:
    """Those of the posts that people set apart; those that they put to another, and where that stands."""
    told = said(connection, keys)
    put = [key for key, target in told.items() if target is not None]
    return told.keys() - set(put), put_where(connection, put)


def by_normal_hash(
    connection: Connection, hashes: Collection[bytes], *, newest: bool = False
) -> dict[bytes, int]:
    """The earliest (or newest) post with a normal form that is no exact copy; others are missing."""
    distinct = text("relation <> 'exact'")  # as the partial index says it
    order = (membership.c.moment.desc(), post.c.id.desc()) if newest else (membership.c.moment, post.c.id)
    query = _now_placed().where(distinct).order_by(*order)
    found: dict[bytes, int] = {}
    for some in portions(hashes):
        for row in connection.execute(query.where(membership.c.normal_hash.in_(some))):
            found.setdefault(row.normal_hash, row.post)
    return found


def leads(connection: Connection, clusters: Collection[str]) -> dict[str, int]:
    """The first post of each cluster."""
    found: dict[str, int] = {}
    for some in portions(clusters):
        rows = select(cluster.c.id, cluster.c.lead).where(cluster.c.id.in_(some))
        found |= {r.id: r.lead for r in connection.execute(rows)}
    return found


def sketches(connection: Connection, after: int, scheme: str, limit: int) -> list[tuple[int, int, bytes]]:
    """(mark, post key, signature) of the next sketches drawn after a mark, in order."""
    query = select(sketch.c.membership, sketch.c.post, sketch.c.signature).where(
        sketch.c.membership > after, sketch.c.scheme == scheme
    )
    rows = connection.execute(query.order_by(sketch.c.membership).limit(limit))
    return [(row.membership, row.post, row.signature) for row in rows]


def last_mark(connection: Connection) -> int:
    """The mark of the newest sketch; 0 before the first."""
    return int(connection.execute(select(func.max(sketch.c.membership))).scalar_one() or 0)


def _came(places: Sequence[Place]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for p in sorted(places, key=lambda p: p.moment):  # of one moment, whichever was placed first
        copies = int(p.of is not None)
        row = rows.get(p.cluster)
        if row is None:
            rows[p.cluster] = {
                "id": p.cluster,
                "lead": p.key,
                "posts": 1,
                "copies": copies,
                "first_at": p.moment,
                "last_at": p.moment,
                "burst": False,
            }
        else:
            row.update(posts=row["posts"] + 1, copies=row["copies"] + copies, last_at=p.moment)
    return [rows[name] for name in sorted(rows)]


def _waiting() -> Select[Any]:
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    lead = post.alias("lead")
    headless = and_(_ORIGINAL.c.erased_at.is_not(None), ~lead.c.placed)
    left = case((headless, membership.c.cluster)).label("left")
    query = select(post.c.key, post.c.revision, revision.c.text, post.c.moment, left)
    joined = query.select_from(post).join(revision, text_now).outerjoin(membership, stands())
    joined = joined.outerjoin(_ORIGINAL, _ORIGINAL.c.key == membership.c.of)
    joined = joined.outerjoin(
        cluster, and_(cluster.c.id == membership.c.cluster, membership.c.of.is_not(None))
    )
    return joined.outerjoin(lead, lead.c.key == cluster.c.lead).where(TO_PLACE)


def _unplaced(connection: Connection, query: Select[Any]) -> list[Unplaced]:
    return [Unplaced(r.key, r.revision, r.text, r.moment, r.left) for r in connection.execute(query)]


def _now_placed() -> Select[Any]:
    """Memberships of current revisions, of posts that have their place."""
    return select(membership).join(post, and_(stands(), post.c.placed))


def _up_to_date(connection: Connection, places: Sequence[Place]) -> list[Place]:
    """The placements of posts that are as they were looked at, whose originals stand or come with them.

    The moment is that of now: a time that came meanwhile changes no text.
    """
    wanted = {p.key for p in places} | {p.of for p in places if p.of is not None}
    columns = (post.c.key, post.c.revision, post.c.placed, post.c.moment)
    query = select(*columns).where(post.c.erased_at.is_(None))
    alive: dict[int, Row[Any]] = {}
    for some in portions(wanted):
        alive |= {
            row.key: row for row in connection.execute(query.where(among(connection, post.c.key, some)))
        }
    fresh = {p.key for p in places if p.key in alive and alive[p.key].revision == p.revision}
    stand = {key for key, row in alive.items() if row.placed}
    hold = [p for p in places if p.key in fresh and (p.of is None or p.of in fresh or p.of in stand)]
    return [replace(p, moment=alive[p.key].moment) for p in hold]


def _without_rings(connection: Connection, places: Sequence[Place]) -> list[Place]:
    told = said(connection, {p.of for p in places if p.of is not None})
    put = {key for key, target in told.items() if target is not None}
    return [p for p in places if p.of not in put or not comes_down_to(connection, p.of, p.key)]


def _forget_old(connection: Connection, keys: list[int]) -> dict[int, tuple[str, bool, datetime]]:
    """A post placed again gives up its sketch and this revision's place.

    Returns where each stood: its cluster, whether as a copy, and since when.
    """
    found: dict[int, tuple[str, bool, datetime]] = {}
    for some in portions(keys):
        connection.execute(delete(sketch).where(among(connection, sketch.c.post, some)))
        stood = select(membership).join(post, stands())
        old = connection.execute(stood.where(among(connection, post.c.key, some))).all()
        connection.execute(
            delete(membership).where(among(connection, membership.c.key, [row.key for row in old]))
        )
        found |= {row.post: (row.cluster, row.of is not None, row.moment) for row in old}
    return found


def _draw(connection: Connection, places: Sequence[Place]) -> None:
    found: dict[int, int] = {}
    for some in portions([p.key for p in places if p.signature is not None]):
        marks = select(membership.c.post, membership.c.key).join(post, stands())
        rows = connection.execute(marks.where(among(connection, post.c.key, some)))
        found |= {row.post: row.key for row in rows}
    drawn = [
        {"membership": found[p.key], "post": p.key, "scheme": p.scheme, "signature": p.signature}
        for p in places
        if p.signature is not None
    ]
    if drawn:
        connection.execute(sketch.insert(), drawn)


def _membership_row(p: Place) -> dict[str, Any]:
    return {
        "post": p.key,
        "revision": p.revision,
        "cluster": p.cluster,
        "of": p.of,
        "relation": p.relation.value,
        "similarity": p.similarity,
        "containment": p.containment,
        "reason": p.reason,
        "normal_hash": p.normal_hash,
        "moment": p.moment,
    }
