"""The flags that a model raises, counted beside the bins."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Until now a post was flagged as a scam where its kind said so, and models' chances were not kept."""
    for table, column in (("post", "flags"), ("prediction", "raised"), ("change", "flags")):
        op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.add_column("change", sa.Column("flags_before", sa.String(), nullable=False, server_default=""))
    for column in ("scam_chance", "unreliable_chance"):
        op.add_column("prediction", sa.Column(column, sa.Float(), nullable=True))
    op.create_table(
        "flagged",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("flag", sa.String(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "flag", name=op.f("pk_flagged")),
    )
    op.execute("UPDATE post SET flags = 'scam' WHERE kind = 'scam' AND erased_at IS NULL")
    op.execute("UPDATE change SET flags = 'scam' WHERE kind = 'scam' AND what <> 'erased'")
    op.execute("UPDATE change SET flags_before = 'scam' WHERE kind_before = 'scam'")
    op.execute(
        "INSERT INTO flagged (day, source, flag, posts)"
        " SELECT day, source, 'scam', count(*) FROM post WHERE flags = 'scam' GROUP BY day, source"
    )
