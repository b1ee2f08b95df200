"""The tables of the record. Moments are microseconds since 1970 in UTC, days are those of the post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows by itself only in a column declared INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC, stored as whole microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Datetime → microseconds."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Microseconds → datetime."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


meta = Table(
    "meta", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

counter = Table(
    "counter", metadata, Column("id", Integer, primary_key=True), Column("value", BigInteger, nullable=False)
)

source = Table(
    "source",
    metadata,
    Column("name", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("address", String, nullable=False, default=""),
    Column("licence", String, nullable=False, default=""),
    Column("legal_basis", String, nullable=False, default=""),
    Column("retention_days", Integer),
    Column("interval_s", Integer),
    Column("expected_per_day", Integer),
    Column("news", Boolean),
    Column("added_at", Moment, nullable=False),
    Column("state", String, nullable=False, default="new"),
    Column("state_reason", String, nullable=False, default=""),
    Column("checked_at", Moment),
    Column("succeeded_at", Moment),
    Column("cursor", JSON),
)

run = Table(
    "run",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("source", String),
    Column("input", String),
    Column("position", BigInteger, nullable=False, default=0),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("state", String, nullable=False),
    Column("counts", JSON, nullable=False),
)
Index("ix_run_input", run.c.input)

post = Table(
    "post",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("source", String, ForeignKey("source.name"), nullable=False),
    Column("url", String),
    Column("author_key", String),
    Column("thread", String),
    Column("published_at", Moment),
    Column("fetched_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("moment", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("views", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("placed", Boolean, nullable=False),
    Column("readable", Boolean, nullable=False),
    Column("answered_by", Integer, nullable=False),
    Column("bin", String, nullable=False),
    Column("kind", String),
    Column("cause", String, nullable=False),
    Column("settled_by", String, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("flags", String, nullable=False, server_default=""),
    Column("attention", Float),
    Column("erased_at", Moment),
    sqlite_autoincrement=True,
)
# A partial index serves only queries that say its condition in its own words, and SQLAlchemy says
# "placed = 0" to SQLite: these two are for queries.
TO_PLACE = text("NOT post.placed")
TO_READ = text("post.readable")
Index(
    "ix_post_to_place",
    post.c.moment,
    post.c.id,
    sqlite_where=text("NOT placed"),
    postgresql_where=text("NOT placed"),
)
Index(
    "ix_post_to_read",
    post.c.answered_by,
    post.c.moment,
    sqlite_where=text("readable"),
    postgresql_where=text("readable"),
)
Index(
    "ix_post_attention",
    post.c.attention,
    post.c.moment,
    sqlite_where=text("attention IS NOT NULL"),
    postgresql_where=text("attention IS NOT NULL"),
)
Index("ix_post_source_moment", post.c.source, post.c.moment)

revision = Table(
    "revision",
    metadata,
    Column("post", Key, ForeignKey("post.key"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text_hash", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=True),
    Column("post", Key, ForeignKey("post.key"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cluster", String, nullable=False),
    Column("of", Key),
    Column("relation", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("containment", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("normal_hash", LargeBinary, nullable=False),
    Column("moment", Moment, nullable=False),
    UniqueConstraint("post", "revision"),
    sqlite_autoincrement=True,
)
Index("ix_membership_cluster", membership.c.cluster, membership.c.moment)
Index(
    "ix_membership_of",
    membership.c.of,
    sqlite_where=text("of IS NOT NULL"),
    postgresql_where=text("of IS NOT NULL"),
)
Index(
    "ix_membership_normal",
    membership.c.normal_hash,
    sqlite_where=text("relation <> 'exact'"),
    postgresql_where=text("relation <> 'exact'"),
)

sketch = Table(
    "sketch",
    metadata,
    Column("membership", Key, ForeignKey("membership.key"), primary_key=True, autoincrement=False),
    Column("post", Key, nullable=False),
    Column("scheme", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
Index("ix_sketch_post", sketch.c.post)

cluster = Table(
    "cluster",
    metadata,
    Column("id", String, primary_key=True),
    Column("lead", Key, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("burst", Boolean, nullable=False),
)
Index("ix_cluster_last_at", cluster.c.last_at)

model = Table(
    "model",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, unique=True),
    Column("folder", String, nullable=False),
    Column("added_at", Moment, nullable=False),
)

prediction = Table(
    "prediction",
    metadata,
    Column("post", Key, ForeignKey("post.key"), primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("model", Integer, ForeignKey("model.key"), primary_key=True, autoincrement=False),
    Column("reader", String, nullable=False),
    Column("label", String, nullable=False),
    Column("kind", String),
    Column("spam", Float, nullable=False),
    Column("negative", Float, nullable=False),
    Column("positive", Float, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("scam_chance", Float),
    Column("unreliable_chance", Float),
    Column("raised", String, nullable=False, server_default=""),
)

review = Table(
    "review",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("act", String, nullable=False),
    Column("post", Key, ForeignKey("post.key"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("on_cluster", Boolean, nullable=False),
    Column("cluster", String),
    Column("placed_until", BigInteger, nullable=False),
    Column("label", String),
    Column("kind", String),
    Column("target", Key),
    Column("undoes", Key, ForeignKey("review.id"), unique=True),
    sqlite_autoincrement=True,
)
Index("ix_review_post", review.c.post)
Index("ix_review_reviewer_at", review.c.reviewer, review.c.at)

# Which labels on a cluster hold for a copy of then, once its original was edited or erased and it has to be
# placed again: its new place no longer says so.
shared = Table(
    "shared",
    metadata,
    Column("review", Key, ForeignKey("review.id"), primary_key=True, autoincrement=False),
    Column("post", Key, ForeignKey("post.key"), primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)
Index("ix_shared_post", shared.c.post)

change = Table(
    "change",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("post", Key, nullable=False),
    Column("what", String, nullable=False),
    Column("source", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("bin", String, nullable=False),
    Column("kind", String),
    Column("day_before", Date),
    Column("bin_before", String),
    Column("kind_before", String),
    Column("cause", String, nullable=False),
    Column("settled_by", String, nullable=False),
    Column("flags", String, nullable=False, server_default=""),
    Column("flags_before", String, nullable=False, server_default=""),
)
Index("ix_change_post", change.c.post)
Index("ix_change_at", change.c.at)
Index(
    "ix_change_erased",
    change.c.number,
    sqlite_where=text("what = 'erased'"),
    postgresql_where=text("what = 'erased'"),
)


def _by(period: str, name: str) -> Table:
    """How many posts of each source, bin and kind a period has."""
    parts = [Column(one, String, primary_key=True) for one in ("source", "bin", "kind")]
    first, last = Column(period, Date, primary_key=True), Column("posts", BigInteger, nullable=False)
    return Table(name, metadata, first, *parts, last)


rollup = _by("day", "rollup")
# The same by whole months, so that a long period is a sum of few rows.
monthly = _by("month", "monthly")

# Of each flag that a model may raise: how many posts have it. A post with two stands in two rows.
flagged = Table(
    "flagged",
    metadata,
    Column("day", Date, primary_key=True),
    Column("source", String, primary_key=True),
    Column("flag", String, primary_key=True),
    Column("posts", BigInteger, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False, unique=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("began", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

held = Table(
    "held",
    metadata,
    Column("post", Key, primary_key=True, autoincrement=False),
    Column("holder", String, ForeignKey("lease.holder", ondelete="CASCADE"), nullable=False),
)
Index("ix_held_holder", held.c.holder)

refused = Table(
    "refused",
    metadata,
    Column("index", String, primary_key=True),
    Column("post", Key, ForeignKey("post.key"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", Moment, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("password_hash", String),
    Column("added_at", Moment, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("hash", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("person", String, ForeignKey("person.name"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("person", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
)
Index("ix_audit_at", audit.c.at)
