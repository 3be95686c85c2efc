"""What time makes due: ends, offers, reminders, nags. One round does all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from handlers import notices, show
from handlers.ask import Ask, stamp
from handlers.bookings.offers import miss, offer_next, whoever_waits
from handlers.bookings.rows import HOLDING, HOLDS, move, party, told, waiting
from handlers.bookings.usage import spent_since
from handlers.locks import open_those_over
from handlers.messages import Outcome, SweepBookings
from handlers.subjects import booking as subject
from handlers.tables import Account, Booking

REMIND = timedelta(minutes=10)
"""Before the end; of a short booking, its last quarter."""

FORGOTTEN = timedelta(hours=1)
"""Nothing was deployed for so long while others wait: its owner hears what that costs, and again
after as long."""


def sweep(ask: Ask, command: SweepBookings) -> Outcome:
    """Everything that is due now; the outcome counts it. Who left goes first and who waits is
    looked at last, when all that ends has ended."""
    counts = {
        "owner_left": sum(_owner_left(ask, row) for row in _of_deactivated(ask)),
        "expired": sum(_expire(ask, row) for row in _due(ask, "asked", Booking.expires_at)),
        "missed": sum(_miss(ask, row) for row in _due(ask, "offered", Booking.expires_at)),
        "ended": sum(_end(ask, row) for row in _due(ask, "booked", Booking.ends_at, *_begun(ask))),
        "begun": sum(
            _begin(ask, row)
            for row in _due(ask, "booked", Booking.starts_at, Booking.begun_at.is_(None))
        ),
        "offered": sum(bool(offer_next(ask, name)) for name in whoever_waits(ask)),
        "reminded": sum(_remind(ask, row) for row in _ending(ask)),
        "opened": open_those_over(ask),
        "nagged": sum(_nag(ask, row) for row in _idle(ask)),
    }
    done = {name: count for name, count in counts.items() if count}
    return Outcome("bookings_swept", done) if done else Outcome("nothing_due")


def _due(ask: Ask, state: str, when: Any, *more: ColumnElement[bool]) -> Sequence[Booking]:
    wanted = select(Booking).where(HOLDS, Booking.state == state, when <= ask.now, *more)
    return ask.session.scalars(wanted.order_by(Booking.id)).all()


def _begun(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    """What runs, by its start: few of the many that are booked."""
    return HOLDS, Booking.state == "booked", Booking.starts_at <= ask.now


def _of_deactivated(ask: Ask) -> Sequence[Booking]:
    theirs = (Account.team == Booking.team) & (Account.user == Booking.owner)
    wanted = select(Booking).join(Account, theirs).where(HOLDS, Account.is_deactivated.is_(True))
    return ask.session.scalars(wanted.order_by(Booking.id)).all()


def _owner_left(ask: Ask, row: Booking) -> bool:
    """The account of its owner was deactivated: nobody else can give it back."""
    return _over(ask, row, HOLDING, "freed", "owner_left")


def _expire(ask: Ask, row: Booking) -> bool:
    """Nobody approved it in time; what was booked together ends together."""
    moved = [
        _over(ask, one, ("asked",), "expired", "booking_expired") for one in party(ask.session, row)
    ]
    if any(moved):
        notices.tell(
            ask.session, row.owner, ask.now, "booking_expired", about=subject(row.id), **told(row)
        )
    return any(moved)


def _miss(ask: Ask, row: Booking) -> bool:
    miss(ask, row)
    return True


def _end(ask: Ask, row: Booking) -> bool:
    notices.change_all(ask.session, subject(row.id), "ends_soon", "ended", **told(row))
    return _over(ask, row, ("booked",), "ended", "ended")


def _over(ask: Ask, row: Booking, before: Sequence[str], state: str, code: str) -> bool:
    if not move(ask.session, row, before, state, ended_at=ask.now, ended_by="clock"):
        return False
    show.note(ask.session, subject(row.id), ask.now, code, **told(row))
    return True


def _begin(ask: Ask, row: Booking) -> bool:
    """It runs from now on; who booked it long ago is told."""
    row.begun_at = ask.now
    show.note(ask.session, subject(row.id), ask.now, "begun", **told(row))
    if ask.now - row.requested_at > REMIND:
        notices.tell(ask.session, row.owner, ask.now, "begun", about=subject(row.id), **told(row))
    return True


def _ending(ask: Ask) -> list[Booking]:
    soon = (
        *_begun(ask),
        Booking.begun_at.is_not(None),
        Booking.reminded_at.is_(None),
        Booking.ends_at <= ask.now + REMIND,
    )
    rows = ask.session.scalars(select(Booking).where(*soon).order_by(Booking.id))
    return [row for row in rows if ask.now >= row.ends_at - (row.ends_at - row.starts_at) / 4]


def _remind(ask: Ask, row: Booking) -> bool:
    row.reminded_at = ask.now
    facts = told(row) | {"waiting": [w.user for w in waiting(ask.session, row.environment)]}
    notices.tell(ask.session, row.owner, ask.now, "ends_soon", about=subject(row.id), **facts)
    return True


def _idle(ask: Ask) -> list[Booking]:
    before = ask.now - FORGOTTEN
    last = func.coalesce(Booking.used_at, Booking.begun_at)
    idle = (
        *_begun(ask),
        last <= before,
        or_(Booking.nagged_at.is_(None), Booking.nagged_at <= before),
    )
    rows = ask.session.scalars(select(Booking).where(*idle).order_by(Booking.id))
    return [row for row in rows if waiting(ask.session, row.environment)]


def _nag(ask: Ask, row: Booking) -> bool:
    """With what the time in which nothing was deployed costs: money, and the time of others."""
    row.nagged_at = ask.now
    since = row.used_at or row.begun_at or row.starts_at
    others = waiting(ask.session, row.environment)
    facts = told(row) | {
        "idle_since": stamp(since),
        "waiting": [w.user for w in others],
        "waited": sum((ask.now - max(w.since, since)).total_seconds() for w in others),
        **spent_since(ask, row.environment, since),
    }
    notices.tell(ask.session, row.owner, ask.now, "forgotten", about=subject(row.id), **facts)
    return True
