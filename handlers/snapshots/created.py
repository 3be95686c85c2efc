"""An environment that was made from a blueprint, as its card shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.setup import Setup
from handlers.snapshots.deployments import StepView
from handlers.subjects import created
from handlers.tables import Created, Step


@dataclass(frozen=True)
class CreatedView:
    """``state``: open, going, stuck or gone; ``failure`` says why it is stuck. ``places`` are its
    services with their addresses."""

    id: int
    environment: str
    blueprint: str
    state: str
    owner: str
    reason: str
    created_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_by: str
    ending: str
    failure: str
    places: tuple[tuple[str, str], ...]
    steps: tuple[StepView, ...]


def created_view(session: Session, setup: Setup, now: datetime, number: int) -> CreatedView:
    """The card of one of them, as of now."""
    row = session.get_one(Created, number)
    steps = select(Step).where(Step.of == created(number)).order_by(Step.position)
    return CreatedView(
        id=row.id,
        environment=row.environment,
        blueprint=row.blueprint,
        state=row.state,
        owner=row.owner,
        reason=row.reason,
        created_at=row.created_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        ending=row.ending,
        failure=row.failure,
        places=tuple((name, one["address"]) for name, one in row.shape["services"].items()),
        steps=tuple(
            StepView(s.name, s.state, s.started_at, s.ended_at, s.detail, None)
            for s in session.scalars(steps)
        ),
    )
