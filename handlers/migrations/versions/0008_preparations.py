"""Environments that are prepared and reset."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('queued', 'running', 'stuck')")


def upgrade() -> None:
    op.create_table(
        "preparations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", handlers.tables.Utc(), nullable=False),
        sa.Column("queue_place", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_open_preparation",
        "preparations",
        ["environment"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
