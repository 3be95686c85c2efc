"""Environments: which there are, who holds them, and how a hold ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import Ask, stamp
from handlers.deployment_rows import OPEN, told_state
from handlers.messages import ClearLock, ListEnvironments, Outcome, Refusal, ShowEnvironment
from handlers.people import holders
from handlers.rules.words import nearest
from handlers.setup import Environment, Setup
from handlers.subjects import DEPLOYMENT, deployment
from handlers.tables import Deployment, Lock

LAST = 6
"""Deployments of an environment that its page shows."""

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
    return session.scalar(_active_locks([environment]))


def _active_locks(environments: list[str]) -> Select[Lock]:
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
    return _told_lock(session, setup, now, active_lock(session, environment))


def _told_lock(
    session: Session, setup: Setup, now: datetime, lock: Lock | None
) -> dict[str, Any] | None:
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


def take_hold(session: Session, now: datetime, row: Deployment) -> None:
    """The hold of running work: the fence that is looked at right before each effect."""
    session.add(
        Lock(
            environment=row.environment,
            kind="operation",
            cause=deployment(row.id),
            owner=row.requester,
            reason=f"deployment {row.id} is running",
            since=now,
        )
    )


def holds(session: Session, row: Deployment) -> bool:
    """Is the environment still held by this very deployment?"""
    return session.scalar(_hold(row)) is not None


def release_hold(session: Session, now: datetime, row: Deployment) -> None:
    """Compare and delete: only this deployment's own hold goes."""
    for lock in session.scalars(_hold(row)):
        lock.released_at = now
        lock.released_by = "work"


def _hold(row: Deployment) -> Select[Lock]:
    return select(Lock).where(
        Lock.environment == row.environment,
        Lock.kind == "operation",
        Lock.cause == deployment(row.id),
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


def list_environments(ask: Ask, question: ListEnvironments) -> Outcome:
    """Every environment with what is live, who holds it and what waits for it."""
    names = list(ask.setup.environments)
    return Outcome("environments", {"environments": told_places(ask, names)})


def show_environment(ask: Ask, question: ShowEnvironment) -> Outcome:
    """One environment, with its rules and its last deployments."""
    environment = known_environment(ask.setup, question.environment)
    last = ask.session.scalars(
        select(Deployment)
        .where(Deployment.environment == question.environment)
        .order_by(Deployment.id.desc())
        .limit(LAST)
    )
    return Outcome(
        "environment",
        told_places(ask, [question.environment])[0]
        | {
            "runtime": environment.runtime,
            "may": {p: list(environment.may(p)) for p in ("deploy", "approve", "rollback")},
            "last": [_told(row) for row in last],
        },
    )


def told_places(ask: Ask, names: list[str]) -> list[dict[str, Any]]:
    """What runs in each, what is open, and its lock after a failure: two looks at the rows,
    however many environments there are."""
    rows = ask.session.scalars(
        select(Deployment).where(
            Deployment.environment.in_(names), Deployment.state.in_(("live", *OPEN))
        )
    )
    there: dict[str, list[Deployment]] = {name: [] for name in names}
    for row in rows:
        there[row.environment].append(row)
    locks = {lock.environment: lock for lock in ask.session.scalars(_active_locks(names))}
    return [_place(ask, name, there[name], locks.get(name)) for name in names]


def _place(ask: Ask, name: str, rows: list[Deployment], lock: Lock | None) -> dict[str, Any]:
    environment = ask.setup.environments[name]
    by_state: dict[str, list[Deployment]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row)
    live = {row.service: row for row in by_state.get("live", [])}
    return {
        "environment": name,
        "tier": environment.tier,
        "channel": environment.channel,
        "lock": _told_lock(ask.session, ask.setup, ask.now, lock),
        "services": [
            {
                "service": service,
                "address": place.address,
                "approvals": environment.approvals_needed(service),
                "live": _told(live[service]) if service in live else None,
            }
            for service, place in environment.services.items()
        ],
        "open": [_told(row) for state in reversed(OPEN) for row in by_state.get(state, [])],
    }


def _told(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "service": row.service,
        "version": row.version,
        "commit": row.commit,
        "state": told_state(row),
        "requester": row.requester,
        "url": row.url,
        "at": stamp(row.ended_at or row.live_at or row.started_at or row.requested_at),
    }
