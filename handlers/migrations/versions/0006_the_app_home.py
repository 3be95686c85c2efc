"""The App Home, and indexes for what still holds among many bookings."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

HOLDING = "state IN ('asked', 'offered', 'booked')"

INDEXES = {
    "bookings_that_hold": "environment",
    "bookings_that_hold_by_state": "state",
    "bookings_that_hold_by_owner": "owner",
}


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("team", sa.Text(), primary_key=True),
        sa.Column("user", sa.Text(), primary_key=True),
        sa.Column("opened_at", handlers.tables.Utc(), nullable=False),
        sa.Column("drawn_at", handlers.tables.Utc(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
    )
    op.drop_index("bookings_that_hold", "bookings")
    for name, column in INDEXES.items():
        _index(name, column, "starts_at")


def _index(name: str, *columns: str) -> None:
    where = sa.text(HOLDING)
    op.create_index(name, "bookings", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "bookings")
    _index("bookings_that_hold", "environment", "ends_at")
    op.drop_table("homes")
