"""The exact bytes that a version of a service is, where containers run it: recorded once, when its
image is first there, and never followed where its tag is moved afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.needs import recorded
from handlers.setup import Setup
from handlers.tables import Deployment, Release

NEWEST = 8
"""Versions whose tags are looked at again, whether they were moved: who shows versions shows
these."""
RETRIED = 30
"""Versions without an image that are asked for again."""
MOST = 200
"""Versions asked for in one reading."""


def is_needed(setup: Setup, environment: str) -> bool:
    """Do containers run what is there?"""
    return setup.environments[environment].runtime != "process"


def runs_in_containers(setup: Setup, service: str) -> bool:
    """Is there an environment where they run this service?"""
    return any(
        is_needed(setup, name) for name, e in setup.environments.items() if service in e.services
    )


def artefact(setup: Setup, release: Release | None) -> str:
    """The exact image of a release; empty where that is not known, or is of another image than
    the service has by now."""
    image = setup.services[release.service].image if release else None
    if release is None or image is None:
        return ""
    exact = "sha256:" if image.startswith("local/") else f"{image}@sha256:"
    return release.artefact if release.artefact.startswith(exact) else ""


def for_request(session: Session, setup: Setup, row: Deployment) -> str:
    """The image that a request is for, if it needs one."""
    if not is_needed(setup, row.environment):
        return ""
    release = recorded(session, row.service, row.version, row.commit)
    return artefact(setup, release)


def problem(session: Session, setup: Setup, row: Deployment) -> Mapping[str, Any] | None:
    """Why nobody knows which bytes would run; None where that is known, not needed, or just being
    built."""
    if row.artefact or row.state == "building" or not is_needed(setup, row.environment):
        return None
    release = recorded(session, row.service, row.version, row.commit)
    return {
        "service": row.service,
        "version": row.version,
        "environment": row.environment,
        "image": setup.services[row.service].image or "",
        "problem": release.artefact_problem if release else "",
        "builds": setup.services[row.service].build is not None,
    }


def to_ask_for(session: Session, setup: Setup, service: str) -> dict[str, str]:
    """The versions whose images are to be looked at in a reading, newest first, each with its
    commit."""
    rows = session.scalars(
        select(Release).where(Release.service == service).order_by(Release.order.desc())
    )
    unknown, asked = list[Release](), list[Release]()
    known = 0
    for row in rows:
        if artefact(setup, row):
            known += 1
            unknown += [row] if known <= NEWEST else []
        elif row.artefact_problem:
            asked.append(row)
        else:
            unknown.append(row)
    return {row.version: row.commit for row in [*unknown, *asked[:RETRIED]][:MOST]}


def record(
    session: Session, setup: Setup, service: str, found: Mapping[str, tuple[str, str]]
) -> None:
    """Write down what was found for versions: the exact image, or why there is none."""
    rows = session.scalars(
        select(Release).where(Release.service == service, Release.version.in_(found))
    )
    for row in rows:
        exact, wrong = found[row.version]
        known = artefact(setup, row)
        if known:
            row.artefact_moved = exact if exact not in ("", known) else ""
        elif exact:
            row.artefact, row.artefact_problem, row.artefact_moved = exact, "", ""
        else:
            row.artefact_problem = wrong
