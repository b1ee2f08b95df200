"""The roll-up by whole months, beside the one by days."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
# The first day of a day's month, in each engine's words; SQLite keeps days as text.
MONTH = {"sqlite": "date(day, 'start of month')", "postgresql": "date_trunc('month', day)::date"}


def upgrade() -> None:
    """Make it, and sum what the days hold."""
    op.create_table(
        "monthly",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("bin", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "source", "bin", "kind", name=op.f("pk_monthly")),
    )
    month = MONTH[op.get_bind().dialect.name]
    summed = f"SELECT {month}, source, bin, kind, sum(posts) FROM rollup GROUP BY {month}, source, bin, kind"  # noqa: S608
    op.execute(f"INSERT INTO monthly (month, source, bin, kind, posts) {summed}")
