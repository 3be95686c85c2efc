"""Environments that are made from blueprints."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HERE = sa.text("state <> 'gone'")


def upgrade() -> None:
    op.create_table(
        "created",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("blueprint", sa.Text(), nullable=False),
        sa.Column("shape", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", handlers.tables.Utc(), nullable=False),
        sa.Column("ends_at", handlers.tables.Utc(), nullable=False),
        sa.Column("reminded_at", handlers.tables.Utc(), nullable=True),
        sa.Column("queue_place", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("going_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_environment_of_a_name",
        "created",
        ["environment"],
        unique=True,
        sqlite_where=HERE,
        postgresql_where=HERE,
    )
    op.create_table(
        "taken_ports",
        sa.Column("port", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("created", sa.Integer(), nullable=False),
    )
