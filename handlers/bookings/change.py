"""What happens to a booking after it was made: given back, extended, taken over, overridden."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from handlers import notices, show
from handlers.ask import Ask, stamp
from handlers.bookings.offers import offer_next
from handlers.bookings.rows import (
    HOLDING,
    current,
    fingerprint,
    held,
    holding,
    is_theirs,
    known_booking,
    move,
    post_card,
    take_turns,
    told,
    told_with_link,
    waiting,
)
from handlers.bookings.terms import zone_of
from handlers.environments import MEANINGFUL_REASON, known_environment
from handlers.messages import (
    AskHolder,
    ExtendBooking,
    FreeEnvironment,
    Outcome,
    OverrideBooking,
    Refusal,
    TakeOver,
)
from handlers.people import require
from handlers.rules.bookings import ExtensionFacts, Held, clashes, extended_end
from handlers.rules.time_words import Unreadable
from handlers.rules.times import Span, read_span
from handlers.setup import Bookings
from handlers.subjects import booking as subject
from handlers.tables import Booking, BookingPass, Note

SEARCH = timedelta(days=14)
"""How far ahead the next booking is looked for."""


def free(ask: Ask, command: FreeEnvironment) -> Outcome:
    """Give it back; whoever waits is offered it, and the channel's card says so."""
    row = own_booking(ask, command.environment, command.booking)
    if not move(ask.session, row, HOLDING, "freed", ended_at=ask.now, ended_by=ask.actor.user):
        raise Refusal("booking_over", **told(row))
    show.note(ask.session, subject(row.id), ask.now, "freed", by=ask.actor.user)
    offered = offer_next(ask, row.environment)
    return Outcome("freed", told(row) | {"offered": offered})


def own_booking(ask: Ask, environment: str, number: int) -> Booking:
    """The booking that was meant: by number, or the person's own one that runs or comes next."""
    known_environment(ask.setup, environment)
    if number:
        row = known_booking(ask.session, number)
        if row.environment != environment:
            raise Refusal("unknown_booking", booking=number)
        if not is_theirs(row, ask.actor.user):
            raise Refusal("not_your_booking", **told_with_link(ask, row))
        return row
    ahead = Span(ask.now, ask.now + timedelta(days=400))
    rows = holding(ask.session, environment, ahead)
    mine = [row for row in rows if is_theirs(row, ask.actor.user)]
    if mine:
        return mine[0]
    facts: dict[str, Any] = {"environment": environment}
    runs = current(ask.session, environment, ask.now)
    raise Refusal("no_booking_of_yours", **facts, by=[told_with_link(ask, r) for r in runs])


def extend(ask: Ask, command: ExtendBooking) -> Outcome:
    """Have it end later, as far as its rules, the next booking and those who wait allow."""
    take_turns(ask.session, [command.environment])
    row = own_booking(ask, command.environment, command.booking)
    if row.state != "booked":
        raise Refusal("booking_over" if row.state not in HOLDING else "not_booked_yet", **told(row))
    until = _new_end(ask, row, command.when)
    facts = _extension(ask, row, until)
    end, why = extended_end(facts)
    if end <= row.ends_at:
        raise Refusal("not_extended", why=why, **told(row), **_in_the_way(ask, row))
    row.ends_at = end
    row.reminded_at = None
    row.fingerprint = fingerprint(row)
    ask.session.flush()
    show.note(ask.session, subject(row.id), ask.now, "extended", by=ask.actor.user, end=stamp(end))
    notices.change_all(ask.session, subject(row.id), "ends_soon", "ends_soon_done", end=stamp(end))
    code = "extended" if not why else "extended_less"
    return Outcome(code, told(row) | {"why": why, "wanted": stamp(until)})


def _new_end(ask: Ask, row: Booking, when: str) -> datetime:
    """``by 1h`` counts from the end there is; ``until 18:00`` is a time."""
    said = when.strip().lower()
    words = said if said.startswith("until") else f"for {said.removeprefix('by').strip()}"
    zone = zone_of(ask.session, ask.actor.team, ask.actor.user)
    base = ask.now if said.startswith("until") else row.ends_at
    try:
        return read_span(words, base, zone).end
    except Unreadable as error:
        raise Refusal(
            "unreadable_time", why=error.code, word=error.word, said=when,
            examples=["by 1h", "until 18:00"],
        ) from None  # fmt: skip


def _extension(ask: Ask, row: Booking, until: datetime) -> ExtensionFacts:
    rules = ask.setup.environments[row.environment].bookings or Bookings()
    others = [r for r in holding(ask.session, row.environment, Span(row.ends_at, until))
              if r.id != row.id]  # fmt: skip
    wish = Held(Span(row.ends_at, max(until, row.ends_at)), row.shared, row.purpose)
    blocking = clashes(wish, held(others), rules.share)
    return ExtensionFacts(
        end=row.ends_at,
        until=until,
        latest=row.starts_at + timedelta(seconds=rules.longest),
        next_start=blocking[0].span.start if blocking else None,
        waiting=len([w for w in waiting(ask.session, row.environment) if w.user != row.owner]),
    )


def _in_the_way(ask: Ask, row: Booking) -> dict[str, Any]:
    rules = ask.setup.environments[row.environment].bookings or Bookings()
    after = holding(ask.session, row.environment, Span(row.ends_at, row.ends_at + SEARCH))
    return {
        "longest": rules.longest,
        "waiting": [w.user for w in waiting(ask.session, row.environment)],
        "next": told(after[0]) if after else None,
    }


def take_over(ask: Ask, command: TakeOver) -> Outcome:
    """What is left of somebody's booking becomes this person's; who had it is told why."""
    environment = known_environment(ask.setup, command.environment)
    require(ask, "take_over", environment.may("take_over"))
    reason = _reason(command.reason)
    take_turns(ask.session, [command.environment])
    row = _running(ask, command.environment, command.booking)
    if row.owner == ask.actor.user:
        raise Refusal("your_own_booking", **told(row))
    move(
        ask.session, row, ("booked",), "taken_over",
        ended_at=ask.now, ended_by=ask.actor.user, ending=reason,
    )  # fmt: skip
    taken = Booking(
        party=0, environment=row.environment, starts_at=ask.now, ends_at=row.ends_at,
        shared=row.shared, purpose=row.purpose, title=reason[:200], state="booked",
        team=ask.actor.team, owner=ask.actor.user, people=[], requested_at=ask.now,
        begun_at=ask.now,
    )  # fmt: skip
    taken.fingerprint = fingerprint(taken)
    ask.session.add(taken)
    ask.session.flush()
    taken.party = taken.id
    post_card(ask, taken)
    _tell_taken(ask, row, reason)
    return Outcome("taken_over", told(taken) | {"from": row.owner, "reason": reason})


def _tell_taken(ask: Ask, row: Booking, reason: str) -> None:
    facts = told(row) | {"by": ask.actor.user, "reason": reason}
    show.note(ask.session, subject(row.id), ask.now, "taken_over", **facts)
    notices.tell(
        ask.session, row.owner, ask.now, "booking_taken_over", about=subject(row.id), **facts
    )


def _reason(said: str) -> str:
    reason = said.strip()[:500]
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed")
    return reason


def _running(ask: Ask, environment: str, number: int) -> Booking:
    """The booking of somebody else that runs now, or the one that was meant by number."""
    runs = current(ask.session, environment, ask.now)
    meant = [r for r in runs if number in (0, r.id)]
    if not meant:
        raise Refusal("not_booked_now", environment=environment)
    return next((r for r in meant if r.owner != ask.actor.user), meant[0])


def override(ask: Ask, command: OverrideBooking) -> Outcome:
    """Leave to deploy although somebody else has the environment; it ends with that booking."""
    row = known_booking(ask.session, command.booking)
    environment = known_environment(ask.setup, row.environment)
    require(ask, "take_over", environment.may("take_over"))
    reason = _reason(command.reason)
    if row.state != "booked" or row.ends_at <= ask.now:
        raise Refusal("booking_over", **told(row))
    if is_theirs(row, ask.actor.user):
        raise Refusal("your_own_booking", **told(row))
    ask.session.merge(BookingPass(booking=row.id, user=ask.actor.user, reason=reason, at=ask.now))
    facts = told(row) | {"by": ask.actor.user, "reason": reason}
    show.note(ask.session, subject(row.id), ask.now, "overridden", **facts)
    notices.tell(
        ask.session, row.owner, ask.now, "booking_overridden", about=subject(row.id), **facts
    )
    return Outcome("overridden", facts)


def ask_holder(ask: Ask, command: AskHolder) -> Outcome:
    """A private question to the owner, with a button to give it back; once for each who asks."""
    row = known_booking(ask.session, command.booking)
    if row.state != "booked" or row.ends_at <= ask.now:
        raise Refusal("booking_over", **told(row))
    if is_theirs(row, ask.actor.user):
        raise Refusal("your_own_booking", **told(row))
    if ask.actor.user in _askers(ask, row):
        raise Refusal("asked_before", **told(row))
    facts = told(row) | {"by": ask.actor.user}
    show.note(ask.session, subject(row.id), ask.now, "asked_for", **facts)
    notices.tell(ask.session, row.owner, ask.now, "asked_for", about=subject(row.id), **facts)
    return Outcome("holder_asked", facts)


def _askers(ask: Ask, row: Booking) -> set[str]:
    """Who has asked its owner for it already."""
    asked = select(Note.facts).where(Note.of == subject(row.id), Note.code == "asked_for")
    return {facts["by"] for facts in ask.session.scalars(asked)}
