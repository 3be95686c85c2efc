"""Environments that stop and start by themselves: what is due, and keeping one running."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers import notices
from handlers.ask import Ask, stamp
from handlers.bookings.rows import current
from handlers.bookings.terms import read_when
from handlers.created import created_row
from handlers.environments import known_environment
from handlers.messages import KeepRunning, Outcome, Refusal, SweepStops
from handlers.people import require
from handlers.preparations import submit
from handlers.rest_rows import rest_facts
from handlers.rules.rest import KINDS, RestFacts, due, is_idle
from handlers.stop_rows import owns
from handlers.stops import stop_mark
from handlers.tables import Deployment, Idle, Stay, Stop

LONGEST = timedelta(days=14)

WHY = {
    "booking": "a booking has begun",
    "hours_begin": "working hours have begun",
    "hours_over": "working hours are over",
    "idle": "nobody used it",
}
KEEP = timedelta(days=1)
"""How much longer the button under a reminder keeps it running."""


def sweep(ask: Ask, command: SweepStops) -> Outcome:
    """Start and stop what is due, each asked once more when its turn comes; tell the owners of what
    is idle, and take that back where it is used again."""
    asleep = set(ask.session.scalars(select(Stop.environment).where(Stop.ended_at.is_(None))))
    done: dict[str, list[str]] = {}
    for name, environment in ask.setup.environments.items():
        if name not in asleep and not environment.rests:
            continue
        facts = rest_facts(ask.session, ask.setup, ask.now, name)
        news = _see_to_notice(ask, name, facts)
        why = due(facts)
        if why:
            submit(ask, KINDS[why], name, WHY[why])
        for what in filter(None, (news, why)):
            done.setdefault(what, []).append(name)
    return Outcome("stops_swept", done) if done else Outcome("nothing_due")


def _see_to_notice(ask: Ask, name: str, facts: RestFacts) -> str:
    """What became of the word that it is idle: said, taken back, or come true."""
    row = ask.session.get(Idle, name)
    if row is not None and row.told_at is not None:
        used = facts.last_use
        if facts.stopped is not None:
            return _settle(ask, row, "idle_stopped")
        if used is not None and used > row.told_at:
            return _settle(ask, row, "idle_over")
        return ""
    if not is_idle(facts) or facts.busy or facts.closed:
        return ""
    _remind(ask, name, facts)
    return "idle_soon"


def _settle(ask: Ask, row: Idle, code: str) -> str:
    row.told_at = None
    if code == "idle_stopped":
        notices.change(ask.session, row.notice, "idle_soon", "idle_stopped", at=stamp(ask.now))
    else:
        notices.change(ask.session, row.notice, "idle_soon", "idle_over", at=stamp(ask.now))
    return code


def _remind(ask: Ask, name: str, facts: RestFacts) -> None:
    row = ask.session.get(Idle, name)
    if row is None:
        row = Idle(environment=name, count=None, asked_at=None, notice=0)
        ask.session.add(row)
    row.told_at = ask.now
    told = told_idle(ask, name, facts) | {"until": stamp(ask.now + facts.notice)}
    row.notice = notices.tell(ask.session, _owner(ask, name), ask.now, "idle_soon", **told)


def told_idle(ask: Ask, name: str, facts: RestFacts) -> dict[str, Any]:
    """An environment that nobody uses, with what its buttons need."""
    made = created_row(ask.session, name)
    return {
        "environment": name,
        "idle_since": stamp(facts.last_use),
        "created": made.id if made else 0,
        "seen": stop_mark(ask, name),
        "longer": stamp(ask.now + KEEP),
        "rests": ask.setup.environments[name].rests,
    }


def _owner(ask: Ask, name: str) -> str:
    """Who made it, who has it, or who deployed there last."""
    made = created_row(ask.session, name)
    runs = current(ask.session, name, ask.now)
    last = select(Deployment.requester).where(
        Deployment.environment == name, Deployment.state == "live"
    )
    deployer = ask.session.scalar(last.order_by(Deployment.live_at.desc()).limit(1))
    return made.owner if made else runs[0].owner if runs else str(deployer)


def keep_running(ask: Ask, command: KeepRunning) -> Outcome:
    """Have it run until then, whatever its hours say and whether anybody uses it or not."""
    name = command.environment
    environment = known_environment(ask.setup, name)
    if not owns(ask.session, name, ask.actor.user):
        require(ask, "stop", environment.may("stop"))
    if not environment.rests:
        raise Refusal("runs_always", environment=name)
    until = read_when(ask, command.when).end
    if until > ask.now + LONGEST:
        raise Refusal("kept_too_long", environment=name, until=stamp(until), days=LONGEST.days)
    ask.session.merge(Stay(environment=name, until=until, by=ask.actor.user, at=ask.now))
    facts: dict[str, Any] = {"environment": name, "until": stamp(until)}
    row = ask.session.get(Idle, name)
    if row is not None and row.told_at is not None:
        row.told_at = None
        notices.change(ask.session, row.notice, "idle_soon", "idle_kept", **facts)
    return Outcome("kept_running", facts)
