"""The first schema of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "audit",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "change",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("post", KEY, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bin", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("day_before", sa.Date(), nullable=True),
        sa.Column("bin_before", sa.String(), nullable=True),
        sa.Column("kind_before", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_change")),
    )
    op.create_index("ix_change_at", "change", ["at"], unique=False)
    op.create_index(
        "ix_change_erased",
        "change",
        ["number"],
        unique=False,
        sqlite_where=sa.text("what = 'erased'"),
        postgresql_where=sa.text("what = 'erased'"),
    )
    op.create_index("ix_change_post", "change", ["post"], unique=False)
    op.create_table(
        "cluster",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead", KEY, nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index("ix_cluster_last_at", "cluster", ["last_at"], unique=False)
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("began", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sa.UniqueConstraint("holder", name=op.f("uq_lease_holder")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "model",
        sa.Column("key", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_model")),
        sa.UniqueConstraint("name", name=op.f("uq_model_name")),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_person")),
    )
    op.create_table(
        "rollup",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("bin", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "bin", "kind", name=op.f("pk_rollup")),
    )
    op.create_table(
        "run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("input", sa.String(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_input", "run", ["input"], unique=False)
    op.create_table(
        "source",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("interval_s", sa.Integer(), nullable=True),
        sa.Column("expected_per_day", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )
    op.create_table(
        "held",
        sa.Column("post", KEY, autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder"], ["lease.holder"], name=op.f("fk_held_holder"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_held")),
    )
    op.create_index("ix_held_holder", "held", ["holder"], unique=False)
    op.create_table(
        "post",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("author_key", sa.String(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Boolean(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("bin", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("attention", sa.Float(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_post_source")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_post")),
        sa.UniqueConstraint("id", name=op.f("uq_post_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_post_attention",
        "post",
        ["attention", "moment"],
        unique=False,
        sqlite_where=sa.text("attention IS NOT NULL"),
        postgresql_where=sa.text("attention IS NOT NULL"),
    )
    op.create_index("ix_post_source_moment", "post", ["source", "moment"], unique=False)
    op.create_index(
        "ix_post_to_place",
        "post",
        ["moment", "id"],
        unique=False,
        sqlite_where=sa.text("NOT placed"),
        postgresql_where=sa.text("NOT placed"),
    )
    op.create_index(
        "ix_post_to_read",
        "post",
        ["answered_by", "moment"],
        unique=False,
        sqlite_where=sa.text("readable"),
        postgresql_where=sa.text("readable"),
    )
    op.create_table(
        "token",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_token_person")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_token")),
    )
    op.create_table(
        "membership",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("post", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("of", KEY, nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("normal_hash", sa.LargeBinary(), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_membership_post")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_membership")),
        sa.UniqueConstraint("post", "revision", name=op.f("uq_membership_post_revision")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_membership_cluster", "membership", ["cluster", "moment"], unique=False)
    op.create_index(
        "ix_membership_normal",
        "membership",
        ["normal_hash"],
        unique=False,
        sqlite_where=sa.text("relation <> 'exact'"),
        postgresql_where=sa.text("relation <> 'exact'"),
    )
    op.create_index(
        "ix_membership_of",
        "membership",
        ["of"],
        unique=False,
        sqlite_where=sa.text("of IS NOT NULL"),
        postgresql_where=sa.text("of IS NOT NULL"),
    )
    op.create_table(
        "prediction",
        sa.Column("post", KEY, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("spam", sa.Float(), nullable=False),
        sa.Column("negative", sa.Float(), nullable=False),
        sa.Column("positive", sa.Float(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.key"], name=op.f("fk_prediction_model")),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_prediction_post")),
        sa.PrimaryKeyConstraint("post", "revision", "model", name=op.f("pk_prediction")),
    )
    op.create_table(
        "refused",
        sa.Column("index", sa.String(), nullable=False),
        sa.Column("post", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_refused_post")),
        sa.PrimaryKeyConstraint("index", "post", name=op.f("pk_refused")),
    )
    op.create_table(
        "review",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("post", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("on_cluster", sa.Boolean(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=True),
        sa.Column("placed_until", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("target", KEY, nullable=True),
        sa.Column("undoes", KEY, nullable=True),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_review_post")),
        sa.ForeignKeyConstraint(["undoes"], ["review.id"], name=op.f("fk_review_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("undoes", name=op.f("uq_review_undoes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_post", "review", ["post"], unique=False)
    op.create_index("ix_review_reviewer_at", "review", ["reviewer", "at"], unique=False)
    op.create_table(
        "revision",
        sa.Column("post", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_revision_post")),
        sa.PrimaryKeyConstraint("post", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "sketch",
        sa.Column("membership", KEY, autoincrement=False, nullable=False),
        sa.Column("post", KEY, nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["membership"], ["membership.key"], name=op.f("fk_sketch_membership")),
        sa.PrimaryKeyConstraint("membership", name=op.f("pk_sketch")),
    )
    op.create_index("ix_sketch_post", "sketch", ["post"], unique=False)
    op.create_table(
        "shared",
        sa.Column("review", KEY, autoincrement=False, nullable=False),
        sa.Column("post", KEY, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.key"], name=op.f("fk_shared_post")),
        sa.ForeignKeyConstraint(["review"], ["review.id"], name=op.f("fk_shared_review")),
        sa.PrimaryKeyConstraint("review", "post", name=op.f("pk_shared")),
    )
    op.create_index("ix_shared_post", "shared", ["post"], unique=False)
