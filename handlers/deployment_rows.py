"""Moving deployment rows: by compare-and-set, counting who won, and marking the card as behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers import show
from handlers.subjects import DEPLOYMENT, PREPARATION, Subject, deployment, preparation
from handlers.tables import Deployment, Note, Preparation, Scaling

OPEN = ("building", "waiting", "queued", "running")
"""States in which a deployment still has something ahead of it."""


def move(session: Session, number: int, before: str, after: str, **values: Any) -> bool:
    """Move one row from state ``before`` to ``after``; False when somebody else was first."""
    result = session.execute(
        update(Deployment)
        .where(Deployment.id == number, Deployment.state == before)
        .values(state=after, **values)
    )
    won = getattr(result, "rowcount", 0) == 1
    if won:
        show.touch(session, deployment(number))
    return won


def touch(session: Session, number: int, **values: Any) -> None:
    """Change what a card shows without changing the state."""
    if values:
        session.execute(update(Deployment).where(Deployment.id == number).values(**values))
    show.touch(session, deployment(number))


def touch_queue(session: Session, environment: str) -> None:
    """The places of all that wait in the queue of an environment have changed."""
    waiting = select(Deployment.id).where(
        Deployment.environment == environment, Deployment.state == "queued"
    )
    show.touch_all(session, DEPLOYMENT, waiting)
    later = select(Preparation.id).where(
        Preparation.environment == environment, Preparation.state == "queued"
    )
    show.touch_all(session, PREPARATION, later)


def note(session: Session, number: int, at: datetime, code: str, /, **facts: Any) -> None:
    """Add a line to the deployment's history and have its card redrawn."""
    show.note(session, deployment(number), at, code, **facts)


def first_note(row: Deployment) -> Note:
    """The line that a new deployment's history begins with; its card is behind as it is."""
    facts = {"by": row.requester, "reason": row.reason}
    return Note(of=deployment(row.id), at=row.requested_at, code="requested", facts=facts)


def told_state(row: Deployment) -> str:
    """Its state in one word for people: what serves and is not healthy is ``unwell``."""
    return "unwell" if row.state == "live" and row.failure else row.state


def live(session: Session, service: str, environment: str) -> Deployment | None:
    """What is recorded as live there."""
    return session.scalar(
        select(Deployment).where(
            Deployment.service == service,
            Deployment.environment == environment,
            Deployment.state == "live",
        )
    )


def ahead(session: Session, row: Deployment) -> list[Deployment]:
    """The deployments that go first in the same environment, the running one at the head."""
    return list(
        session.scalars(
            select(Deployment)
            .where(
                Deployment.environment == row.environment,
                Deployment.state.in_(("queued", "running")),
                Deployment.id != row.id,
                (Deployment.state == "running") | (Deployment.queue_place < (row.queue_place or 0)),
            )
            .order_by(Deployment.state.desc(), Deployment.queue_place)
        )
    )


def ahead_of(session: Session, environment: str, place: int) -> list[Deployment]:
    """The deployments that go before that place of the environment's queue."""
    there = select(Deployment).where(
        Deployment.environment == environment,
        (Deployment.state == "running")
        | ((Deployment.state == "queued") & (Deployment.queue_place < place)),
    )
    return list(session.scalars(there))


def under(row: Deployment) -> Subject:
    """What it runs under: by itself, or as a part of a reset. That has the hold and the card."""
    return deployment(row.id) if row.part_of is None else preparation(row.part_of)


def work_name(row: Deployment) -> str:
    """What the work of one stay in the queue is called. Asked again after its approvals became
    void, a deployment queues a second time, and that is other work."""
    return f"op:{row.id}:{row.queue_place}"


def next_place(session: Session) -> int:
    """The next number of the queue: first come is by approval, not by request."""
    taken = (Deployment.queue_place, Preparation.queue_place, Scaling.queue_place)
    return max(session.scalar(select(func.max(place))) or 0 for place in taken) + 1


def card_link(session: Session, number: int) -> str:
    """Where its card stands in Slack; empty until it was posted."""
    return show.link(session, deployment(number))
