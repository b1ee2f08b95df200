"""What a source's card says of its being a news source."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Until now its type alone said so; where the card says nothing it still does, so no flag changes."""
    op.add_column("source", sa.Column("news", sa.Boolean(), nullable=True))
