"""A preparation or reset of an environment, as its card shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import show
from handlers.deployment_rows import ahead_of
from handlers.people import holders
from handlers.preparation_rows import baselines, usual
from handlers.reset_approvals import said_yes
from handlers.setup import Setup
from handlers.snapshots.deployments import StepView
from handlers.subjects import deployment, preparation
from handlers.tables import Deployment, Preparation, Step


@dataclass(frozen=True)
class PreparationView:
    """``state``: waiting, queued, running, stuck, done, aborted, rejected, expired or blocked.
    ``behind`` is how many deployments go first, ``failure`` why it is stuck or was rejected,
    ``back`` the version of each service that it brings back, ``usual`` how long one takes."""

    id: int
    kind: str
    environment: str
    state: str
    attempt: int
    requester: str
    reason: str
    requested_at: datetime
    ended_at: datetime | None
    ended_by: str
    failure: str
    behind: int
    steps: tuple[StepView, ...]
    blockers: tuple[Mapping[str, Any], ...]
    started_at: datetime | None = None
    usual: float | None = None
    back: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, str] = field(default_factory=dict)
    needed: int = 0
    fingerprint: str = ""
    expires_at: datetime | None = None
    approved_by: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()


def preparation_view(session: Session, setup: Setup, now: datetime, number: int) -> PreparationView:
    """The card of one preparation, as of now."""
    row = session.get_one(Preparation, number)
    blocked = show.last_note(session, preparation(number), "preparation_blocked")
    behind = ahead_of(session, row.environment, row.queue_place) if row.state == "queued" else []
    return PreparationView(
        id=row.id,
        kind=row.kind,
        environment=row.environment,
        state=row.state,
        attempt=row.attempt,
        requester=row.requester,
        reason=row.reason,
        requested_at=row.requested_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        failure=row.failure,
        behind=len(behind),
        steps=tuple(_steps(session, number)),
        blockers=tuple(blocked.facts["blockers"]) if blocked else (),
        started_at=row.started_at,
        usual=usual(session, row.environment, row.kind),
        **(_request(session, setup, now, row) if row.environment in setup.environments else {}),
    )


def _request(session: Session, setup: Setup, now: datetime, row: Preparation) -> dict[str, Any]:
    """What a reset brings back, and who may say yes to it."""
    if row.kind != "reset":
        return {}
    live = select(Deployment).where(
        Deployment.environment == row.environment, Deployment.state == "live"
    )
    roles = setup.environments[row.environment].may("approve_reset")
    able = holders(session, setup, now, roles) if row.state == "waiting" else frozenset()
    return {
        "back": baselines(setup, row.environment),
        "live": {one.service: one.version for one in session.scalars(live)},
        "needed": row.approvals_needed,
        "fingerprint": row.fingerprint,
        "expires_at": row.expires_at,
        "approved_by": tuple(sorted(said_yes(session, row))),
        "deciders": tuple(sorted(able - {row.requester})),
    }


def _steps(session: Session, number: int) -> Iterator[StepView]:
    """Its steps, each version that comes back with the steps of its deployment behind it."""
    rows = session.scalars(
        select(Step).where(Step.of == preparation(number)).order_by(Step.position)
    )
    parts = select(Deployment).where(Deployment.part_of == number).order_by(Deployment.id)
    part_of = {one.service: one for one in session.scalars(parts)}
    for step in rows:
        yield _view(step)
        part = part_of.get(step.name.removeprefix("release:"))
        if part is not None:
            inner = select(Step).where(Step.of == deployment(part.id)).order_by(Step.position)
            for one in session.scalars(inner):
                if (one.name, one.state) != ("discard", "pending"):
                    yield _view(one, f"{part.service}:{part.version}:")


def _view(step: Step, prefix: str = "") -> StepView:
    name = prefix + step.name
    return StepView(name, step.state, step.started_at, step.ended_at, step.detail, None)
