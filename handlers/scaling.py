"""How many instances of a service run: asked for here, carried out by ``handlers/work/scale.py``
in the queue of the environment, and kept by every later deployment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import locks
from handlers.ask import Ask, Work, stamp
from handlers.deployment_rows import live, next_place
from handlers.environments import MEANINGFUL_REASON, known_environment, told_lock
from handlers.messages import Outcome, Refusal, ScaleService
from handlers.preparation_rows import held_up
from handlers.rules.words import nearest
from handlers.setup import Setup
from handlers.stop_rows import stopped, told_stop
from handlers.tables import Scaling

MOST = 50


def last_scaling(session: Session, environment: str, service: str) -> Scaling | None:
    """The order that counts: the newest one that was carried out."""
    return session.scalar(
        select(Scaling)
        .where(
            Scaling.environment == environment, Scaling.service == service, Scaling.state == "done"
        )
        .order_by(Scaling.id.desc())
        .limit(1)
    )


def replicas_now(session: Session, setup: Setup, environment: str, service: str) -> int:
    """How many there are to be: as somebody asked for last, else as the setup says."""
    row = last_scaling(session, environment, service)
    return row.replicas if row else setup.services[service].container.replicas


def scale(ask: Ask, command: ScaleService) -> Outcome:
    """Queue it behind what goes on in the environment. Never to none; to less than half only
    with a reason: a slip of the finger must not take a service's strength away."""
    now = _checked(ask, command)
    row = Scaling(
        environment=command.environment, service=command.service, replicas=command.replicas,
        before=now, team=ask.actor.team, requester=ask.actor.user,
        reason=command.reason.strip()[:500], requested_at=ask.now, state="queued",
        queue_place=next_place(ask.session), ended_at=None,
    )  # fmt: skip
    ask.session.add(row)
    ask.session.flush()
    work = Work("scale", f"scale:{row.id}", row.id, row.environment, row.queue_place)
    ask.start(ask.session, work)
    return Outcome("scaling_asked", told(row))


def told(row: Scaling) -> dict[str, Any]:
    return {
        "scaling": row.id,
        "environment": row.environment,
        "service": row.service,
        "replicas": row.replicas,
        "before": row.before,
        "requester": row.requester,
        "reason": row.reason,
        "at": stamp(row.ended_at or row.requested_at),
    }


def hindrance(
    session: Session, setup: Setup, now: datetime, row: tuple[str, str]
) -> Refusal | None:
    """What keeps ``row``, an environment and who asks, from changing anything there now."""
    environment, requester = row
    failure = told_lock(session, setup, now, environment)
    held = [failure] if failure else list(locks.on(session, setup, now, environment, requester))
    if held:
        return Refusal("scaling_locked", **held[0])
    if asleep := stopped(session, environment):
        return Refusal("scaling_stopped", **told_stop(asleep))
    there = held_up(session, environment)
    return Refusal("scaling_held", **there) if there else None


def _checked(ask: Ask, command: ScaleService) -> int:
    """How many there are now."""
    environment = known_environment(ask.setup, command.environment)
    place = {"environment": command.environment, "service": command.service}
    known = sorted(environment.services)
    if command.service not in known:
        meant = nearest(command.service, known)
        raise Refusal("unknown_service", name=command.service, nearest=meant, known=known)
    if environment.runtime == "process":
        raise Refusal("not_scalable", **place)
    if command.replicas < 1:
        raise Refusal("never_to_none", **place)
    if command.replicas > MOST:
        raise Refusal("too_many_instances", most=MOST, **place)
    if live(ask.session, command.service, command.environment) is None:
        raise Refusal("nothing_to_scale", **place)
    if stop := hindrance(ask.session, ask.setup, ask.now, (command.environment, ask.actor.user)):
        raise stop
    waiting = ask.session.scalar(
        select(Scaling).where(
            Scaling.environment == command.environment,
            Scaling.service == command.service,
            Scaling.state == "queued",
        )
    )
    if waiting is not None:
        raise Refusal("scaling_already", **told(waiting))
    now = replicas_now(ask.session, ask.setup, command.environment, command.service)
    if command.replicas == now:
        raise Refusal("as_many_already", replicas=now, **place)
    if command.replicas * 2 < now and len(command.reason.strip()) < MEANINGFUL_REASON:
        raise Refusal("second_word_needed", before=now, replicas=command.replicas, **place)
    return now
