"""Since when the setup file has had each environment."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("since", handlers.tables.Utc(), nullable=False),
        sa.Column("until", handlers.tables.Utc(), nullable=True),
    )
    op.create_index(
        "one_open_declaration",
        "declarations",
        ["environment"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("declarations")
