"""What was told of changes in the setup file."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_changes",
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("told_changes")
