"""The wait-list: whoever waited longest is offered a free environment first, and has ten minutes.

While an offer is open it holds the time, so that nobody else takes what was promised.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from handlers import notices, show
from handlers.ask import Ask, stamp
from handlers.bookings.rows import (
    current,
    fingerprint,
    held,
    holding,
    known_booking,
    move,
    post_card,
    take_turns,
    told,
    waiting,
)
from handlers.bookings.terms import bookable, read_when
from handlers.messages import (
    ClaimOffer,
    JoinWaitList,
    LeaveWaitList,
    Outcome,
    PassOffer,
    Refusal,
)
from handlers.rules.bookings import Held, offered_span
from handlers.rules.times import Span, whole_second
from handlers.setup import Bookings
from handlers.stop_rows import stopped
from handlers.subjects import booking as subject
from handlers.tables import Booking, Wait

ANSWER_WITHIN = timedelta(minutes=10)
AHEAD = timedelta(days=400)


def join(ask: Ask, command: JoinWaitList) -> Outcome:
    """A place in the wait-list; where nothing stands in the way it is offered at once."""
    rules = bookable(ask, command.environment)
    span = read_when(ask, command.when)
    seconds = round(min(span.length.total_seconds(), rules.longest))
    take_turns(ask.session, [command.environment])
    there = waiting(ask.session, command.environment)
    if any(w.user == ask.actor.user for w in there):
        raise Refusal("waiting_already", **_list_facts(ask, command.environment))
    ask.session.add(
        Wait(
            environment=command.environment, team=ask.actor.team, user=ask.actor.user,
            since=ask.now, seconds=seconds, shared=command.shared, purpose=command.purpose,
            title=command.title.strip()[:200], state="waiting",
        )
    )  # fmt: skip
    ask.session.flush()
    offered = offer_next(ask, command.environment)
    _say_on_cards(ask, command.environment)
    return Outcome("waiting_listed", _list_facts(ask, command.environment) | {"offered": offered})


def _list_facts(ask: Ask, environment: str) -> dict[str, Any]:
    users = [w.user for w in waiting(ask.session, environment)]
    runs = current(ask.session, environment, ask.now)
    return {
        "environment": environment,
        "place": users.index(ask.actor.user) + 1 if ask.actor.user in users else 0,
        "ahead": users[: users.index(ask.actor.user)] if ask.actor.user in users else users,
        "until": stamp(max((r.ends_at for r in runs), default=None)),
    }


def _say_on_cards(ask: Ask, environment: str) -> None:
    """Those who have it see on its card who waits."""
    for row in current(ask.session, environment, ask.now):
        show.touch(ask.session, subject(row.id))


def leave(ask: Ask, command: LeaveWaitList) -> Outcome:
    """Give up the place; an offer that is open goes to the next."""
    mine = next(
        (w for w in waiting(ask.session, command.environment) if w.user == ask.actor.user), None
    )
    if mine is None:
        raise Refusal("not_waiting", environment=command.environment)
    if mine.state == "offered" and mine.booking is not None:
        return pass_on(ask, PassOffer(mine.booking))
    mine.state = "left"
    ask.session.flush()
    _say_on_cards(ask, command.environment)
    return Outcome("left_wait_list", {"environment": command.environment})


def offer_next(ask: Ask, environment: str) -> str:
    """Offer what is free now to the first who waits and whom it serves; their user id, or
    nothing. An offer is a booking that holds its time until it is answered."""
    setup = ask.setup.environments.get(environment)
    rules = setup.bookings if setup else None
    if rules is None:
        return ""
    take_turns(ask.session, [environment])
    for wait in waiting(ask.session, environment):
        if wait.state != "waiting":
            continue
        span = _span_for(ask, wait, rules)
        if span is not None:
            _offer(ask, wait, span)
            return wait.user
    return ""


def _span_for(ask: Ask, wait: Wait, rules: Bookings) -> Span | None:
    length = timedelta(seconds=wait.seconds)
    wish = Held(Span(ask.now, ask.now + length), wait.shared, wait.purpose)
    there = held(holding(ask.session, wait.environment, Span(ask.now, ask.now + AHEAD)))
    return offered_span(ask.now, length, wish, there, rules.share)


def _offer(ask: Ask, wait: Wait, span: Span) -> None:
    row = Booking(
        party=0, environment=wait.environment, starts_at=span.start, ends_at=span.end,
        shared=wait.shared, purpose=wait.purpose, title=wait.title, state="offered",
        team=wait.team, owner=wait.user, people=[], requested_at=ask.now,
        expires_at=ask.now + ANSWER_WITHIN,
    )  # fmt: skip
    ask.session.add(row)
    ask.session.flush()
    row.party = row.id
    wait.state, wait.booking = "offered", row.id
    facts = told(row) | {"expires": stamp(row.expires_at)}
    notices.tell(ask.session, wait.user, ask.now, "offered", about=subject(row.id), **facts)


def claim(ask: Ask, command: ClaimOffer) -> Outcome:
    """The offer becomes a booking that begins now; the time of thinking is not taken off it."""
    row = _offered_to(ask, command.booking)
    if row.expires_at is not None and ask.now >= row.expires_at:
        raise Refusal("offer_over", **told(row))
    whole = whole_second(ask.now + (row.ends_at - row.starts_at))
    end = min(whole, _next_start(ask, row) or whole)
    if not move(
        ask.session, row, ("offered",), "booked",
        starts_at=ask.now, ends_at=end, begun_at=ask.now, expires_at=None,
    ):  # fmt: skip
        raise Refusal("offer_over", **told(row))
    row.fingerprint = fingerprint(row)
    _settle(ask, row, "claimed")
    notices.change_all(ask.session, subject(row.id), "offered", "offer_claimed", **told(row))
    post_card(ask, row)
    wakes = stopped(ask.session, row.environment) is not None
    return Outcome("claimed", told(row) | {"wakes": wakes})


def _next_start(ask: Ask, row: Booking) -> datetime | None:
    after = Span(row.ends_at, row.ends_at + ANSWER_WITHIN)
    others = [r for r in holding(ask.session, row.environment, after) if r.id != row.id]
    return others[0].starts_at if others else None


def pass_on(ask: Ask, command: PassOffer) -> Outcome:
    """Not wanted any more: the next one is offered it."""
    row = _offered_to(ask, command.booking)
    if not move(ask.session, row, ("offered",), "passed", ended_at=ask.now, ended_by=row.owner):
        raise Refusal("offer_over", **told(row))
    _settle(ask, row, "passed")
    notices.change_all(ask.session, subject(row.id), "offered", "offer_passed", **told(row))
    offered = offer_next(ask, row.environment)
    return Outcome("passed_on", told(row) | {"offered": offered})


def miss(ask: Ask, row: Booking) -> None:
    """Nobody answered in time: the place in the list is lost, and the next one is offered it."""
    if move(ask.session, row, ("offered",), "missed", ended_at=ask.now, ended_by="clock"):
        _settle(ask, row, "missed")
        notices.change_all(ask.session, subject(row.id), "offered", "offer_missed", **told(row))


def _settle(ask: Ask, row: Booking, state: str) -> None:
    ask.session.execute(
        update(Wait).where(Wait.booking == row.id, Wait.state == "offered").values(state=state)
    )


def _offered_to(ask: Ask, number: int) -> Booking:
    row = known_booking(ask.session, number)
    if row.owner != ask.actor.user:
        raise Refusal("not_your_offer", **told(row))
    if row.state != "offered":
        raise Refusal("offer_over", **told(row))
    return row


def whoever_waits(ask: Ask) -> list[str]:
    """The environments that somebody waits for."""
    waits = select(Wait.environment).where(Wait.state == "waiting").distinct()
    return sorted(ask.session.scalars(waits))
