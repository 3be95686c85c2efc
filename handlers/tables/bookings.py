"""Who has an environment when, who may use it all the same, and who waits for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base

HOLDING = "state IN ('asked', 'offered', 'booked')"
"""States in which a booking keeps others out of its time."""


def _of_those_that_hold(name: str, column: str) -> Index:
    where = text(HOLDING)
    return Index(name, column, "starts_at", sqlite_where=where, postgresql_where=where)


class Booking(Base):
    """A half-open range ``[starts_at, ends_at)`` in which an environment belongs to somebody.

    That an exclusive one overlaps with no other is a constraint of the database, made in the
    migration because each database says it in its own way: an exclusion constraint on PostgreSQL,
    a trigger on SQLite.

    ``party`` is the number of the first of those that were booked together, all or none.
    ``people`` may use it as well; ``service`` and ``version`` are the release that it is for.
    """

    __tablename__ = "bookings"
    id: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[int]
    environment: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    shared: Mapped[bool]
    purpose: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    team: Mapped[str]
    owner: Mapped[str]
    people: Mapped[list[Any]] = mapped_column(JSON)
    service: Mapped[str] = mapped_column(default="")
    version: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    approvals_needed: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    """When an unanswered request for approval, or an unanswered offer, is over."""
    begun_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    """When its people last deployed under it."""
    reminded_at: Mapped[datetime | None]
    nagged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    ending: Mapped[str] = mapped_column(default="")
    """Why it ended early, in somebody's words."""
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="a_booking_ends_after_it_begins"),
        Index("bookings_by_time", "environment", "starts_at"),
        Index("bookings_by_party", "party"),
        # What holds is little beside all that is over.
        _of_those_that_hold("bookings_that_hold", "environment"),
        _of_those_that_hold("bookings_that_hold_by_state", "state"),
        _of_those_that_hold("bookings_that_hold_by_owner", "owner"),
    )


class BookingPass(Base):
    """Somebody's leave to deploy despite a booking that is not theirs, with the reason."""

    __tablename__ = "booking_passes"
    booking: Mapped[int] = mapped_column(ForeignKey("bookings.id"), primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class Wait(Base):
    """Somebody's place in the wait-list of an environment; first come, first served."""

    __tablename__ = "waits"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    team: Mapped[str]
    user: Mapped[str]
    since: Mapped[datetime]
    seconds: Mapped[int]
    shared: Mapped[bool]
    purpose: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    """waiting, offered, claimed, passed, missed or left"""
    booking: Mapped[int | None]
    """What was offered last."""
    __table_args__ = (
        Index(
            "one_place_in_the_wait_list",
            "environment",
            "user",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
    )
