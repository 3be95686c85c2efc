"""Asking for an environment to be prepared or reset, and deciding about a step that failed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers import locks, show
from handlers.ask import Ask, Work
from handlers.bookings.look import booking_of_others
from handlers.deployment_rows import ahead_of, next_place, touch_queue
from handlers.environments import MEANINGFUL_REASON, known_environment, release_hold
from handlers.messages import (
    DecidePreparation,
    Outcome,
    PrepareEnvironment,
    ReconcilePreparation,
    Refusal,
    ResetEnvironment,
)
from handlers.people import require
from handlers.preparation_rows import move, open_one, told, work_name
from handlers.rules.gates import Blocker
from handlers.setup import Setup
from handlers.subjects import preparation
from handlers.tables import Preparation, Step


def prepare(ask: Ask, command: PrepareEnvironment) -> Outcome:
    """Queue it among the deployments of its environment."""
    return _submit(ask, "prepare", command.environment, command.reason)


def reset(ask: Ask, command: ResetEnvironment) -> Outcome:
    """Likewise; what is there is lost to everybody, so a reason has to be given."""
    if len(command.reason.strip()) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=command.environment, what="reset it")
    return _submit(ask, "reset", command.environment, command.reason)


def _submit(ask: Ask, kind: str, environment: str, reason: str) -> Outcome:
    known_environment(ask.setup, environment)
    there = open_one(ask.session, environment)
    if there is not None:
        raise Refusal("preparing_already", **told(ask.session, there))
    row = Preparation(
        kind=kind, environment=environment, state="queued", team=ask.actor.team,
        requester=ask.actor.user, reason=reason.strip()[:500], requested_at=ask.now,
        queue_place=next_place(ask.session), attempt=1,
    )  # fmt: skip
    found = blockers(ask.session, ask.setup, ask.now, row)
    if found:
        listed = [{"code": b.code, "facts": dict(b.facts)} for b in found]
        raise Refusal("preparation_blocked", **told(ask.session, row), blockers=listed)
    ask.session.add(row)
    ask.session.flush()
    channel = ask.setup.environments[environment].channel
    show.open_card(ask.session, preparation(row.id), ask.now, channel, row.requester)
    _start(ask, row)
    behind = len(ahead_of(ask.session, environment, row.queue_place))
    return Outcome("preparation_queued", told(ask.session, row) | {"behind": behind})


def _start(ask: Ask, row: Preparation) -> None:
    work = Work("bring_up", work_name(row), row.id, row.environment, row.queue_place)
    ask.start(ask.session, work)


def blockers(
    session: Session, setup: Setup, now: datetime, row: Preparation
) -> tuple[Blocker, ...]:
    """Why it may not begin now. The lock that a failed deployment leaves is none: this may be how
    its cause goes away, and the lock stays."""
    if row.environment not in setup.environments:
        return (Blocker("environment_gone", {"environment": row.environment}),)
    held = locks.on(session, setup, now, row.environment, row.requester)
    booked = booking_of_others(session, now, row.environment, row.requester)
    found = [Blocker("locked_by_person", lock) for lock in held]
    return (*found, *([Blocker("booked", booked)] if booked else []))


def decide(ask: Ask, command: DecidePreparation) -> Outcome:
    """Try the step that failed again, go on without it, or leave it all as it is now."""
    row = ask.session.get(Preparation, command.preparation)
    if row is None or row.state != "stuck" or row.attempt != command.attempt:
        raise Refusal("preparation_moved_on", **(told(ask.session, row) if row else {}))
    environment = known_environment(ask.setup, row.environment)
    require(ask, row.kind, environment.may(row.kind))
    if command.choice == "abort":
        return _abort(ask, row)
    if command.choice == "skip":
        _skip(ask, row)
    won = move(ask.session, row, "stuck", "queued", attempt=row.attempt + 1, failure="")
    if not won:
        raise Refusal("preparation_moved_on", **told(ask.session, row))
    _tell(ask, row, "preparation_retried" if command.choice == "retry" else "preparation_skipped")
    _start(ask, row)
    return Outcome("preparation_goes_on", told(ask.session, row) | {"choice": command.choice})


def reconcile(ask: Ask, command: ReconcilePreparation) -> Outcome:
    """Start work that the engine has never heard of; hand to a person what it gave up on."""
    row = ask.session.get(Preparation, command.preparation)
    if row is None or row.state not in ("queued", "running"):
        return Outcome("nothing_due")
    if not command.engine:
        _start(ask, row)
        return Outcome("started_again", {"preparation": row.id})
    failure = f"The work ended as {command.engine} and left no outcome."
    for step in ask.session.query(Step).filter_by(of=preparation(row.id), state="in_progress"):
        step.state, step.detail = "error", failure
    move(ask.session, row, row.state, "stuck", failure=failure)
    show.note(ask.session, preparation(row.id), ask.now, "preparation_stuck", sentence=failure)
    return Outcome("needs_attention", {"preparation": row.id, "engine": command.engine})


def _skip(ask: Ask, row: Preparation) -> None:
    failed = ask.session.query(Step).filter_by(of=preparation(row.id), state="error")
    for step in failed:
        step.state = "skipped"


def _abort(ask: Ask, row: Preparation) -> Outcome:
    if not move(ask.session, row, "stuck", "aborted", ended_at=ask.now, ended_by=ask.actor.user):
        raise Refusal("preparation_moved_on", **told(ask.session, row))
    release_hold(ask.session, ask.now, row.environment, preparation(row.id))
    touch_queue(ask.session, row.environment)
    _tell(ask, row, "preparation_aborted")
    return Outcome("preparation_aborted", told(ask.session, row))


def _tell(ask: Ask, row: Preparation, code: str) -> None:
    show.note(ask.session, preparation(row.id), ask.now, code, by=ask.actor.user)
