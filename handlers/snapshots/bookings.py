"""A booking, and a lock that a person took, as their cards show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.bookings.rows import told, waiting
from handlers.messages import Facts
from handlers.people import holders
from handlers.setup import Setup
from handlers.subjects import booking as subject
from handlers.tables import Approval, Booking, BookingPass, Lock


@dataclass(frozen=True)
class BookingView:
    """One booking; ``facts`` is what everything that tells of it shares (``bookings/rows.py``).

    ``state``: asked, offered, booked, ended, freed, taken_over, rejected, expired, passed or
    missed. ``deciders`` may approve, ``passes`` may deploy as well, ``waiting`` wait for it.
    """

    id: int
    environment: str
    owner: str
    state: str
    facts: Facts
    begins_later: bool
    needed: int
    fingerprint: str
    approved_by: tuple[str, ...]
    deciders: tuple[str, ...]
    expires_at: datetime | None
    passes: tuple[str, ...]
    waiting: tuple[str, ...]
    ended_at: datetime | None
    ended_by: str
    ending: str


def booking_view(session: Session, setup: Setup, now: datetime, number: int) -> BookingView:
    """The card of one booking, as of now."""
    row = session.get_one(Booking, number)
    environment = setup.environments.get(row.environment)
    roles = environment.may("approve_booking") if environment and row.state == "asked" else ()
    there = waiting(session, row.environment) if row.state == "booked" and row.begun_at else []
    return BookingView(
        id=row.id,
        environment=row.environment,
        owner=row.owner,
        state=row.state,
        facts=told(row),
        begins_later=row.begun_at is None,
        needed=row.approvals_needed,
        fingerprint=row.fingerprint,
        approved_by=tuple(_approved_by(session, row)),
        deciders=tuple(sorted(holders(session, setup, now, roles) - {row.owner})),
        expires_at=row.expires_at,
        passes=tuple(_passes(session, row)) if row.state == "booked" else (),
        waiting=tuple(wait.user for wait in there),
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        ending=row.ending,
    )


def _approved_by(session: Session, row: Booking) -> list[str]:
    said_yes = select(Approval.user).where(
        Approval.of == subject(row.id),
        Approval.verdict == "approved",
        Approval.fingerprint == row.fingerprint,
    )
    return list(session.scalars(said_yes.order_by(Approval.at)))


def _passes(session: Session, row: Booking) -> list[str]:
    users = select(BookingPass.user).where(BookingPass.booking == row.id).order_by(BookingPass.at)
    return list(session.scalars(users))


@dataclass(frozen=True)
class LockView:
    """One lock of a person; ``environment`` may be a scope such as ``tier:production``."""

    id: int
    environment: str
    owner: str
    reason: str
    since: datetime
    until: datetime | None
    released_at: datetime | None
    released_by: str
    because: str


def lock_view(session: Session, setup: Setup, now: datetime, number: int) -> LockView:
    """The card of one lock, as of now."""
    row = session.get_one(Lock, number)
    return LockView(
        id=row.id,
        environment=row.environment,
        owner=row.owner,
        reason=row.reason,
        since=row.since,
        until=row.until,
        released_at=row.released_at,
        released_by=row.released_by,
        because=row.release_reason,
    )
