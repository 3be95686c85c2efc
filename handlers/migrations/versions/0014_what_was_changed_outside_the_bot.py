"""What was changed outside the bot, and how what is live was made."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drifts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("noticed_at", handlers.tables.Utc(), nullable=False),
        sa.Column("told_at", handlers.tables.Utc(), nullable=True),
        sa.Column("absent_at", handlers.tables.Utc(), nullable=True),
        sa.Column("cleared_at", handlers.tables.Utc(), nullable=True),
    )
    op.create_index(
        "one_open_drift",
        "drifts",
        ["environment", "service", "what"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    with op.batch_alter_table("deployments") as batch_op:
        batch_op.add_column(sa.Column("made_as", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deployments") as batch_op:
        batch_op.drop_column("made_as")
    op.drop_index("one_open_drift", "drifts")
    op.drop_table("drifts")
