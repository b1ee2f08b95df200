"""Posts without a place ↔ the placer: what waits, what is placed already, and the placements it decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, func, select, text, update

from sangtin.post import Relation
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import change, cluster, membership, meta, post, revision, sketch
from sangtin.record.settling import settle


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A post that waits for its place, with the text of its current revision.

    `left` is the cluster in which this revision stood until its original was erased.
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
    """Where an earlier post stands, and when it was posted."""

    cluster: str
    of: int | None
    relation: Relation
    moment: datetime


def count_unplaced(connection: Connection) -> int:
    """How many posts wait for their place."""
    return int(connection.execute(select(func.count()).where(~post.c.placed)).scalar_one())


def unplaced(connection: Connection, limit: int) -> list[Unplaced]:
    """The next posts to place, by (moment, id)."""
    return _unplaced(connection, _waiting().order_by(post.c.moment, post.c.id).limit(limit))


def orphans(connection: Connection, cluster_id: str) -> list[Unplaced]:
    """The posts that wait because the original of their cluster was erased, by (moment, id)."""
    mine = _waiting().where(membership.c.cluster == cluster_id)
    return _unplaced(connection, mine.order_by(post.c.moment, post.c.id))


def erased_after(connection: Connection) -> list[tuple[int, int]]:
    """(number, post key) of the posts erased since the copies' index last forgot some."""
    mark = select(meta.c.value).where(meta.c.name == "forgotten")
    after = int(connection.execute(mark).scalar_one_or_none() or 0)
    erased = text("what = 'erased'")  # as the partial index says it
    query = select(change.c.number, change.c.post).where(change.c.number > after, erased)
    return [(row.number, row.post) for row in connection.execute(query.order_by(change.c.number))]


def set_forgotten(writing: Writing, number: int) -> None:
    """The copies' index has forgotten every post erased up to a number."""
    insert = upsert(writing.connection, meta).values(name="forgotten", value=str(number))
    writing.connection.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_={"value": str(number)})
    )


def place(writing: Writing, places: Sequence[Place]) -> None:
    """Record the placements, their sketches, their clusters, and the outcomes that follow."""
    if not places:
        return
    connection = writing.connection
    keys = [p.key for p in places]
    left = _forget_old(connection, keys)
    connection.execute(membership.insert(), [_membership_row(p) for p in places])
    numbers = select(membership.c.post, membership.c.key).where(membership.c.post.in_(keys))
    found = {r.post: r.key for r in connection.execute(numbers.order_by(membership.c.key))}
    drawn = [
        {"membership": found[p.key], "post": p.key, "scheme": p.scheme, "signature": p.signature}
        for p in places
        if p.signature is not None
    ]
    if drawn:
        connection.execute(sketch.insert(), drawn)
    connection.execute(update(post).where(post.c.key.in_(keys)).values(placed=True))
    recount(connection, {p.cluster for p in places}, places, left)
    settle(writing, keys, "placed")


def standing(connection: Connection, keys: Collection[int]) -> dict[int, Stands]:
    """Where posts stand now; those without a place are missing."""
    rows = connection.execute(_now_placed().where(post.c.key.in_(list(keys))))
    return {r.post: Stands(r.cluster, r.of, Relation(r.relation), r.moment) for r in rows}


def by_normal_hash(connection: Connection, hashes: Collection[bytes]) -> dict[bytes, int]:
    """The earliest post with a normal form that is no exact copy; forms that nobody has are missing."""
    distinct = text("relation <> 'exact'")  # as the partial index says it
    query = _now_placed().where(membership.c.normal_hash.in_(list(hashes)), distinct)
    found: dict[bytes, int] = {}
    for row in connection.execute(query.order_by(membership.c.moment, post.c.id)):
        found.setdefault(row.normal_hash, row.post)
    return found


def leads(connection: Connection, clusters: Collection[str]) -> dict[str, int]:
    """The first post of each cluster."""
    rows = select(cluster.c.id, cluster.c.lead).where(cluster.c.id.in_(list(clusters)))
    return {r.id: r.lead for r in connection.execute(rows)}


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


def recount(
    connection: Connection, ids: Collection[str], places: Sequence[Place], left: Collection[str] = ()
) -> None:
    """Bring the counts of clusters up to date: by what came in, or from scratch where posts left."""
    again = set(left)
    came = _came([p for p in places if p.cluster not in again])
    if came:
        insert = upsert(connection, cluster)
        new = insert.excluded
        grown = {
            "posts": cluster.c.posts + new.posts,
            "copies": cluster.c.copies + new.copies,
            "lead": case((new.first_at < cluster.c.first_at, new.lead), else_=cluster.c.lead),
            "first_at": case((new.first_at < cluster.c.first_at, new.first_at), else_=cluster.c.first_at),
            "last_at": case((new.last_at > cluster.c.last_at, new.last_at), else_=cluster.c.last_at),
        }
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=grown), came)
    for cluster_id in sorted(again & (set(ids) | again)):
        _count_again(connection, cluster_id)


def _came(places: Sequence[Place]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for p in sorted(places, key=lambda p: p.moment):
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


def _count_again(connection: Connection, cluster_id: str) -> None:
    members = _now_placed().where(membership.c.cluster == cluster_id).subquery()
    counted = select(
        func.count().label("posts"),
        func.count(members.c.of).label("copies"),
        func.min(members.c.moment).label("first_at"),
        func.max(members.c.moment).label("last_at"),
    )
    row = connection.execute(counted).one()
    if not row.posts:
        connection.execute(delete(cluster).where(cluster.c.id == cluster_id))
        return
    first = select(members.c.post).order_by(members.c.moment, members.c.post).limit(1)
    values = dict(row._mapping) | {"lead": connection.execute(first).scalar_one()}
    insert = upsert(connection, cluster).values(id=cluster_id, burst=False, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))


def _waiting() -> Select[Any]:
    text_now = and_(revision.c.post == post.c.key, revision.c.number == post.c.revision)
    stood = and_(membership.c.post == post.c.key, membership.c.revision == post.c.revision)
    columns = (post.c.key, post.c.revision, revision.c.text, post.c.moment, membership.c.cluster)
    query = select(*columns).select_from(post).join(revision, text_now).outerjoin(membership, stood)
    return query.where(~post.c.placed)


def _unplaced(connection: Connection, query: Select[Any]) -> list[Unplaced]:
    return [Unplaced(r.key, r.revision, r.text, r.moment, r.cluster) for r in connection.execute(query)]


def _now_placed() -> Select[Any]:
    """Memberships of current revisions, of posts that have their place."""
    return select(membership).join(
        post,
        and_(post.c.key == membership.c.post, post.c.revision == membership.c.revision, post.c.placed),
    )


def _forget_old(connection: Connection, keys: list[int]) -> set[str]:
    """A post placed again gives up its sketch and this revision's place. Returns the clusters it left."""
    mine = membership.c.post.in_(keys)
    left = {r.cluster for r in connection.execute(select(membership.c.cluster).where(mine).distinct())}
    if left:
        connection.execute(delete(sketch).where(sketch.c.post.in_(keys)))
        same = and_(post.c.key == membership.c.post, post.c.revision == membership.c.revision)
        again = select(membership.c.key).join(post, same).where(mine)
        connection.execute(delete(membership).where(membership.c.key.in_(again)))
    return left


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
