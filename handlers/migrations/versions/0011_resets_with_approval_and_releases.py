"""Resets that need an approval, and that bring a release back."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    zero = sa.Column("approvals_needed", sa.Integer(), nullable=False, server_default="0")
    op.add_column("preparations", zero)
    none = sa.Column("fingerprint", sa.Text(), nullable=False, server_default="")
    op.add_column("preparations", none)
    op.add_column("preparations", sa.Column("expires_at", handlers.tables.Utc(), nullable=True))
    op.create_index(
        "one_preparation_to_approve",
        "preparations",
        ["environment"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.add_column("deployments", sa.Column("part_of", sa.Integer(), nullable=True))
