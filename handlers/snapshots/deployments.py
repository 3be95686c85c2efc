"""A deployment as its card shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import builds, drifts, hooks, preparation_rows, show
from handlers.deployment_rows import OPEN, ahead, live
from handlers.environments import told_lock
from handlers.gating import approvers
from handlers.people import holders
from handlers.setup import Setup
from handlers.subjects import deployment
from handlers.tables import Approval, Build, Deployment, Step

SAMPLE = 20
"""Earlier runs of the same deployment that the usual duration is the median of."""


@dataclass(frozen=True)
class StepView:
    """One step; ``usual`` is its median duration in seconds, None before it was ever done here."""

    name: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    detail: str
    usual: float | None


@dataclass(frozen=True)
class HookView:
    """A hook that will run, runs or has run for it: as it is declared, or was when it began."""

    name: str
    phase: str
    way_back: str
    has_undo: bool


@dataclass(frozen=True)
class DeploymentView:
    """One deployment as its card shows it.

    ``state``: building, not_built, waiting, queued, running, live, replaced, rejected, expired,
    cancelled, blocked, failed, rolled_back or needs_attention. ``live_version`` is what is live now
    (before it goes live), ``previous_version`` what it replaces; of an ended one only the latter
    stays true.
    ``blockers`` are those that ended it; ``lock`` is the lock that it caused, while that holds,
    and ``cleared`` says who cleared it, when and why.
    ``deciders`` may approve, the requester left out.
    """

    id: int
    kind: str
    service: str
    version: str
    commit: str
    artefact: str
    environment: str
    tier: str
    state: str
    requester: str
    reason: str
    requested_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    started_at: datetime | None
    live_at: datetime | None
    fingerprint: str
    needed: int
    approved_by: tuple[str, ...]
    rejected_by: str
    deciders: tuple[str, ...]
    decider_groups: tuple[str, ...]
    previous_version: str
    live_version: str
    changes: Mapping[str, Any] | None
    url: str
    failure: str
    log: tuple[str, ...]
    cancelled_by: str
    steps: tuple[StepView, ...]
    usual: float | None
    ahead: tuple[Mapping[str, Any], ...]
    blockers: tuple[Mapping[str, Any], ...]
    lock: Mapping[str, Any] | None
    cleared: Mapping[str, Any] | None
    changed: tuple[Mapping[str, Any], ...] = ()
    """What was changed outside the bot in the service that it is about to replace."""
    hooks: tuple[HookView, ...] = ()


def deployment_view(session: Session, setup: Setup, now: datetime, number: int) -> DeploymentView:
    """One deployment, as of now."""
    row = session.get_one(Deployment, number)
    environment = setup.environments.get(row.environment)
    roles = environment.may("approve") if environment and row.approvals_needed else ()
    there = live(session, row.service, row.environment)
    before = session.get(Deployment, row.replaces) if row.replaces else None
    lock = _own_lock(session, setup, now, row)
    return DeploymentView(
        id=row.id,
        kind=row.kind,
        service=row.service,
        version=row.version,
        commit=row.commit,
        artefact=row.artefact,
        environment=row.environment,
        tier=environment.tier if environment else "",
        state=row.state,
        requester=row.requester,
        reason=row.reason,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        started_at=row.started_at,
        live_at=row.live_at,
        fingerprint=row.fingerprint,
        needed=row.approvals_needed,
        approved_by=tuple(_approved_by(session, row)),
        rejected_by=_rejected_by(session, row),
        deciders=tuple(sorted(holders(session, setup, now, roles) - {row.requester}))
        if row.state == "waiting"
        else (),
        decider_groups=tuple(g for r in roles if r in setup.roles for g in setup.roles[r].groups),
        previous_version=before.version if before else "",
        live_version=there.version if there else "",
        changes=row.changes,
        url=row.url,
        failure=row.failure,
        log=tuple(row.log or ()),
        cancelled_by=row.cancelled_by,
        steps=tuple(_steps(session, row)),
        usual=_usual_total(session, row),
        ahead=tuple(_ahead(session, row)),
        blockers=tuple(_blockers(session, row)),
        lock=lock,
        cleared=_cleared(session, row) if row.failure and lock is None else None,
        changed=_changed(session, row),
        hooks=tuple(_hooks(session, setup, row)),
    )


def _hooks(session: Session, setup: Setup, row: Deployment) -> list[HookView]:
    service = setup.services.get(row.service)
    if row.state in ("building", "waiting", "queued") and row.kind == "deploy" and service:
        ahead = service.hooks.all
        return [HookView(one.name, at, one.way_back, bool(one.undo)) for at, _, one in ahead]
    there = hooks.runs(session, row.id)
    return [HookView(one.name, one.phase, one.way_back, bool(one.undo)) for one in there]


def _changed(session: Session, row: Deployment) -> tuple[Mapping[str, Any], ...]:
    if row.state not in OPEN:
        return ()
    there = drifts.noticed(session, [row.environment]).get(row.environment, [])
    return tuple(one for one in there if one["service"] == row.service)


def _own_lock(
    session: Session, setup: Setup, now: datetime, row: Deployment
) -> Mapping[str, Any] | None:
    there = told_lock(session, setup, now, row.environment)
    return there if there is not None and there["deployment"] == row.id else None


def _approved_by(session: Session, row: Deployment) -> list[str]:
    said_yes = approvers(session, row)
    order = select(Approval.user).where(Approval.of == deployment(row.id)).order_by(Approval.at)
    return [user for user in dict.fromkeys(session.scalars(order)) if user in said_yes]


def _rejected_by(session: Session, row: Deployment) -> str:
    no = select(Approval.user).where(
        Approval.of == deployment(row.id), Approval.verdict == "rejected"
    )
    return session.scalar(no) or ""


def _steps(session: Session, row: Deployment) -> list[StepView]:
    """Its own, or those of the build that it waits for."""
    built = builds.subject_of(row)
    of = built or deployment(row.id)
    rows = session.scalars(select(Step).where(Step.of == of).order_by(Step.position))
    usual: dict[str, float] = {}
    if row.state in ("building", "running"):
        earlier = _earlier_builds(session, row) if built else _earlier(session, row)
        usual = _usual_steps(session, of.kind, [other.id for other in earlier])
    return [
        StepView(s.name, s.state, s.started_at, s.ended_at, s.detail, usual.get(s.name))
        for s in rows
    ]


def _usual_steps(session: Session, kind: str, earlier: list[int]) -> dict[str, float]:
    rows = session.scalars(
        select(Step).where(Step.subject == kind, Step.number.in_(earlier), Step.state == "complete")
    )
    took: dict[str, list[float]] = {}
    for step in rows:
        if step.started_at and step.ended_at:
            seconds = (step.ended_at - step.started_at).total_seconds()
            took.setdefault(step.name, []).append(seconds)
    return {name: median(seconds) for name, seconds in took.items()}


def _earlier_builds(session: Session, row: Deployment) -> list[Build]:
    """The last builds of the service that came to a good end before the one it waits for."""
    mine = (Build.service == row.service) & (Build.state == "built") & (Build.pushed != "")
    before = select(Build).where(mine, Build.id < (row.build or 0))
    return list(session.scalars(before.order_by(Build.id.desc()).limit(SAMPLE)))


def _usual_total(session: Session, row: Deployment) -> float | None:
    if row.state == builds.BUILDING:
        ended = ((one.started_at, one.ended_at) for one in _earlier_builds(session, row))
        spans = [(end - began).total_seconds() for began, end in ended if began and end]
        return median(spans) if spans else None
    if row.state not in ("waiting", "queued", "running", "live"):
        return None
    took = [
        (other.live_at - other.started_at).total_seconds()
        for other in _earlier(session, row)
        if other.live_at and other.started_at
    ]
    return median(took) if took else None


def _earlier(session: Session, row: Deployment) -> list[Deployment]:
    """The last deployments of this service here before this one that went live."""
    return list(
        session.scalars(
            select(Deployment)
            .where(
                Deployment.service == row.service,
                Deployment.environment == row.environment,
                Deployment.state.in_(("live", "replaced")),
                Deployment.id < row.id,
            )
            .order_by(Deployment.id.desc())
            .limit(SAMPLE)
        )
    )


def _ahead(session: Session, row: Deployment) -> list[Mapping[str, Any]]:
    if row.state != "queued":
        return []
    before = preparation_rows.ahead_of(session, row.environment, row.queue_place or 0)
    return [
        *(preparation_rows.told(session, other) for other in before),
        *(
            {
                "id": o.id,
                "kind": o.kind,
                "service": o.service,
                "version": o.version,
                "state": o.state,
                "requester": o.requester,
            }
            for o in ahead(session, row)
        ),
    ]


def _cleared(session: Session, row: Deployment) -> Mapping[str, Any] | None:
    last = show.last_note(session, deployment(row.id), "lock_cleared")
    if last is None:
        return None
    return {"by": last.facts["by"], "because": last.facts["because"], "at": last.at}


def _blockers(session: Session, row: Deployment) -> list[Mapping[str, Any]]:
    if row.state != "blocked":
        return []
    last = show.last_note(session, deployment(row.id), "blocked")
    return list(last.facts["blockers"]) if last else []
