"""Moving preparation rows: by compare-and-set, counting who won, and marking the card as behind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import stamp
from handlers.subjects import preparation
from handlers.tables import Preparation

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
        "link": show.link(session, preparation(row.id)) if row.id else "",
    }
