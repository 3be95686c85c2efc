"""Images that are built from the commits of releases."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("state IN ('queued', 'running')")
OPEN = sa.text("state IN ('building', 'waiting', 'queued', 'running')")
OPEN_BEFORE = sa.text("state IN ('waiting', 'queued', 'running')")
IDENTICAL = "one_identical_request"


def upgrade() -> None:
    op.create_table(
        "builds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requested_at", handlers.tables.Utc(), nullable=False),
        sa.Column("started_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("pushed", sa.Text(), nullable=False),
        sa.Column("artefact", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_build_under_way",
        "builds",
        ["service", "commit"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_index("builds_by_service", "builds", ["service", "state"])
    op.add_column("deployments", sa.Column("build", sa.Integer(), nullable=True))
    _identical(OPEN)


def downgrade() -> None:
    _identical(OPEN_BEFORE)
    op.drop_column("deployments", "build")
    op.drop_index("builds_by_service", "builds")
    op.drop_index("one_build_under_way", "builds")
    op.drop_table("builds")


def _identical(states: sa.TextClause) -> None:
    op.drop_index(IDENTICAL, "deployments")
    op.create_index(
        IDENTICAL,
        "deployments",
        ["service", "environment", "version"],
        unique=True,
        sqlite_where=states,
        postgresql_where=states,
    )
