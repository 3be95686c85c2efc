"""What the rows know of whether an environment is to rest: ``handlers/rules/rest.py`` decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import locks
from handlers.ask import stamp
from handlers.bookings.rows import current
from handlers.created import going
from handlers.environments import active_lock
from handlers.messages import CLOCK
from handlers.rules.hours import Hours, days_of, next_opening
from handlers.rules.rest import RestFacts
from handlers.setup import Environment, Setup, clock_time
from handlers.stop_rows import stopped, told_stop
from handlers.tables import Deployment, Idle, Preparation, Stay, Stop

UNDER_WAY = ("queued", "running")


def hours_of(environment: Environment) -> Hours | None:
    """Its working hours, as the rules take them."""
    said = environment.working_hours
    if said is None:
        return None
    times = clock_time(said.begin), clock_time(said.until)
    return Hours(days_of(said.days), *times, ZoneInfo(said.zone))


def rest_facts(session: Session, setup: Setup, now: datetime, name: str, but: int = 0) -> RestFacts:
    """How it is with one environment; ``but`` is the work that is about to begin there itself."""
    there = stopped(session, name)
    runs = current(session, name, now)
    stay, idle = session.get(Stay, name), session.get(Idle, name)
    asked = [idle.asked_at if idle else None, *(row.used_at for row in runs)]
    after = setup.environments[name].idle_stop
    return RestFacts(
        now=now,
        hours=hours_of(setup.environments[name]),
        stopped=there.since if there else None,
        booked=max((row.begun_at or row.starts_at for row in runs), default=None),
        used=_used(session, name),
        kept=stay.until if stay else None,
        busy=_is_busy(session, name, but),
        closed=_is_closed(session, setup, now, name),
        runs=_lives(session, name),
        asked=max(filter(None, asked), default=None),
        idle=None if after is None else timedelta(seconds=after),
        told=idle.told_at if idle else None,
    )


def _is_busy(session: Session, name: str, but: int) -> bool:
    """Something is done there, or waits for its turn or for a person."""
    deploying = select(Deployment.id).where(
        Deployment.environment == name, Deployment.state.in_(UNDER_WAY)
    )
    other = select(Preparation.id).where(
        Preparation.environment == name,
        Preparation.state.in_((*UNDER_WAY, "stuck")),
        Preparation.id != but,
    )
    return any(session.scalar(one.limit(1)) is not None for one in (deploying, other))


def _is_closed(session: Session, setup: Setup, now: datetime, name: str) -> bool:
    held = locks.on(session, setup, now, name, CLOCK.user)
    failed = active_lock(session, name) is not None
    return bool(held) or failed or going(session, name) is not None


def _lives(session: Session, name: str) -> bool:
    live = select(Deployment.id).where(Deployment.environment == name, Deployment.state == "live")
    return session.scalar(live.limit(1)) is not None


def _used(session: Session, name: str) -> datetime | None:
    """When somebody last deployed there, had something done with it, or had it started."""
    deployed = func.coalesce(Deployment.live_at, Deployment.ended_at, Deployment.requested_at)
    worked = func.coalesce(Preparation.ended_at, Preparation.requested_at)
    by_people = (Preparation.requester != CLOCK.user) | (Preparation.ended_by != "")
    done = (
        select(func.max(deployed)).where(Deployment.environment == name),
        select(func.max(worked)).where(Preparation.environment == name, by_people),
        select(func.max(Stop.ended_at)).where(Stop.environment == name),
    )
    return max(filter(None, map(session.scalar, done)), default=None)


def told_stops(
    session: Session, setup: Setup, now: datetime, names: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """What is told of each of them that is stopped, and when it starts by itself."""
    rows = select(Stop).where(Stop.environment.in_(list(names)), Stop.ended_at.is_(None))
    found = {}
    for row in session.scalars(rows):
        there = setup.environments.get(row.environment)
        hours = hours_of(there) if there else None
        starts = stamp(next_opening(hours, now)) if hours else None
        found[row.environment] = told_stop(row) | {"starts": starts}
    return found
