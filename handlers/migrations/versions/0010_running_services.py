"""What people ask of running services, and what machines have."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
    )
    op.create_table(
        "scalings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("replicas", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", handlers.tables.Utc(), nullable=False),
        sa.Column("queue_place", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
    )
    op.create_index("scalings_by_service", "scalings", ["environment", "service", "state"])
    op.create_table(
        "host_readings",
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("told_at", handlers.tables.Utc(), nullable=True),
        sa.PrimaryKeyConstraint("runtime", "name"),
    )


def downgrade() -> None:
    op.drop_table("host_readings")
    op.drop_table("scalings")
    op.drop_table("inquiries")
