"""Whether environments are used, and who was told that one is not."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idles",
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("asked_at", handlers.tables.Utc(), nullable=True),
        sa.Column("told_at", handlers.tables.Utc(), nullable=True),
        sa.Column("notice", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("idles")
