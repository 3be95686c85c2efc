"""Stopping, starting and restarting an environment as a whole, asked for by people. What it hits
is told first, and has to be confirmed as it was told, where others would feel it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.ask import Ask
from handlers.bookings.rows import current, told
from handlers.created import created_row
from handlers.deployments import summary
from handlers.environments import known_environment
from handlers.messages import (
    Outcome,
    Refusal,
    RestartEnvironment,
    StartEnvironment,
    StopEnvironment,
)
from handlers.people import require
from handlers.preparations import submit
from handlers.rules.approvals import canonical_hash
from handlers.rules.words import nearest
from handlers.scaling import replicas_now
from handlers.stop_rows import owns, stopped, told_stop
from handlers.tables import Deployment


def stop(ask: Ask, command: StopEnvironment) -> Outcome:
    """Queue it; whoever made an environment stops it without being asked twice."""
    name = command.environment
    _may(ask, name)
    if there := stopped(ask.session, name):
        raise Refusal("stopped_already", **told_stop(there))
    live = _live(ask, name)
    if not live:
        raise Refusal("nothing_to_stop", environment=name)
    _refuse_deploying(ask, name)
    if created_row(ask.session, name) is None:
        _second_word(ask, command, live)
    return submit(ask, "stop", name, command.reason)


def start(ask: Ask, command: StartEnvironment) -> Outcome:
    """Queue it where it is stopped."""
    _may(ask, command.environment)
    if stopped(ask.session, command.environment) is None:
        raise Refusal("not_stopped", environment=command.environment)
    return submit(ask, "start", command.environment, command.reason)


def restart(ask: Ask, command: RestartEnvironment) -> Outcome:
    """Queue it; where nothing would serve for a moment, that is told first."""
    name, service = command.environment, command.service
    _may(ask, name)
    known = sorted(ask.setup.environments[name].services)
    if service and service not in known:
        meant = nearest(service, known)
        raise Refusal("unknown_service", name=service, nearest=meant, known=known)
    if there := stopped(ask.session, name):
        raise Refusal("restart_stopped", **told_stop(there))
    live = [row for row in _live(ask, name) if service in ("", row.service)]
    if not live:
        raise Refusal("nothing_to_stop", environment=name, service=service)
    _refuse_deploying(ask, name)
    if created_row(ask.session, name) is None and _is_felt(ask, live):
        _second_word(ask, command, live)
    return submit(ask, "restart", name, command.reason, service)


def _is_felt(ask: Ask, live: list[Deployment]) -> bool:
    """Production always asks; elsewhere, where one of them has no other instance to serve."""
    environment = ask.setup.environments[live[0].environment]
    return environment.tier == "production" or any(_count(ask, row) < 2 for row in live)


def _count(ask: Ask, row: Deployment) -> int:
    if ask.setup.environments[row.environment].runtime == "process":
        return 1
    return replicas_now(ask.session, ask.setup, row.environment, row.service)


def _may(ask: Ask, name: str) -> None:
    """Who made an environment may stop it, whatever their role."""
    environment = known_environment(ask.setup, name)
    if not owns(ask.session, name, ask.actor.user):
        require(ask, "stop", environment.may("stop"))


def _live(ask: Ask, name: str) -> list[Deployment]:
    services = list(ask.setup.environments[name].services)
    rows = select(Deployment).where(
        Deployment.environment == name,
        Deployment.state == "live",
        Deployment.service.in_(services),
    )
    return sorted(ask.session.scalars(rows), key=lambda row: services.index(row.service))


def _refuse_deploying(ask: Ask, name: str) -> None:
    """What is being deployed there comes first; what waits for approval wakes it later."""
    row = ask.session.scalar(
        select(Deployment)
        .where(Deployment.environment == name, Deployment.state.in_(("running", "queued")))
        .order_by(Deployment.state.desc(), Deployment.id)
        .limit(1)
    )
    if row is not None:
        raise Refusal("deploying_there", **summary(ask.session, row))


def stop_mark(ask: Ask, name: str) -> str:
    """What a stop would hit now: who was told that need not be asked once more."""
    return _mark(ask, False, _live(ask, name))


def _mark(ask: Ask, restarts: bool, live: list[Deployment]) -> str:
    name = live[0].environment if live else ""
    bookings = [told(row) for row in current(ask.session, name, ask.now)]
    now = {row.service: f"{row.id}:{_count(ask, row)}" for row in live}
    facts = {"restarts": restarts, "environment": name, "live": now, "bookings": bookings}
    return canonical_hash(facts)


def _second_word(
    ask: Ask, command: StopEnvironment | RestartEnvironment, live: list[Deployment]
) -> None:
    """Ask once more, with all that it hits; what was not told so is asked again."""
    name, restarts = command.environment, isinstance(command, RestartEnvironment)
    bookings = [told(row) for row in current(ask.session, name, ask.now)]
    mark = _mark(ask, restarts, live)
    if command.seen == mark:
        return
    facts: dict[str, Any] = {
        "environment": name,
        "tier": ask.setup.environments[name].tier,
        "services": [
            {
                "service": row.service,
                "version": row.version,
                "requester": row.requester,
                "replicas": _count(ask, row),
            }
            for row in live
        ],
        "bookings": bookings,
        "seen": mark,
        "again": bool(command.seen),
        "reason": command.reason,
        "service": getattr(command, "service", ""),
    }
    raise Refusal("sure_to_restart" if restarts else "sure_to_stop", **facts)
