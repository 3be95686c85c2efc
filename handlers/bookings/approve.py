"""The yes and no to bookings that need one: distinct people, never the one who asked."""

from __future__ import annotations

from sqlalchemy import select

from handlers import notices, show
from handlers.ask import Ask
from handlers.bookings.offers import offer_next
from handlers.bookings.rows import known_booking, move, party, told
from handlers.environments import MEANINGFUL_REASON, known_environment
from handlers.messages import ApproveBooking, Outcome, Refusal, RejectBooking
from handlers.people import holders, require
from handlers.rules.approvals import ClickFacts, counted, may_decide
from handlers.subjects import booking as subject
from handlers.tables import Approval, Booking


def approve(ask: Ask, command: ApproveBooking) -> Outcome:
    """Count one yes; with the last one that was needed all that was booked together is booked."""
    row = _decidable(ask, command.booking, command.fingerprint)
    _write(ask, row, "approved", "")
    count = len(_counted(ask, row))
    show.note(
        ask.session, subject(row.id), ask.now, "booking_approved",
        by=ask.actor.user, count=count, needed=row.approvals_needed,
    )  # fmt: skip
    rows = party(ask.session, row)
    if any(len(_counted(ask, one)) < one.approvals_needed for one in rows):
        return Outcome("booking_approval_counted", told(row) | _progress(row, count))
    for one in rows:
        begun = ask.now if one.starts_at <= ask.now else None
        move(ask.session, one, ("asked",), "booked", begun_at=begun, expires_at=None)
    notices.tell(
        ask.session, row.owner, ask.now, "booking_granted", about=subject(row.id),
        by=ask.actor.user, **told(row),
    )  # fmt: skip
    return Outcome("booking_granted", told(row) | {"by": ask.actor.user})


def _progress(row: Booking, count: int) -> dict[str, int]:
    return {"count": count, "needed": row.approvals_needed}


def reject(ask: Ask, command: RejectBooking) -> Outcome:
    """One no with a reason ends all that was booked together."""
    reason = command.reason.strip()[:500]
    row = _decidable(ask, command.booking, command.fingerprint)
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed")
    _write(ask, row, "rejected", reason)
    for one in party(ask.session, row):
        move(
            ask.session, one, ("asked",), "rejected",
            ended_at=ask.now, ended_by=ask.actor.user, ending=reason,
        )  # fmt: skip
        offer_next(ask, one.environment)
    facts = told(row) | {"by": ask.actor.user, "reason": reason}
    show.note(ask.session, subject(row.id), ask.now, "booking_rejected", **facts)
    notices.tell(
        ask.session, row.owner, ask.now, "booking_rejected", about=subject(row.id), **facts
    )
    return Outcome("booking_rejected", facts)


def _decidable(ask: Ask, number: int, seen: str) -> Booking:
    row = known_booking(ask.session, number)
    if ask.actor.user == row.owner:
        raise Refusal("own_booking_request", **told(row))
    environment = known_environment(ask.setup, row.environment)
    require(ask, "approve_booking", environment.may("approve_booking"))
    code = may_decide(
        ClickFacts(
            state="waiting" if row.state == "asked" else row.state,
            seen=seen,
            current=row.fingerprint,
            expires_at=row.expires_at,
            now=ask.now,
            requester=row.owner,
            clicker=ask.actor.user,
            already=_said_yes(ask, row),
        )
    )
    if code:
        raise Refusal(f"booking_{code}", **told(row))
    return row


def _said_yes(ask: Ask, row: Booking) -> frozenset[str]:
    return frozenset(
        ask.session.scalars(
            select(Approval.user).where(
                Approval.of == subject(row.id),
                Approval.fingerprint == row.fingerprint,
                Approval.verdict == "approved",
            )
        )
    )


def _counted(ask: Ask, row: Booking) -> frozenset[str]:
    roles = ask.setup.environments[row.environment].may("approve_booking")
    able = holders(ask.session, ask.setup, ask.now, roles)
    return counted(_said_yes(ask, row), row.owner, able)


def _write(ask: Ask, row: Booking, verdict: str, reason: str) -> None:
    ask.session.add(
        Approval(
            of=subject(row.id), fingerprint=row.fingerprint, user=ask.actor.user,
            team=ask.actor.team, verdict=verdict, reason=reason, at=ask.now,
        )
    )  # fmt: skip
    ask.session.flush()
