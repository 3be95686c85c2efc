"""Environments that stop and start by themselves: what is due, and keeping one running."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.ask import Ask, stamp
from handlers.bookings.terms import read_when
from handlers.environments import known_environment
from handlers.messages import KeepRunning, Outcome, Refusal, SweepStops
from handlers.people import require
from handlers.preparations import submit
from handlers.rest_rows import rest_facts
from handlers.rules.rest import KINDS, due
from handlers.stop_rows import owns
from handlers.tables import Stay, Stop

LONGEST = timedelta(days=14)

WHY = {
    "booking": "a booking has begun",
    "hours_begin": "working hours have begun",
    "hours_over": "working hours are over",
}


def sweep(ask: Ask, command: SweepStops) -> Outcome:
    """Start and stop what is due; each is asked once more when its turn comes."""
    asleep = set(ask.session.scalars(select(Stop.environment).where(Stop.ended_at.is_(None))))
    done: dict[str, list[str]] = {}
    for name, environment in ask.setup.environments.items():
        if name not in asleep and environment.working_hours is None:
            continue
        why = due(rest_facts(ask.session, ask.setup, ask.now, name))
        if why:
            submit(ask, KINDS[why], name, WHY[why])
            done.setdefault(why, []).append(name)
    return Outcome("stops_swept", done) if done else Outcome("nothing_due")


def keep_running(ask: Ask, command: KeepRunning) -> Outcome:
    """Have it run until then, whatever its hours say."""
    name = command.environment
    environment = known_environment(ask.setup, name)
    if not owns(ask.session, name, ask.actor.user):
        require(ask, "stop", environment.may("stop"))
    if environment.working_hours is None:
        raise Refusal("runs_always", environment=name)
    until = read_when(ask, command.when).end
    if until > ask.now + LONGEST:
        raise Refusal("kept_too_long", environment=name, until=stamp(until), days=LONGEST.days)
    ask.session.merge(Stay(environment=name, until=until, by=ask.actor.user, at=ask.now))
    facts: dict[str, Any] = {"environment": name, "until": stamp(until)}
    return Outcome("kept_running", facts)
