"""What environments are to run, as the setup file, the deployments and orders to scale say it, and
what was found to be otherwise. ``handlers/rules/drift.py`` compares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.ask import stamp
from handlers.rules.drift import ITS_DATA, ITS_SECRETS, Declared, How
from handlers.scaling import last_scaling, replicas_now
from handlers.setup import Setup, version_of
from handlers.tables import Deployment, Drift

ROLLS = {"surge", "unavailable"}
"""How containers come and go, which is nothing of the containers themselves."""
GIVEN = {"secrets", "configs"}
"""What a swarm gives to its tasks."""


def made_as(
    setup: Setup, environment: str, service: str, given: datetime | None = None
) -> dict[str, Any] | None:
    """How the setup makes a service in an environment now; None where it has it no more. Variables
    and which secrets were ``given`` are kept as hashes: all of it is compared, and shown."""
    what, there = setup.services.get(service), setup.environments.get(environment)
    if what is None or there is None or service not in there.services:
        return None
    place = there.services[service]
    variables = json.dumps(what.variables, sort_keys=True)
    made = {
        "runtime": there.runtime,
        "command": list(what.command),
        "variables": hashlib.sha256(variables.encode()).hexdigest()[:12],
        "address": place.address,
        "data": place.data.model_dump(mode="json") if place.data else None,
    }
    if there.runtime == "process":
        return made
    made["container"] = what.container.model_dump(mode="json", exclude=ROLLS)
    if there.runtime == "swarm":  # which asks by itself, as it was told when the service was made
        made["health"] = what.health.model_dump(mode="json", exclude={"timeout"})
        made["swarm"] = place.swarm.model_dump(mode="json", include=GIVEN)
    else:
        made["engine"] = there.engine
        made["secrets"] = version_of(place, given)
    return made


def declared(session: Session, setup: Setup, environment: str) -> tuple[Declared, ...]:
    """Every service of an environment as it is to run."""
    live = select(Deployment).where(
        Deployment.environment == environment, Deployment.state == "live"
    )
    rows = {row.service: row for row in session.scalars(live)}
    services = setup.environments[environment].services
    return tuple(
        _declared(session, setup, (environment, name), rows.get(name))
        for name in services
        if name in setup.services
    )


def _declared(
    session: Session, setup: Setup, place: tuple[str, str], row: Deployment | None
) -> Declared:
    environment, service = place
    there = setup.environments[environment]
    now = _how(made_as(setup, environment, service) or {})
    if there.runtime != "process":
        now = replace(now, replicas=replicas_now(session, setup, environment, service))
    baseline = there.services[service].baseline or ""
    if row is None:
        return Declared(service, now, baseline=baseline)
    was = _how(row.made_as) if row.made_as else None
    if was and last_scaling(session, environment, service):
        was = replace(was, replicas=now.replicas)
    image = row.artefact if there.runtime != "process" else ""
    return Declared(
        service, now, was, f"d{row.id}", row.version, row.commit, image, baseline
    )  # fmt: skip


def _how(made: dict[str, Any]) -> How:
    how = made.get("container")
    return How(how["replicas"], how["cpu"], how["memory"], _mounts(made)) if how else How(1)


def _mounts(made: dict[str, Any]) -> str | None:
    """In the words of the runtime. What an older bot made for a swarm, nobody wrote down."""
    if made["runtime"] == "docker":
        given = {ITS_DATA: made["data"], ITS_SECRETS: made.get("secrets")}
        return ", ".join(sorted(what for what, there in given.items() if there))
    kept = made.get("swarm")
    return kept and ", ".join(
        sorted(f"{what[:-1]} {name}" for what in GIVEN for name in kept[what])
    )


def started_there(session: Session, environment: str) -> frozenset[str]:
    """The operations of all deployments that were ever begun in an environment."""
    rows = select(Deployment.id).where(Deployment.environment == environment)
    return frozenset(f"d{number}" for number in session.scalars(rows))


def noticed(session: Session, environments: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What was changed outside the bot in each of them, has stayed, and is so still."""
    rows = session.scalars(
        select(Drift)
        .where(
            Drift.environment.in_(list(environments)),
            Drift.told_at.is_not(None),
            Drift.cleared_at.is_(None),
        )
        .order_by(Drift.service, Drift.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.environment, []).append(told(row))
    return found


def told(row: Drift) -> dict[str, Any]:
    """One of them as notices, lists and cards tell of it."""
    return {
        "service": row.service,
        "what": row.what,
        "declared": row.declared,
        "runs": row.runs,
        "remedy": row.remedy,
        "at": stamp(row.noticed_at),
    }


def is_otherwise(session: Session, environment: str, service: str) -> bool:
    """Was it changed outside the bot? Then the version that is live there may be deployed anew."""
    there = noticed(session, [environment]).get(environment, [])
    return any(one["service"] == service for one in there)
