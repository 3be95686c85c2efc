"""Reading bookings: lists, what the form offers, and who keeps a deployment out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.ask import Ask, stamp
from handlers.bookings.rows import current, holding, is_theirs, told, told_with_link, waiting
from handlers.environments import known_environment
from handlers.messages import ChooseBooking, ListBookings, Outcome
from handlers.rules.bookings import PURPOSES
from handlers.rules.times import Span
from handlers.tables import Booking, BookingPass, Deployment

AHEAD = timedelta(days=14)


def list_bookings(ask: Ask, question: ListBookings) -> Outcome:
    """Of one environment or of all: who has it, who comes next, who waits."""
    if question.environment:
        known_environment(ask.setup, question.environment)
    names = [question.environment] if question.environment else list(ask.setup.environments)
    return Outcome("bookings", {"environments": [_place(ask, name) for name in names]})


def _place(ask: Ask, name: str) -> dict[str, Any]:
    rules = ask.setup.environments[name].bookings
    rows = holding(ask.session, name, Span(ask.now, ask.now + AHEAD))
    return {
        "environment": name,
        "bookable": rules is not None,
        "bookings": [told_with_link(ask, row) for row in rows],
        "waiting": [{"user": w.user, "since": stamp(w.since)} for w in waiting(ask.session, name)],
    }


def choose(ask: Ask, question: ChooseBooking) -> Outcome:
    """What the form offers; what was said already is checked first and kept."""
    for name in question.environments:
        known_environment(ask.setup, name)
    names = [n for n, e in ask.setup.environments.items() if e.bookings is not None]
    return Outcome(
        "choose_booking",
        {
            "environments": names,
            "chosen": [name for name in question.environments if name in names],
            "when": question.when,
            "shared": question.shared,
            "purpose": question.purpose,
            "purposes": list(PURPOSES),
            "title": question.title,
        },
    )


def booked_by_others(session: Session, now: datetime, row: Deployment) -> dict[str, Any] | None:
    """The booking that keeps a deployment out: somebody has the environment now, and neither the
    requester is among its people, nor is this its release, nor was it overridden for them."""
    runs = current(session, row.environment, now)
    if not runs or any(_lets_in(session, one, row) for one in runs):
        return None
    return told(runs[0]) | {"waiting": len(waiting(session, row.environment))}


def booking_of_others(
    session: Session, now: datetime, environment: str, user: str
) -> dict[str, Any] | None:
    """The booking of an environment that runs now and that ``user`` has no part in."""
    runs = current(session, environment, now)
    mine = any(
        is_theirs(one, user) or session.get(BookingPass, (one.id, user)) is not None for one in runs
    )
    return None if mine or not runs else told(runs[0]) | {"waiting": 0}


def _lets_in(session: Session, booking: Booking, row: Deployment) -> bool:
    if is_theirs(booking, row.requester):
        return True
    if booking.service and (booking.service, booking.version) == (row.service, row.version):
        return True
    return session.get(BookingPass, (booking.id, row.requester)) is not None


def mark_used(session: Session, now: datetime, row: Deployment) -> None:
    """A deployment under a booking is what it is for."""
    mine = select(Booking).where(
        Booking.id.in_(
            [b.id for b in current(session, row.environment, now) if _lets_in(session, b, row)]
        )
    )
    for booking in session.scalars(mine):
        booking.used_at = now
