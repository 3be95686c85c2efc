"""Where a release could go: every environment, what it lacks for it, and what the gates say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from handlers import artefacts, builds
from handlers.ask import Ask
from handlers.drifts import noticed
from handlers.gating import gate_blockers
from handlers.messages import Outcome, PlanRelease, Refusal
from handlers.needs import all_needs, doubt
from handlers.releases import known_release
from handlers.rules.suitability import (
    AFTER_PREPARATION,
    DOES_NOT_FIT,
    FITS,
    Conditions,
    Miss,
    Needs,
    fit,
    misses,
)
from handlers.suitability import clearers, conditions
from handlers.tables import Deployment, Release

RANKS = (FITS, AFTER_PREPARATION, DOES_NOT_FIT)


def plan_release(ask: Ask, question: PlanRelease) -> Outcome:
    """Every environment, the ones it fits first, of those the free ones and of those the ones that
    are as declared; nothing is written."""
    release = known_release(ask.session, ask.setup, question.service, question.version)
    told = {"service": release.service, "version": release.version}
    if code := doubt(release):
        raise Refusal(code, **told, problem=release.needs_problem)
    needs = all_needs(ask.setup, release.service, release)
    known = conditions(ask.session, ask.setup, ask.setup.environments, needs)
    places = [_place(ask, release, name, needs, there) for name, there in known.items()]
    changed = noticed(ask.session, known)
    for place in places:
        place["changed"] = changed.get(place["environment"], [])
    places.sort(key=_rank)
    return Outcome("plan", told | {"needs": asdict(needs), "places": places})


def _rank(place: dict[str, Any]) -> tuple[int, int, bool]:
    return RANKS.index(place["fit"]), len(place["blockers"]), bool(place["changed"])


def _place(
    ask: Ask, release: Release, name: str, needs: Needs, there: Conditions
) -> dict[str, Any]:
    service, environment = release.service, ask.setup.environments[name]
    missing = misses(needs, there, ask.now)
    has_place = service in environment.services
    if not has_place:
        missing = (Miss("place", service, service), *missing)
    row = _asked(ask, release, name) if has_place else None
    return {
        "environment": name,
        "service": service,
        "version": release.version,
        "tier": environment.tier,
        "fit": fit(missing),
        "misses": [miss.told() for miss in missing],
        "approvals": environment.approvals_needed(service) if has_place else 0,
        "blockers": _other_blockers(ask, row) if row else [],
        "builds": row is not None and row.state == builds.BUILDING,
        **clearers(ask.session, ask.setup, ask.now, name),
    }


def _asked(ask: Ask, release: Release, name: str) -> Deployment:
    """This very person's request, which stays unwritten."""
    row = Deployment(
        kind="deploy",
        service=release.service,
        environment=name,
        version=release.version,
        commit=release.commit,
        team=ask.actor.team,
        requester=ask.actor.user,
        requested_at=ask.now,
        approvals_needed=ask.setup.environments[name].approvals_needed(release.service),
    )
    row.artefact = artefacts.for_request(ask.session, ask.setup, row)
    row.state = builds.first_state(ask.setup, row)
    return row


def _other_blockers(ask: Ask, row: Deployment) -> list[dict[str, Any]]:
    """What the other gates would say to a request."""
    found = gate_blockers(ask.session, ask.setup, ask.now, row)
    return [{"code": b.code, "facts": dict(b.facts)} for b in found if b.code != "unsuitable"]
