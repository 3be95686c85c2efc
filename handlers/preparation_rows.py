"""Moving preparation rows: by compare-and-set, counting who won, and marking the card as behind."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import stamp
from handlers.setup import Setup
from handlers.subjects import preparation
from handlers.tables import Deployment, Preparation, Release, Step

OPEN = ("queued", "running", "stuck")


def move(session: Session, row: Preparation, before: str, after: str, **values: Any) -> bool:
    """Move ``row`` from state ``before`` to ``after``; False when somebody else was first."""
    result = session.execute(
        update(Preparation)
        .where(Preparation.id == row.id, Preparation.state == before)
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    won = getattr(result, "rowcount", 0) == 1
    if won:
        show.touch(session, preparation(row.id))
    return won


def open_one(session: Session, environment: str) -> Preparation | None:
    """The one that is under way there, waits for its turn, or waits for a person."""
    there = select(Preparation).where(
        Preparation.environment == environment, Preparation.state.in_(OPEN)
    )
    return session.scalar(there)


def asked_for(session: Session, environment: str) -> Preparation | None:
    """The reset of it that waits for approval."""
    return session.scalar(
        select(Preparation).where(
            Preparation.environment == environment, Preparation.state == "waiting"
        )
    )


def held_by(session: Session, environment: str) -> Preparation | None:
    """The one that has begun there and has not ended."""
    row = open_one(session, environment)
    return row if row is not None and row.started_at is not None else None


def held_up(session: Session, environment: str) -> dict[str, Any] | None:
    """The one that keeps deployments out: it waits for a person, or is about to go on. One that
    runs does not: what comes meanwhile is queued behind it."""
    row = held_by(session, environment)
    return told(session, row) if row is not None and row.state != "running" else None


def ahead_of(session: Session, environment: str, place: int) -> list[Preparation]:
    """The one that goes before that place of the environment's queue, if any."""
    row = open_one(session, environment)
    return [row] if row is not None and row.queue_place < place else []


def work_name(row: Preparation) -> str:
    """What one attempt of its work is called."""
    return f"prepare:{row.id}:{row.attempt}"


def baselines(setup: Setup, environment: str) -> dict[str, str]:
    """The version of each service that a reset of the environment brings back."""
    services = setup.environments[environment].services
    return {name: place.baseline for name, place in services.items() if place.baseline}


def baseline_release(
    session: Session, setup: Setup, row: Preparation, service: str
) -> Release | None:
    """The release that is the baseline of a service there, if there is one of that version."""
    version = baselines(setup, row.environment).get(service)
    wanted = (Release.service == service) & (Release.version == version)
    return session.scalar(select(Release).where(wanted))


def close_parts(session: Session, row: Preparation, at: datetime, failure: str) -> None:
    """What was bringing a version back for it does so no more."""
    left = (Deployment.part_of == row.id) & (Deployment.state == "in_reset")
    ended = {"state": "failed", "ended_at": at, "failure": failure}
    session.execute(update(Deployment).where(left).values(**ended))


SAMPLE = 10
"""The last ones of a kind in an environment, whose median is what is usual."""


def usual(session: Session, environment: str, kind: str) -> float | None:
    """Seconds that it usually takes there."""
    ended = (
        select(Preparation.started_at, Preparation.ended_at)
        .where(
            Preparation.environment == environment,
            Preparation.kind == kind,
            Preparation.state == "done",
            Preparation.attempt == 1,
        )
        .order_by(Preparation.id.desc())
        .limit(SAMPLE)
    )
    took = [(end - start).total_seconds() for start, end in session.execute(ended) if start and end]
    return median(took) if took else None


def under_way(session: Session) -> list[dict[str, Any]]:
    """Everything that is prepared or reset now or is about to be, those that wait for a person
    first, each with its step."""
    order = {"stuck": 0, "running": 1, "queued": 2, "waiting": 3}
    rows = session.scalars(select(Preparation).where(Preparation.state.in_(order))).all()
    rows = sorted(rows, key=lambda row: (order[row.state], row.id))
    return [told(session, row) | _progress(session, row) for row in rows]


def _progress(session: Session, row: Preparation) -> dict[str, Any]:
    steps = session.scalars(
        select(Step).where(Step.of == preparation(row.id)).order_by(Step.position)
    ).all()
    at = next((s for s in steps if s.state in ("in_progress", "error")), None)
    at = at or next((s for s in steps if s.state == "pending"), None)
    return {
        "step": at.name if at else "",
        "nth": at.position + 1 if at else 0,
        "steps": len(steps),
        "usual": usual(session, row.environment, row.kind),
    }


def told(session: Session, row: Preparation) -> dict[str, Any]:
    """A preparation as answers and refusals tell of it."""
    return {
        "preparation": row.id,
        "kind": row.kind,
        "environment": row.environment,
        "state": row.state,
        "attempt": row.attempt,
        "requester": row.requester,
        "requested": stamp(row.requested_at),
        "since": stamp(row.started_at or row.requested_at),
        "failure": row.failure,
        "needed": row.approvals_needed,
        "expires": stamp(row.expires_at),
        "ended": stamp(row.ended_at),
        "ended_by": row.ended_by,
        "link": show.link(session, preparation(row.id)) if row.id else "",
    }
