"""Hooks of deployments, and what came of them."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hook_runs",
        sa.Column("deployment", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("command", sa.JSON(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=False),
        sa.Column("way_back", sa.Text(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("began_at", handlers.tables.Utc(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("log", sa.JSON(), nullable=True),
        sa.Column("back_by", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hook_runs")
