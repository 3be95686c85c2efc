"""Environments that are stopped on purpose, and what is restarted."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "stops",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", handlers.tables.Utc(), nullable=False),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_stop_at_a_time",
        "stops",
        ["environment"],
        unique=True,
        sqlite_where=NOW,
        postgresql_where=NOW,
    )
    with op.batch_alter_table("preparations") as batch_op:
        batch_op.add_column(sa.Column("service", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("there", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("preparations") as batch_op:
        batch_op.drop_column("there")
        batch_op.drop_column("service")
    op.drop_index("one_stop_at_a_time", "stops")
    op.drop_table("stops")
