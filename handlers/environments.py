"""Environments: which there are, who holds them, and how a hold ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import Ask, stamp
from handlers.messages import ClearLock, Outcome, Refusal
from handlers.people import holders
from handlers.rules.words import nearest
from handlers.setup import Environment, Setup
from handlers.subjects import DEPLOYMENT, Subject, deployment
from handlers.tables import Created, Deployment, Lock, Preparation

MEANINGFUL_REASON = 4
"""Characters below which a reason tells nobody anything."""


def known_environment(setup: Setup, name: str) -> Environment:
    """The environment of that name, or a refusal that says which there are."""
    found = setup.environments.get(name)
    if found is None:
        known = sorted(setup.environments)
        raise Refusal("unknown_environment", name=name, nearest=nearest(name, known), known=known)
    return found


def active_lock(session: Session, environment: str) -> Lock | None:
    """The lock that keeps people out. The hold of running work is not one: that is the queue."""
    return session.scalar(failure_locks([environment]))


def failure_locks(environments: list[str]) -> Select[Lock]:
    """The locks after failures that are still closed."""
    return select(Lock).where(
        Lock.environment.in_(environments), Lock.kind == "failure", Lock.released_at.is_(None)
    )


def lock_facts(lock: Lock | None) -> dict[str, Any] | None:
    """A lock as refusals and cards tell of it."""
    if lock is None:
        return None
    return {
        "environment": lock.environment,
        "claim": lock.id,
        "reason": lock.reason,
        "owner": lock.owner,
        "since": stamp(lock.since),
        "deployment": lock.number if lock.subject == DEPLOYMENT else None,
    }


def told_lock(
    session: Session, setup: Setup, now: datetime, environment: str
) -> dict[str, Any] | None:
    """The active lock, and who may clear it today."""
    return told_failure(session, setup, now, active_lock(session, environment))


def told_failure(
    session: Session, setup: Setup, now: datetime, lock: Lock | None
) -> dict[str, Any] | None:
    """A lock after a failure, and who may clear it today."""
    told = lock_facts(lock)
    if lock is None or told is None or lock.environment not in setup.environments:
        return told
    able = holders(session, setup, now, setup.environments[lock.environment].may("unlock"))
    return told | {"clearers": sorted(able)}


def take_lock(session: Session, now: datetime, row: Deployment, reason: str) -> None:
    """Lock the environment because of a deployment; one that is locked already stays as it is."""
    if active_lock(session, row.environment) is not None:
        return
    session.add(
        Lock(
            environment=row.environment,
            kind="failure",
            cause=deployment(row.id),
            owner=row.requester,
            reason=reason,
            since=now,
        )
    )


def take_hold(
    session: Session, now: datetime, row: Deployment | Preparation | Created, cause: Subject
) -> None:
    """The hold of running work: the fence that is looked at right before each effect."""
    session.add(
        Lock(
            environment=row.environment,
            kind="operation",
            cause=cause,
            owner=row.requester,
            reason=f"{cause} is running",
            since=now,
        )
    )


def holds(session: Session, environment: str, cause: Subject) -> bool:
    """Is the environment still held by this very work?"""
    return session.scalar(_hold(environment, cause)) is not None


def release_hold(session: Session, now: datetime, environment: str, cause: Subject) -> None:
    """Compare and delete: only this work's own hold goes."""
    for lock in session.scalars(_hold(environment, cause)):
        lock.released_at = now
        lock.released_by = "work"


def _hold(environment: str, cause: Subject) -> Select[Lock]:
    return select(Lock).where(
        Lock.environment == environment,
        Lock.kind == "operation",
        Lock.cause == cause,
        Lock.released_at.is_(None),
    )


def clear_lock(ask: Ask, command: ClearLock) -> Outcome:
    """Compare and delete: only the lock that was seen is opened, and the reason is kept."""
    lock = active_lock(ask.session, command.environment)
    if lock is None:
        raise Refusal("not_locked", environment=command.environment)
    if command.claim and lock.id != command.claim:
        raise Refusal("lock_changed", **(lock_facts(lock) or {}))
    if len(command.reason.strip()) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=command.environment, what="clear the lock")
    won = ask.session.execute(
        update(Lock)
        .where(Lock.id == lock.id, Lock.released_at.is_(None))
        .values(
            released_at=ask.now, released_by=ask.actor.user, release_reason=command.reason.strip()
        )
    )
    if not getattr(won, "rowcount", 0):
        raise Refusal("not_locked", environment=command.environment)
    facts = (lock_facts(lock) or {}) | {"by": ask.actor.user, "because": command.reason.strip()}
    if lock.number:
        show.note(ask.session, lock.cause, ask.now, "lock_cleared", **facts)
    return Outcome("lock_cleared", facts)
