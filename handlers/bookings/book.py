"""Booking environments: all of them for one range of time, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers import locks
from handlers.ask import Ask, stamp
from handlers.bookings.rows import (
    fingerprint,
    held,
    holding,
    holding_by_place,
    post_card,
    take_turns,
    told,
    told_with_link,
    waiting,
)
from handlers.bookings.terms import bookable, read_when, zone_of
from handlers.environments import failure_locks
from handlers.messages import (
    BookEnvironments,
    Outcome,
    Refusal,
)
from handlers.people import roles_of
from handlers.releases import known_release
from handlers.rules.bookings import (
    PURPOSES,
    Held,
    clashes,
    free_slots,
    may_book,
)
from handlers.rules.times import Span
from handlers.setup import Bookings
from handlers.suitability import fitting_then
from handlers.tables import Booking, Release

SEARCH = timedelta(days=14)
"""How far from the wished time free slots are looked for."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants of one environment."""

    environment: str
    rules: Bookings
    held: Held

    @property
    def span(self) -> Span:
        return self.held.span


def book(ask: Ask, command: BookEnvironments) -> Outcome:
    """All of the environments for one range, or none; a conflict says who has what until when,
    which times are free, and where else it would do."""
    names = list(dict.fromkeys(command.environments))
    if not names:
        raise Refusal("no_environment", known=sorted(ask.setup.environments))
    span = read_when(ask, command.when)
    wishes = [_wish(ask, name, command, span) for name in names]
    release = _release(ask, command)
    take_turns(ask.session, names)
    conflicts = [c for wish in wishes if (c := _conflict(ask, wish))]
    if conflicts:
        if release:
            _keep_fitting(ask, release, conflicts, span)
        zone = str(zone_of(ask.session, ask.actor.team, ask.actor.user))
        again = _again(command) | {"when": command.when, "zone": zone}
        raise Refusal("booked_already", conflicts=conflicts, **again)
    rows = [_row(ask, wish, command) for wish in wishes]
    return _on_record(ask, rows)


def _wish(ask: Ask, name: str, command: BookEnvironments, span: Span) -> Wish:
    rules = bookable(ask, name)
    if command.purpose not in PURPOSES:
        raise Refusal("unknown_purpose", purpose=command.purpose, known=list(PURPOSES))
    code = may_book(span, ask.now, timedelta(seconds=rules.longest), timedelta(seconds=rules.ahead))
    if code:
        raise Refusal(
            code, environment=name, longest=rules.longest, ahead=rules.ahead,
            length=span.length.total_seconds(), start=stamp(span.start),
        )  # fmt: skip
    return Wish(name, rules, Held(span, command.shared, command.purpose))


def _release(ask: Ask, command: BookEnvironments) -> Release | None:
    if not command.service:
        return None
    return known_release(ask.session, ask.setup, command.service, command.version)


def _keep_fitting(ask: Ask, release: Release, conflicts: list[dict[str, Any]], span: Span) -> None:
    """Leave only what would do for the release as well, by the time that was wished for."""
    fit = fitting_then(ask.session, ask.setup, ask.now, release, span.start)
    for conflict in conflicts:
        conflict["others"] = [name for name in conflict["others"] if name in fit]


def _conflict(ask: Ask, wish: Wish) -> dict[str, Any] | None:
    rows = holding(ask.session, wish.environment, _window(ask.now, wish))
    blocking = clashes(wish.held, held(rows), wish.rules.share)
    if not blocking:
        return None
    ids = {one.id for one in blocking}
    slots = free_slots(wish.held, held(rows), wish.rules.share, _window(ask.now, wish))
    return {
        "environment": wish.environment,
        "by": [told_with_link(ask, row) for row in rows if row.id in ids],
        "slots": [[stamp(slot.start), stamp(slot.end)] for slot in slots],
        "others": _equivalents(ask, wish),
        "waiting": len(waiting(ask.session, wish.environment)),
    }


def _window(now: datetime, wish: Wish) -> Span:
    latest = now + timedelta(seconds=wish.rules.ahead) + wish.span.length
    return Span(max(now, wish.span.start - SEARCH), min(wish.span.end + SEARCH, latest))


def _equivalents(ask: Ask, wish: Wish) -> list[str]:
    """Environments of the same tier with the same services that this person may book instead and
    that are free all that time."""
    here = ask.setup.environments[wish.environment]
    mine = roles_of(ask.session, ask.setup, ask.actor.user)
    others = {
        name: other.bookings
        for name, other in ask.setup.environments.items()
        if name != wish.environment and other.tier == here.tier and other.bookings is not None
        if set(other.services) >= set(here.services) and mine & set(other.may("book"))
        if _allows(other.bookings, wish.span, ask.now)
    }
    locked = _locked_then(ask, wish.span)
    there = holding_by_place(ask.session, list(others), wish.span)
    return [
        name
        for name, rules in others.items()
        if name not in locked and not clashes(wish.held, held(there[name]), rules.share)
    ]


def _allows(rules: Bookings, span: Span, now: datetime) -> bool:
    longest, ahead = timedelta(seconds=rules.longest), timedelta(seconds=rules.ahead)
    return may_book(span, now, longest, ahead) is None


def _locked_then(ask: Ask, span: Span) -> set[str]:
    """The environments that somebody else's lock keeps this person out of when it would begin. One
    after a failure has no end yet: it counts for what begins now."""
    held = locks.by_place(ask.session, ask.setup, ask.now)
    then = stamp(span.start) or 0
    found = {
        name
        for name, there in held.items()
        if any(one["owner"] != ask.actor.user and one["until"] > then for one in there)
    }
    if span.start > ask.now:
        return found
    failed = ask.session.scalars(failure_locks(list(ask.setup.environments)))
    return found | {lock.environment for lock in failed}


def _again(command: BookEnvironments) -> dict[str, Any]:
    """What a button needs to ask for the same at another time or place."""
    return {
        "environments": list(command.environments),
        "shared": command.shared,
        "purpose": command.purpose,
        "title": command.title,
        "people": list(command.people),
        "service": command.service,
        "version": command.version,
    }


def _row(ask: Ask, wish: Wish, command: BookEnvironments) -> Booking:
    needed = wish.rules.approvals.needed
    expires = ask.now + timedelta(seconds=wish.rules.approvals.expire)
    return Booking(
        party=0,
        environment=wish.environment,
        starts_at=wish.span.start,
        ends_at=wish.span.end,
        shared=command.shared,
        purpose=command.purpose,
        title=command.title.strip()[:200],
        state="booked",
        team=ask.actor.team,
        owner=ask.actor.user,
        people=sorted(set(command.people) - {ask.actor.user})[:20],
        service=command.service,
        version=command.version,
        requested_at=ask.now,
        approvals_needed=needed,
        expires_at=min(expires, wish.span.end) if needed else None,
    )


def _on_record(ask: Ask, rows: Sequence[Booking]) -> Outcome:
    """All are asked for where one of them has to be approved, else all are booked."""
    state = "asked" if any(row.approvals_needed for row in rows) else "booked"
    for row in rows:
        row.state = state
        row.fingerprint = fingerprint(row)
        row.begun_at = row.starts_at if state == "booked" and row.starts_at <= ask.now else None
    ask.session.add_all(rows)
    ask.session.flush()
    for row in rows:
        row.party = rows[0].id
        post_card(ask, row)
    return Outcome(
        "booking_asked" if state == "asked" else "booked",
        {"bookings": [told(row) for row in rows], "needed": max(r.approvals_needed for r in rows)},
    )
