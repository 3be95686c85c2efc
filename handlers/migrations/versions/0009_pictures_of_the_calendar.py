"""Pictures of the calendar, and its secret addresses."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WAITS = sa.text("posted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("environments", sa.JSON(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("posted_at", handlers.tables.Utc(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
    )
    op.create_index(
        "pictures_to_post",
        "pictures",
        ["channel"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", handlers.tables.Utc(), nullable=False),
        sa.UniqueConstraint("team", "user"),
    )
