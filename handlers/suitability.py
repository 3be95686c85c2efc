"""Gathers what suitability looks at: needs from setup and releases, facts from setup and the
measurements. ``handlers/rules/suitability.py`` judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.ask import stamp
from handlers.needs import all_needs, doubt, recorded
from handlers.people import holders
from handlers.rules.suitability import (
    ROOM,
    Conditions,
    Fact,
    Needs,
    Suited,
    misses,
    standing_in_the_way_then,
)
from handlers.setup import Environment, Setup
from handlers.tables import Deployment, Measurement, Release, Stop

SERVICE = "service:"


def suited(session: Session, setup: Setup, now: datetime, row: Deployment) -> Suited:
    """How the release of ``row`` and its environment go together now."""
    release = recorded(session, row.service, row.version, row.commit)
    problem, needs = doubt(release), all_needs(setup, row.service, release)
    if not (problem or needs):
        return Suited()
    there = conditions(session, setup, [row.environment], needs)[row.environment]
    missing = misses(needs, there, now)
    told: dict[str, Any] = {
        "service": row.service,
        "version": row.version,
        "environment": row.environment,
        "problem": release.needs_problem if release else "",
    }
    if not missing:
        return Suited(problem, told=told)
    told["fits"] = fitting(session, setup, now, row.service, needs)
    return Suited(problem, missing, told | clearers(session, setup, now, row.environment))


def clearers(session: Session, setup: Setup, now: datetime, environment: str) -> dict[str, Any]:
    """Who looks after what is there."""
    able = holders(session, setup, now, setup.environments[environment].may("prepare"))
    return {"clearers": sorted(able)}


def fitting(session: Session, setup: Setup, now: datetime, service: str, needs: Needs) -> list[str]:
    """The environments of a service that have all of ``needs`` now."""
    places = [name for name, e in setup.environments.items() if service in e.services]
    known = conditions(session, setup, places, needs)
    return [name for name in places if not misses(needs, known[name], now)]


def fitting_then(
    session: Session, setup: Setup, now: datetime, release: Release, then: datetime
) -> list[str]:
    """The environments that a release fits at a time to come, as far as that can be known now;
    none where nobody knows what it needs."""
    if doubt(release):
        return []
    service, needs = release.service, all_needs(setup, release.service, release)
    places = [name for name, e in setup.environments.items() if service in e.services]
    known = conditions(session, setup, places, needs)
    return [
        name
        for name in places
        if not standing_in_the_way_then(misses(needs, known[name], now), now, then)
    ]


def conditions(
    session: Session, setup: Setup, environments: Iterable[str], needs: Needs
) -> dict[str, Conditions]:
    """What is known of environments, as far as ``needs`` asks, in two looks."""
    names = list(environments)
    measured: dict[str, dict[str, Fact]] = {name: {} for name in names}
    for row in session.scalars(select(Measurement).where(Measurement.environment.in_(names))):
        measured[row.environment][row.name] = Fact(row.value, row.at, row.error)
    for (environment, service), version in _at_rest(session, names).items():
        if service in needs.services:  # it comes back with the deployment that needs it
            measured[environment][SERVICE + service] = Fact(version, declared=True)
    ours = _releases(session, set(needs.services) & set(setup.services))
    return {name: _known(setup.environments[name], measured[name], ours) for name in names}


def _at_rest(session: Session, names: list[str]) -> dict[tuple[str, str], str]:
    """What is live on record in those that are stopped on purpose."""
    asleep = select(Stop.environment).where(Stop.environment.in_(names), Stop.ended_at.is_(None))
    rows = select(Deployment.environment, Deployment.service, Deployment.version).where(
        Deployment.environment.in_(asleep), Deployment.state == "live"
    )
    return {
        (environment, service): version for environment, service, version in session.execute(rows)
    }


def _known(
    environment: Environment, measured: Mapping[str, Fact], ours: Mapping[str, tuple[str, ...]]
) -> Conditions:
    has = environment.has
    declared = {name: Fact(version, declared=True) for name, version in has.versions.items()}
    read = [*has.addresses, *environment.services]
    return Conditions(
        room={name: measured.get(name, Fact()) for name in ROOM},
        services=declared | {name: measured.get(SERVICE + name, Fact()) for name in read},
        networks=frozenset(has.networks),
        data=has.data or "",
        features=frozenset(has.features),
        preparable=frozenset(has.preparable),
        releases={name: ours[name] for name in environment.services if name in ours},
    )


def _releases(session: Session, services: set[str]) -> dict[str, tuple[str, ...]]:
    """The versions of each of ``services``, newest first."""
    if not services:
        return {}
    rows = session.execute(
        select(Release.service, Release.version)
        .where(Release.service.in_(services))
        .order_by(Release.order.desc())
    ).all()
    return {name: tuple(v for service, v in rows if service == name) for name in services}


def told_conditions(session: Session, setup: Setup, name: str) -> dict[str, Any]:
    """What an environment has, as its page shows it."""
    known = conditions(session, setup, [name], Needs())[name]
    return {
        "room": [_told(n, fact) for n, fact in known.room.items()],
        "services": [_told(n, fact) for n, fact in known.services.items()],
        "networks": sorted(known.networks),
        "data": known.data,
        "features": sorted(known.features),
        "preparable": sorted(known.preparable),
    }


def _told(name: str, fact: Fact) -> dict[str, Any]:
    return {"name": name, "value": fact.value, "error": fact.error} | {
        "read": stamp(fact.at),
        "declared": fact.declared,
    }
