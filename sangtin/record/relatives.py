"""A post → the posts of its cluster that a person should compare with it first."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sangtin.record.schema import membership, post
from sangtin.record.shown import Summary, summaries
from sangtin.record.standing import stands


def relatives(connection: Connection, cluster_id: str, besides: int, limit: int = 20) -> list[Summary]:
    """Posts of a cluster but for one (by key): variants and quoting posts, then the least similar copies."""
    query = (
        select(post.c.key)
        .join(membership, stands())
        .where(membership.c.cluster == cluster_id, post.c.key != besides)
        .order_by(membership.c.of.is_not(None), membership.c.similarity, membership.c.moment, post.c.key)
        .limit(limit)
    )
    return summaries(connection, [row.key for row in connection.execute(query)])
