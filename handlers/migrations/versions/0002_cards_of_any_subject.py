"""Cards, history, steps, approvals and holds of any subject, and private notices."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rebuild("cards", _cards)
    _rebuild("steps", _steps)
    _rebuild("approvals", _approvals)
    _notes()
    _name_subject("locks")
    with op.batch_alter_table("deployments") as table:
        table.drop_column("revision")
    _notices()


def _rebuild(name: str, fill: Callable[[], None]) -> None:
    """A primary key that is made of other columns asks for a new table on either database."""
    op.execute(f"CREATE TEMPORARY TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608
    op.drop_table(name)
    fill()
    op.drop_table(f"old_{name}")


def _subject() -> tuple[sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
    )


def _cards() -> None:
    op.create_table(
        "cards",
        *_subject(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("opened_at", handlers.tables.Utc(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("permalink", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "number"),
    )
    op.execute(
        "INSERT INTO cards (subject, number, channel, owner, opened_at, ts, permalink, revision,"
        " drawn, turn, attempts, error)"
        " SELECT 'deployment', c.deployment, c.channel, d.requester, d.requested_at, c.ts,"
        " c.permalink, d.revision, c.drawn, c.turn, c.attempts, c.error"
        " FROM old_cards c JOIN deployments d ON d.id = c.deployment"
    )
    op.create_index("cards_by_turn", "cards", ["turn"])
    _behind("cards", "channel")


def _behind(table: str, column: str) -> None:
    behind = sa.text("drawn < revision")
    op.create_index(
        f"{table}_behind", table, [column], sqlite_where=behind, postgresql_where=behind
    )


def _steps() -> None:
    op.create_table(
        "steps",
        *_subject(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "number", "name"),
    )
    op.execute(
        "INSERT INTO steps (subject, number, name, position, state, started_at, ended_at, detail)"
        " SELECT 'deployment', deployment, name, position, state, started_at, ended_at, detail"
        " FROM old_steps"
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        *_subject(),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "number", "fingerprint", "user"),
    )
    op.execute(
        'INSERT INTO approvals (subject, number, fingerprint, "user", team, verdict, reason, at)'
        " SELECT 'deployment', deployment, fingerprint, \"user\", team, verdict, reason, at"
        " FROM old_approvals"
    )


def _notes() -> None:
    with op.batch_alter_table("notes") as table:
        table.drop_index("ix_notes_deployment")
    _name_subject("notes")
    op.create_index("notes_by_subject", "notes", ["subject", "number"])


def _name_subject(name: str) -> None:
    """In place, so that the ids go on where they are; the foreign key goes with its column."""
    with op.batch_alter_table(name) as table:
        table.add_column(sa.Column("subject", sa.Text(), nullable=True))
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
    rows = sa.table(name, *map(sa.column, ("subject", "number", "deployment")))
    is_one = rows.c.deployment.is_not(None)
    op.execute(
        rows.update().values(
            subject=sa.case((is_one, "deployment"), else_=""),
            number=sa.func.coalesce(rows.c.deployment, 0),
        )
    )
    with op.batch_alter_table(name) as table:
        table.alter_column("subject", nullable=False)
        table.alter_column("number", nullable=False)
        table.drop_column("deployment")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        *_subject(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_about", "notices", ["subject", "number"])
    _behind("notices", "user")


def downgrade() -> None:
    raise NotImplementedError("cards of other subjects have no place in the tables before")
