"""Bookings, the wait-list, and locks that people take."""

import sqlalchemy as sa
from alembic import op

import handlers.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HOLDING = "state IN ('asked', 'offered', 'booked')"

POSTGRESQL = f"""
ALTER TABLE bookings ADD CONSTRAINT an_exclusive_booking_overlaps_no_other EXCLUDE USING gist (
    environment WITH =,
    tsrange(starts_at, ends_at) WITH &&,
    (CASE WHEN shared THEN int4range(id, id + 1) ELSE int4range(NULL, NULL) END) WITH &&
) WHERE ({HOLDING})
"""
"""Shared bookings are told apart by a range of their own, an exclusive one has all of it."""

SQLITE = """
CREATE TRIGGER an_exclusive_booking_overlaps_no_other_{when} BEFORE {when} ON bookings
WHEN NEW.{holding} BEGIN
    SELECT RAISE(ABORT, 'an exclusive booking overlaps another') FROM bookings AS other
    WHERE other.environment = NEW.environment AND other.id IS NOT NEW.id
        AND other.{holding} AND NOT (other.shared AND NEW.shared)
        AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at;
END
"""


def upgrade() -> None:
    _bookings()
    _beside_bookings()
    op.add_column("locks", sa.Column("until", handlers.tables.Utc(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(POSTGRESQL)
    else:
        for when in ("INSERT", "UPDATE"):
            op.execute(SQLITE.format(when=when, holding=HOLDING))


def _bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("starts_at", handlers.tables.Utc(), nullable=False),
        sa.Column("ends_at", handlers.tables.Utc(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("requested_at", handlers.tables.Utc(), nullable=False),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("expires_at", handlers.tables.Utc(), nullable=True),
        sa.Column("begun_at", handlers.tables.Utc(), nullable=True),
        sa.Column("used_at", handlers.tables.Utc(), nullable=True),
        sa.Column("reminded_at", handlers.tables.Utc(), nullable=True),
        sa.Column("nagged_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_at", handlers.tables.Utc(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="a_booking_ends_after_it_begins"),
    )
    op.create_index("bookings_by_time", "bookings", ["environment", "starts_at"])
    op.create_index("bookings_by_party", "bookings", ["party"])
    op.create_index(
        "bookings_that_hold",
        "bookings",
        ["environment", "ends_at"],
        sqlite_where=sa.text(HOLDING),
        postgresql_where=sa.text(HOLDING),
    )


def _beside_bookings() -> None:
    op.create_table(
        "booking_passes",
        sa.Column("booking", sa.Integer(), sa.ForeignKey("bookings.id"), primary_key=True),
        sa.Column("user", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", handlers.tables.Utc(), nullable=False),
    )
    op.create_table(
        "waits",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("since", handlers.tables.Utc(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booking", sa.Integer(), nullable=True),
    )
    waiting = sa.text("state IN ('waiting', 'offered')")
    op.create_index(
        "one_place_in_the_wait_list",
        "waits",
        ["environment", "user"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("waits")
    op.drop_table("booking_passes")
    op.drop_table("bookings")
    with op.batch_alter_table("locks") as table:
        table.drop_column("until")
