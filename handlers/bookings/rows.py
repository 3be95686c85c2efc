"""Booking rows: finding them, what is told of them, and moving them by compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal_column, select, text, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import Ask, stamp
from handlers.messages import Refusal
from handlers.rules.approvals import canonical_hash
from handlers.rules.bookings import Held
from handlers.rules.times import Span
from handlers.subjects import booking as subject
from handlers.tables import Booking, Wait

HOLDING = ("asked", "offered", "booked")
"""States in which a booking keeps others out of its time."""

HOLDS = Booking.state.in_([literal_column(f"'{state}'") for state in HOLDING])
"""The same as a condition, in the very words of the indexes that are made for it."""


def take_turns(session: Session, environments: Iterable[str]) -> None:
    """Nobody else books these environments until this transaction ends. SQLite has one writer
    anyway; on PostgreSQL two would see the same time free, and one would end in the constraint."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in sorted(set(environments)):
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"booking:{name}"}
        )


def known_booking(session: Session, number: int) -> Booking:
    """The booking of that number, or a refusal."""
    row = session.get(Booking, number) if 0 < number < 2**31 else None
    if row is None:
        raise Refusal("unknown_booking", booking=number)
    return row


def holding(session: Session, environment: str, span: Span) -> list[Booking]:
    """What holds any of the time ``span``, earliest first."""
    return list(session.scalars(_holding([environment], span)))


def holding_by_place(
    session: Session, environments: Sequence[str], span: Span
) -> dict[str, list[Booking]]:
    """``holding`` of each environment, in one look."""
    found: dict[str, list[Booking]] = {name: [] for name in environments}
    for row in session.scalars(_holding(environments, span)):
        found[row.environment].append(row)
    return found


def _holding(environments: Sequence[str], span: Span) -> Select[Booking]:
    return (
        select(Booking)
        .where(
            Booking.environment.in_(environments),
            HOLDS,
            Booking.ends_at > span.start,
            Booking.starts_at < span.end,
        )
        .order_by(Booking.starts_at, Booking.id)
    )


def current(session: Session, environment: str, now: datetime) -> list[Booking]:
    """The bookings that run now; those that wait for approval do not."""
    moment = Span(now, now + datetime.resolution)
    return [row for row in holding(session, environment, moment) if row.state == "booked"]


def held(rows: Iterable[Booking]) -> list[Held]:
    return [Held(span_of(row), row.shared, row.purpose, row.id) for row in rows]


def span_of(row: Booking) -> Span:
    return Span(row.starts_at, row.ends_at)


def party(session: Session, row: Booking) -> list[Booking]:
    """All that were booked together, this one among them."""
    return list(
        session.scalars(select(Booking).where(Booking.party == row.party).order_by(Booking.id))
    )


def is_theirs(row: Booking, user: str) -> bool:
    """May this person use the booking and change it?"""
    return user == row.owner or user in row.people


def move(session: Session, row: Booking, before: Sequence[str], after: str, **values: Any) -> bool:
    """Move a booking from one of the states ``before``; False when somebody else was first."""
    moved = session.execute(
        update(Booking)
        .where(Booking.id == row.id, Booking.state.in_(before))
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    show.touch(session, subject(row.id))
    return getattr(moved, "rowcount", 0) == 1


def waiting(session: Session, environment: str) -> list[Wait]:
    """Who waits for an environment, the first of them first."""
    return list(
        session.scalars(
            select(Wait)
            .where(Wait.environment == environment, Wait.state.in_(("waiting", "offered")))
            .order_by(Wait.id)
        )
    )


def told(row: Booking) -> dict[str, Any]:
    """A booking as outcomes, refusals, notices and lists tell of it."""
    return {
        "booking": row.id,
        "environment": row.environment,
        "owner": row.owner,
        "people": list(row.people),
        "start": stamp(row.starts_at),
        "end": stamp(row.ends_at),
        "shared": row.shared,
        "purpose": row.purpose,
        "title": row.title,
        "state": row.state,
        "service": row.service,
        "version": row.version,
    }


def told_with_link(ask: Ask, row: Booking) -> dict[str, Any]:
    return told(row) | {"link": show.link(ask.session, subject(row.id))}


def post_card(ask: Ask, row: Booking) -> None:
    """The card of a booking, in the channel of its environment."""
    channel = ask.setup.environments[row.environment].channel
    show.open_card(ask.session, subject(row.id), ask.now, channel, row.owner)


def fingerprint(row: Booking) -> str:
    """What an approval of a booking is bound to."""
    return canonical_hash(
        {
            "action": "book",
            "environment": row.environment,
            "start": row.starts_at.isoformat(),
            "end": row.ends_at.isoformat(),
            "shared": row.shared,
            "purpose": row.purpose,
            "title": row.title,
            "owner": row.owner,
            "people": sorted(row.people),
        }
    )
