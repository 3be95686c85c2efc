"""The setup file against what was made by it: what is live, and environments from blueprints. What
has changed since is told once, with what to do; nothing is changed by that alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import notices
from handlers.ask import Ask
from handlers.bookings.rows import HOLDING
from handlers.created import created_row
from handlers.declarations import note_declared
from handlers.deployment_rows import OPEN
from handlers.drifts import made_as
from handlers.messages import CompareSetup, Outcome, Refusal
from handlers.people import holders
from handlers.rules.approvals import canonical_hash
from handlers.setup import Blueprint, Environment, Setup
from handlers.tables import Booking, Created, Deployment, Preparation, ToldChange

Change = dict[str, Any]
"""``what`` changed, of which ``service`` (empty: of the environment), what it ``was`` and is
``now``, and the ``remedy``: deploy, reset or create; empty where the file has to be looked at."""


def changes(session: Session, setup: Setup, environment: str) -> list[Change]:
    """All that is there otherwise than the file would make it now."""
    row = created_row(session, environment)
    found = _of_blueprint(setup, row) if row else []
    live = select(Deployment).where(
        Deployment.environment == environment, Deployment.state == "live"
    )
    services = setup.environments[environment].services
    for one in session.scalars(live.order_by(Deployment.service)):
        if one.service not in services or one.service not in setup.services:
            found.append(_change(one.service, "service", one.version, None, ""))
        elif one.made_as:
            made = made_as(setup, environment, one.service) or {}
            found += _of_service(one.service, one.made_as, made)
    return found


def differs(setup: Setup, row: Deployment) -> bool:
    """Would the file make now what is live otherwise than it was made?"""
    made = made_as(setup, row.environment, row.service)
    return bool(row.made_as and made and _differing(row.made_as, made))


def _change(service: str, what: str, was: Any, now: Any, remedy: str) -> Change:
    return {"service": service, "what": what, "was": was, "now": now, "remedy": remedy}


def _of_service(service: str, was: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    return [
        _change(service, name, old, new, "reset" if name.startswith("data") else "deploy")
        for name, old, new in _differing(was, now)
    ]


def _differing(was: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Names with both values, those of parts of parts with a dot. What an older bot did not write
    down is nobody's change."""
    found: list[tuple[str, Any, Any]] = []
    for name, old in was.items():
        new = now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found += [(f"{name}.{part}", a, b) for part, a, b in _differing(old, new)]
        elif old != new:
            found.append((name, old, new))
    return found


def _of_blueprint(setup: Setup, row: Created) -> list[Change]:
    """A shape never changes by itself, so it is what the blueprint was."""
    blueprint = setup.blueprints.get(row.blueprint)
    if blueprint is None:
        return [_change("", "blueprint", row.blueprint, None, "")]
    was, now = Environment.read_again(row.shape).kept(), _shape_now(blueprint, row)
    found = [
        _change("", name, old, new, "create")
        for name, old, new in _differing(_without_services(was), _without_services(now))
    ]
    for service in dict.fromkeys((*was["services"], *now["services"])):
        old, new = was["services"].get(service), now["services"].get(service)
        if old is None or new is None:
            was_there, is_there = ("there" if one else None for one in (old, new))
            found.append(_change(service, "service", was_there, is_there, "create"))
        else:
            found += [_change(service, n, a, b, "create") for n, a, b in _differing(old, new)]
    return found


def _shape_now(blueprint: Blueprint, row: Created) -> dict[str, Any]:
    """What it would be made as now, at the addresses that it has."""
    now = blueprint.at(blueprint.ports).kept()
    for service, place in now["services"].items():
        if service in row.shape["services"]:
            place["address"] = row.shape["services"][service]["address"]
    return Environment.read_again(now).kept()


def _without_services(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if name != "services"}


def compare(ask: Ask, command: CompareSetup) -> Outcome:
    """Tell each environment's people once what has changed in the file since it was made, and
    write down which environments it has."""
    note_declared(ask.session, ask.setup, ask.now)
    told = [
        name
        for name in ask.setup.environments
        if _is_news(ask, name, changes(ask.session, ask.setup, name))
    ]
    gone = [name for name in removed(ask.session, ask.setup) if _is_lost(ask, name)]
    found = {"changed": told, "removed": gone}
    return Outcome("setup_compared" if told or gone else "nothing_due", found)


def _is_news(ask: Ask, name: str, found: list[Change]) -> bool:
    if not _is_new(ask, name, found):
        return False
    row = created_row(ask.session, name)
    roles = ask.setup.environments[name].may("prepare")
    people = {row.owner} if row else holders(ask.session, ask.setup, ask.now, roles)
    facts: dict[str, Any] = {
        "environment": name,
        "changes": found,
        "live": live_versions(ask.session, name),
        "blueprint": row.blueprint if row else "",
    }
    for user in sorted(people):
        notices.tell(ask.session, user, ask.now, "setup_changed", **facts)
    return True


def _is_new(ask: Ask, name: str, found: list[Change]) -> bool:
    """Remember what was told of an environment, and whether this is something else."""
    row = ask.session.get(ToldChange, name)
    digest = canonical_hash({"changes": found}) if found else ""
    if row is not None and not found:
        ask.session.delete(row)
    if not found or (row is not None and row.digest == digest):
        return False
    ask.session.merge(ToldChange(environment=name, digest=digest, at=ask.now))
    return True


def live_versions(session: Session, environment: str) -> dict[str, str]:
    live = select(Deployment.service, Deployment.version).where(
        Deployment.environment == environment, Deployment.state == "live"
    )
    return dict(session.execute(live).all())


def removed(session: Session, setup: Setup) -> list[str]:
    """Environments that the file has no more, though something of them is there still."""
    used = (
        select(Deployment.environment).where(Deployment.state.in_(("live", *OPEN))),
        select(Booking.environment).where(Booking.state.in_(HOLDING)),
        select(Preparation.environment).where(
            Preparation.state.in_(("waiting", "queued", "running", "stuck"))
        ),
    )
    names = {name for one in used for name in session.scalars(one.distinct())}
    return sorted(names - set(setup.environments))


def _is_lost(ask: Ask, name: str) -> bool:
    there = left_of(ask.session, name)
    if not _is_new(ask, name, [{"removed": there["live"]}]):
        return False
    for user in sorted(_concerned(ask, name)):
        notices.tell(ask.session, user, ask.now, "environment_removed", **there)
    return True


def left_of(session: Session, name: str) -> dict[str, Any]:
    """What is there still of an environment that the file has no more."""
    waiting = select(Deployment).where(Deployment.environment == name, Deployment.state.in_(OPEN))
    booked = select(Booking).where(Booking.environment == name, Booking.state.in_(HOLDING))
    return {
        "environment": name,
        "live": live_versions(session, name),
        "waiting": len(session.scalars(waiting).all()),
        "booked": len(session.scalars(booked).all()),
    }


def _concerned(ask: Ask, name: str) -> Iterable[str]:
    """Who has or wants something there, and who looks after environments at all."""
    wants = select(Deployment.requester).where(
        Deployment.environment == name, Deployment.state.in_(("live", *OPEN))
    )
    has = select(Booking.owner).where(Booking.environment == name, Booking.state.in_(HOLDING))
    roles = {role for e in ask.setup.environments.values() for role in e.may("prepare")}
    able = holders(ask.session, ask.setup, ask.now, tuple(sorted(roles)))
    return {*ask.session.scalars(wants), *ask.session.scalars(has), *able}


def refuse_removed(ask: Ask, name: str) -> None:
    """One that was there and is not in the file any more is not just unknown."""
    if name not in ask.setup.environments and name in removed(ask.session, ask.setup):
        raise Refusal("environment_removed", **left_of(ask.session, name))
