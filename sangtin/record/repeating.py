"""What a post repeats, by people's word before the machine's → the post at the end of that chain."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, select

from sangtin.errors import UsageError
from sangtin.post import Act
from sangtin.record.among import among
from sangtin.record.portions import portions
from sangtin.record.schema import membership, post, review
from sangtin.record.standing import stands

# Acts that answer whether a post is a copy; the latest that stands counts.
ON_COPIES = (Act.SAME_AS.value, Act.NOT_A_COPY.value)


def has_target() -> ColumnElement[bool]:
    """Reviews but for those that name a post which was erased since: nobody can compare with that."""
    target = post.alias("target")
    return ~exists().where(target.c.key == review.c.target, target.c.erased_at.is_not(None))


def said(connection: Connection, keys: Collection[int]) -> dict[int, int | None]:
    """Posts of whose text of now a person said, as it stands, what it repeats: that post, or none."""
    found: dict[int, int | None] = {}
    for some in portions(sorted(keys)):
        query = _acts().where(among(connection, review.c.post, some))
        for row in connection.execute(query.order_by(review.c.id)):
            found[row.post] = row.target if row.act == Act.SAME_AS.value else None
    return found


def put_to(connection: Connection, keys: Collection[int]) -> list[int]:
    """The posts that are there of which a person ever said that they repeat one of these."""
    query = select(review.c.post).join(post, and_(post.c.key == review.c.post, post.c.erased_at.is_(None)))
    query = query.where(review.c.act == Act.SAME_AS.value, among(connection, review.c.target, keys))
    return sorted(set(connection.execute(query).scalars()))


def ends(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """Posts that repeat another → the post that it comes down to in the end, which repeats none."""
    at = {key: key for key in keys}
    passed = {key: {key} for key in at}
    while True:
        ahead = _next(connection, set(at.values()))
        moved = {k: ahead[here] for k, here in at.items() if here in ahead and ahead[here] not in passed[k]}
        if not moved:
            return {key: end for key, end in at.items() if end != key}
        at |= moved
        for key, here in moved.items():
            passed[key].add(here)


def comes_down_to(connection: Connection, start: int, key: int) -> bool:
    """Whether a post is another, or repeats it, or what repeats it."""
    seen: set[int] = set()
    here: int | None = start
    while here is not None and here not in seen and here != key:
        seen.add(here)
        here = _next(connection, {here}).get(here)
    return here == key


def repeats_itself(connection: Connection, key: int) -> bool:
    """Whether a post comes down to itself by way of others: then nobody sees any of them."""
    ahead = _next(connection, {key}).get(key)
    return ahead is not None and comes_down_to(connection, ahead, key)


def check_ends(connection: Connection, keys: Collection[int]) -> None:
    """Raises UsageError where one of the posts repeats itself by way of others."""
    if any(repeats_itself(connection, key) for key in keys):
        raise UsageError(
            "The other post repeats this one: with each as a copy of the other, nobody would see either. "
            "Say first that the other one is no copy."
        )


def _next(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """What each post repeats; those that repeat none are missing."""
    told = said(connection, keys)
    found = {key: target for key, target in told.items() if target is not None}
    of = and_(membership.c.of.is_not(None), post.c.erased_at.is_(None))
    query = select(membership.c.post, membership.c.of).join(post, stands()).where(of)
    for some in portions(sorted(set(keys) - set(told))):
        rows = connection.execute(query.where(among(connection, post.c.key, some)))
        found |= {row.post: row.of for row in rows}
    return found


def _acts() -> Select[Any]:
    undone = select(review.c.undoes).where(review.c.undoes.is_not(None))
    now = and_(post.c.key == review.c.post, post.c.revision == review.c.revision)
    query = select(review.c.post, review.c.act, review.c.target).join(post, now)
    return query.where(review.c.id.not_in(undone), review.c.act.in_(ON_COPIES), has_target())
