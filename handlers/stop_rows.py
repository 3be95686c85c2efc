"""Environments that are stopped on purpose: which are, since when, and how that begins and ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers.ask import Ask, stamp
from handlers.created import created_row
from handlers.environments import known_environment
from handlers.messages import CLOCK, Actor
from handlers.people import person_facts, require
from handlers.rules.people import may_act, may_with_role
from handlers.setup import Setup
from handlers.tables import Idle, Preparation, Stay, Stop

STOPPING = ("stop", "start", "restart")
"""Kinds of work that need the power to stop."""


def permission(kind: str) -> str:
    """The power that one kind of work needs."""
    return "stop" if kind in STOPPING else kind


def powerless(session: Session, setup: Setup, now: datetime, row: Preparation) -> str | None:
    """Why whoever asked for it may not do it today; the clock acts by the setup alone."""
    if row.requester == CLOCK.user:
        return None
    person = person_facts(session, setup, now, Actor(row.team, row.requester))
    if row.kind in STOPPING and owns(session, row.environment, row.requester):
        return may_act(person)
    return may_with_role(person, setup.environments[row.environment].may(permission(row.kind)))


def require_power(ask: Ask, row: Preparation) -> None:
    """The one who asks may do such work there today, or a refusal; whoever made it may stop it."""
    environment = known_environment(ask.setup, row.environment)
    if row.kind not in STOPPING or not owns(ask.session, row.environment, ask.actor.user):
        needed = permission(row.kind)
        require(ask, needed, environment.may(needed))


def owns(session: Session, environment: str, user: str) -> bool:
    """Did this person make the environment?"""
    row = created_row(session, environment)
    return row is not None and row.owner == user


def stopped(session: Session, environment: str) -> Stop | None:
    """Its stop that lasts; None where it is to run."""
    return session.scalar(
        select(Stop).where(Stop.environment == environment, Stop.ended_at.is_(None))
    )


def begin_stop(session: Session, now: datetime, row: Preparation) -> None:
    """From now on nothing runs there, and that is as it should be."""
    session.add(Stop(environment=row.environment, by=row.requester, reason=row.reason, since=now))
    session.flush()


def end_stop(session: Session, now: datetime, environment: str, by: str) -> bool:
    """From now on everything is to run there again; False where it was not stopped."""
    row = stopped(session, environment)
    if row is None:
        return False
    row.ended_at, row.ended_by = now, by
    session.flush()
    return True


def forget_rest(session: Session, now: datetime, environment: str, by: str) -> None:
    """It is on its way out: whoever makes one of that name later has another one."""
    end_stop(session, now, environment, by)
    for table in (Idle, Stay):
        session.execute(delete(table).where(table.environment == environment))


def told_stop(row: Stop) -> dict[str, Any]:
    """A stop as answers, refusals and lists tell of it."""
    return {
        "environment": row.environment,
        "by": row.by,
        "since": stamp(row.since),
        "reason": row.reason,
    }
