"""Locks that people take: they keep deployments out of an environment, a tier or everything, each
with an owner, a reason and an end. Who took one deploys through it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import notices, show
from handlers.ask import Ask, stamp
from handlers.bookings.terms import read_when
from handlers.environments import MEANINGFUL_REASON, active_lock, clear_lock, known_environment
from handlers.messages import ClearLock, LockEnvironment, Outcome, Refusal, ShowLock
from handlers.people import holders
from handlers.setup import Setup
from handlers.subjects import lock as subject
from handlers.tables import Lock

ALL, TIER = "all", "tier:"
LONGEST = timedelta(days=30)


def places(setup: Setup, scope: str) -> list[str]:
    """The environments that a scope covers today; an unknown one is refused."""
    if scope == ALL:
        return list(setup.environments)
    if scope.startswith(TIER):
        tier = scope.removeprefix(TIER)
        found = [name for name, one in setup.environments.items() if one.tier == tier]
        if not found:
            known = sorted({one.tier for one in setup.environments.values()})
            raise Refusal("unknown_tier", name=tier, known=known)
        return found
    known_environment(setup, scope)
    return [scope]


def scopes_of(setup: Setup, environment: str) -> list[str]:
    """Every scope under which an environment can be locked, the narrowest first."""
    return [environment, f"{TIER}{setup.environments[environment].tier}", ALL]


def take(ask: Ask, command: LockEnvironment) -> Outcome:
    """Lock from now until a time that must be said; one lock for each scope."""
    covered = places(ask.setup, command.environment)
    span = read_when(ask, command.when)
    reason = command.reason.strip()[:500]
    if span.start > ask.now:
        raise Refusal("lock_begins_now", said=command.when)
    if span.length > LONGEST:
        raise Refusal("lock_too_long", longest=LONGEST.total_seconds())
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=command.environment, what="lock it")
    open_those_over(ask)
    there = _active(ask.session, ask.now, [command.environment])
    if there:
        raise Refusal("locked_already", **facts(ask.session, ask.setup, ask.now, there[0]))
    lock = Lock(
        environment=command.environment, kind="person", owner=ask.actor.user, reason=reason,
        since=ask.now, until=span.end,
    )  # fmt: skip
    ask.session.add(lock)
    ask.session.flush()
    channel = ask.setup.environments[covered[0]].channel
    show.open_card(ask.session, subject(lock.id), ask.now, channel, ask.actor.user)
    return Outcome("locked_now", facts(ask.session, ask.setup, ask.now, lock))


def _active(session: Session, now: datetime, scopes: list[str]) -> list[Lock]:
    """The locks that hold now: one whose time is over does not, also where nobody has opened it
    yet."""
    locks = select(Lock).where(
        Lock.environment.in_(scopes), Lock.kind == "person", Lock.released_at.is_(None)
    )
    return [lock for lock in session.scalars(locks.order_by(Lock.id)) if not _over(lock, now)]


def _over(lock: Lock, now: datetime) -> bool:
    return lock.until is not None and lock.until <= now


def open_those_over(ask: Ask) -> int:
    """Open the locks whose time is over, and have their cards say so."""
    locks = select(Lock).where(Lock.kind == "person", Lock.released_at.is_(None))
    over = [lock for lock in ask.session.scalars(locks) if _over(lock, ask.now)]
    for lock in over:
        lock.released_at, lock.released_by = ask.now, "clock"
        show.note(ask.session, subject(lock.id), ask.now, "lock_over")
    return len(over)


def facts(session: Session, setup: Setup, now: datetime, lock: Lock) -> dict[str, Any]:
    """A lock as refusals and cards tell of it, and who may open it today."""
    roles = [setup.environments[n].may("unlock") for n in places(setup, lock.environment)]
    able = [holders(session, setup, now, one) for one in roles]
    return {
        "environment": lock.environment,
        "claim": lock.id,
        "reason": lock.reason,
        "owner": lock.owner,
        "since": stamp(lock.since),
        "until": stamp(lock.until),
        "clearers": sorted(frozenset.intersection(*able)) if able else [],
    }


def on(
    session: Session, setup: Setup, now: datetime, environment: str, requester: str
) -> tuple[dict[str, Any], ...]:
    """The locks that keep ``requester`` out of an environment now."""
    there = _active(session, now, scopes_of(setup, environment))
    return tuple(facts(session, setup, now, lock) for lock in there if lock.owner != requester)


def by_place(session: Session, setup: Setup, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The locks that people hold now on each environment, whatever scope they were taken with."""
    every = [f"{TIER}{one.tier}" for one in setup.environments.values()]
    there = _active(session, now, [*setup.environments, *every, ALL])
    told = {lock.environment: facts(session, setup, now, lock) for lock in there}
    return {
        name: [told[scope] for scope in scopes_of(setup, name) if scope in told]
        for name in setup.environments
    }


def clear(ask: Ask, command: ClearLock) -> Outcome:
    """Open the lock that was seen, by compare-and-delete."""
    lock = _meant(ask, command.environment, command.claim)
    return clear_lock(ask, command) if lock.kind == "failure" else _open(ask, command, lock)


def look(ask: Ask, question: ShowLock) -> Outcome:
    """What would be opened, before a reason is asked for."""
    lock = _meant(ask, question.environment, question.claim)
    return Outcome("clear_lock", facts(ask.session, ask.setup, ask.now, lock))


def _meant(ask: Ask, environment: str, claim: int) -> Lock:
    """The lock that was seen. Where none was named, the one after a failure comes first."""
    failure = active_lock(ask.session, environment)
    there = [failure] if failure else []
    there += _active(ask.session, ask.now, [environment])
    if not there:
        raise Refusal("not_locked", environment=environment)
    for lock in there:
        if claim in (0, lock.id):
            return lock
    raise Refusal("lock_changed", **facts(ask.session, ask.setup, ask.now, there[0]))


def _open(ask: Ask, command: ClearLock, lock: Lock) -> Outcome:
    """A person's lock; whose it was is told by whom it was opened, and why."""
    reason = command.reason.strip()[:500]
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=command.environment, what="clear the lock")
    won = ask.session.execute(
        update(Lock)
        .where(Lock.id == lock.id, Lock.released_at.is_(None))
        .values(released_at=ask.now, released_by=ask.actor.user, release_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if not getattr(won, "rowcount", 0):
        raise Refusal("not_locked", environment=command.environment)
    told = facts(ask.session, ask.setup, ask.now, lock) | {"by": ask.actor.user, "because": reason}
    show.note(ask.session, subject(lock.id), ask.now, "lock_cleared", **told)
    if lock.owner != ask.actor.user:
        notices.tell(
            ask.session, lock.owner, ask.now, "lock_taken_away", about=subject(lock.id), **told
        )
    return Outcome("lock_cleared", told)
