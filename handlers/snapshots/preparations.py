"""A preparation or reset of an environment, as its card shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import show
from handlers.deployment_rows import ahead_of
from handlers.setup import Setup
from handlers.snapshots.deployments import StepView
from handlers.subjects import preparation
from handlers.tables import Preparation, Step


@dataclass(frozen=True)
class PreparationView:
    """``state``: queued, running, stuck, done, aborted or blocked. ``behind`` is how many
    deployments go first, ``failure`` why it is stuck."""

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


def preparation_view(session: Session, setup: Setup, now: datetime, number: int) -> PreparationView:
    """The card of one preparation, as of now."""
    row = session.get_one(Preparation, number)
    steps = select(Step).where(Step.of == preparation(number)).order_by(Step.position)
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
        steps=tuple(
            StepView(s.name, s.state, s.started_at, s.ended_at, s.detail, None)
            for s in session.scalars(steps)
        ),
        blockers=tuple(blocked.facts["blockers"]) if blocked else (),
    )
