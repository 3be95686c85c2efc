"""Until when environments are kept running."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stays",
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("until", handlers.tables.Utc(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("stays")
