"""Releases: versions of services, each resolved to a commit once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from handlers.ask import Ask, stamp
from handlers.deployment_rows import told_state
from handlers.messages import ListReleases, Outcome, Refusal, ShowRelease
from handlers.needs import all_needs, declared, doubt
from handlers.rules.words import nearest
from handlers.setup import Service, Setup
from handlers.tables import Deployment, Reading, Release

SHOWN = 8
"""Versions of a service that a list shows; more than that nobody reads."""

WENT_WRONG = ("failed", "rolled_back", "needs_attention")


def catalogue(service: str) -> str:
    """The name under which reading a service's repository is recorded."""
    return f"catalogue:{service}"


def known_service(setup: Setup, name: str) -> Service:
    """The service of that name, or a refusal that says which there are."""
    found = setup.services.get(name)
    if found is None:
        known = sorted(setup.services)
        raise Refusal("unknown_service", name=name, nearest=nearest(name, known), known=known)
    return found


def versions(session: Session, service: str) -> list[Release]:
    """All releases of a service, newest version first."""
    return list(session.scalars(_newest_first(service)))


def _newest_first(service: str) -> Select[Release]:
    return select(Release).where(Release.service == service).order_by(Release.order.desc())


def known_release(session: Session, setup: Setup, service: str, version: str) -> Release:
    """The release, or a refusal with the nearest version and when the repository was last read."""
    known_service(setup, service)
    wanted = version.removeprefix("v")
    release = session.scalar(
        select(Release).where(Release.service == service, Release.version == wanted)
    )
    if release is not None:
        return release
    there = versions(session, service)
    reading = session.get(Reading, catalogue(service))
    raise Refusal(
        "unknown_version",
        service=service,
        version=version,
        nearest=nearest(wanted, [release.version for release in there]),
        known=[release.version for release in there[:SHOWN]],
        read=stamp(reading.at) if reading else None,
        error=reading.error if reading else "",
    )


def list_releases(ask: Ask, question: ListReleases) -> Outcome:
    """The newest versions of one service or of all, and where each is live."""
    names = [question.service] if question.service else sorted(ask.setup.services)
    for name in names:
        known_service(ask.setup, name)
    return Outcome("releases", {"services": [_listed(ask, name) for name in names]})


def _listed(ask: Ask, service: str) -> dict[str, Any]:
    reading = ask.session.get(Reading, catalogue(service))
    newest = list(ask.session.scalars(_newest_first(service).limit(SHOWN)))
    where = _live_in(ask.session, service)
    failed = _failed_in(ask.session, service, [release.commit for release in newest])
    count = select(func.count()).where(Release.service == service)
    return {
        "service": service,
        "more": max(0, (ask.session.scalar(count) or 0) - SHOWN),
        "read": stamp(reading.at) if reading else None,
        "error": reading.error if reading else "",
        "releases": [
            _facts(release)
            | {"live": where.get(release.commit, []), "failed": failed.get(release.commit, [])}
            for release in newest
        ],
    }


def _failed_in(session: Session, service: str, commits: list[str]) -> dict[str, list[str]]:
    """The environments in which a commit failed the last time it came there."""
    last: dict[tuple[str, str], bool] = {}
    for row in session.scalars(
        select(Deployment)
        .where(
            Deployment.service == service,
            Deployment.commit.in_(commits),
            Deployment.state.in_(("live", "replaced", *WENT_WRONG)),
        )
        .order_by(Deployment.id)
    ):
        last[row.commit, row.environment] = row.state in WENT_WRONG or bool(row.failure)
    found: dict[str, list[str]] = {}
    for (commit, environment), failed in last.items():
        if failed:
            found.setdefault(commit, []).append(environment)
    return found


def _live_in(session: Session, service: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in session.scalars(
        select(Deployment).where(Deployment.service == service, Deployment.state == "live")
    ):
        found.setdefault(row.commit, []).append(row.environment)
    return found


def _facts(release: Release) -> dict[str, Any]:
    return {
        "service": release.service,
        "version": release.version,
        "commit": release.commit,
        "subject": release.subject,
        "tagged": stamp(release.tagged_at),
        "moved_to": release.moved_to,
        "artefact": release.artefact,
        "artefact_problem": release.artefact_problem,
        "artefact_moved": release.artefact_moved,
    }


def show_release(ask: Ask, question: ShowRelease) -> Outcome:
    """One release: its commit, where it is live, and every deployment of it."""
    release = known_release(ask.session, ask.setup, question.service, question.version)
    history = ask.session.scalars(
        select(Deployment)
        .where(Deployment.service == release.service, Deployment.version == release.version)
        .order_by(Deployment.id.desc())
        .limit(SHOWN)
    )
    return Outcome(
        "release",
        _facts(release)
        | {
            "live": _live_in(ask.session, release.service).get(release.commit, []),
            "needs": asdict(all_needs(ask.setup, release.service, release)),
            "doubt": doubt(release),
            "builds": ask.setup.services[release.service].build is not None,
            "problem": release.needs_problem,
            "deployments": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "environment": row.environment,
                    "state": told_state(row),
                    "requester": row.requester,
                    "at": stamp(row.ended_at or row.live_at or row.requested_at),
                }
                for row in history
            ],
        },
    )


@dataclass(frozen=True)
class Version:
    """One version as a repository names it today."""

    version: str
    commit: str
    subject: str
    at: datetime


def without_needs(session: Session, service: str, tags: Iterable[Version]) -> list[str]:
    """The commits of which it is not on record yet what they need."""
    known = {release.version: release for release in versions(session, service)}
    there = [(known.get(tag.version), tag) for tag in tags]
    return [r.commit if r else tag.commit for r, tag in there if r is None or r.needs is None]


def record_versions(
    session: Session,
    now: datetime,
    service: str,
    tags: list[Version],
    files: Mapping[str, tuple[str | None, str]],
) -> None:
    """Write down the versions that were read, newest first, and of each commit in ``files`` the
    text and the problem of its own file. A commit once recorded stays: where a tag has moved
    since, that is said on the release and not followed."""
    known = {release.version: release for release in versions(session, service)}
    for order, tag in enumerate(reversed(tags), start=1):
        release = known.get(tag.version) or _new(session, now, service, tag)
        moved = "" if release.commit == tag.commit else tag.commit
        if (release.order, release.moved_to) != (order, moved):
            release.order, release.moved_to = order, moved
        if release.needs is None and release.commit in files:
            release.needs, release.needs_problem = declared(*files[release.commit])


def _new(session: Session, now: datetime, service: str, tag: Version) -> Release:
    release = Release(
        service=service,
        version=tag.version,
        commit=tag.commit,
        subject=tag.subject,
        tagged_at=tag.at,
        seen_at=now,
    )
    session.add(release)
    return release
