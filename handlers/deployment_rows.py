"""Moving deployment rows: by compare-and-set, counting who won, and marking the card as behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers.tables import Card, Deployment, Note

OPEN = ("waiting", "queued", "running")
"""States in which a deployment still has something ahead of it."""


def move(session: Session, deployment: int, before: str, after: str, **values: Any) -> bool:
    """Move one row from state ``before`` to ``after``; False when somebody else was first."""
    result = session.execute(
        update(Deployment)
        .where(Deployment.id == deployment, Deployment.state == before)
        .values(state=after, revision=Deployment.revision + 1, **values)
    )
    return getattr(result, "rowcount", 0) == 1


def touch(session: Session, deployment: int, **values: Any) -> None:
    """Change what a card shows without changing the state."""
    session.execute(
        update(Deployment)
        .where(Deployment.id == deployment)
        .values(revision=Deployment.revision + 1, **values)
    )


def touch_queue(session: Session, environment: str) -> None:
    """The places of all that wait in the queue of an environment have changed."""
    session.execute(
        update(Deployment)
        .where(Deployment.environment == environment, Deployment.state == "queued")
        .values(revision=Deployment.revision + 1)
    )


def note(session: Session, deployment: int, at: datetime, code: str, /, **facts: Any) -> None:
    """Add a line to the deployment's history and have its card redrawn."""
    session.add(Note(deployment=deployment, at=at, code=code, facts=facts))
    touch(session, deployment)


def first_note(row: Deployment) -> Note:
    """The line that a new deployment's history begins with; its card is behind as it is."""
    facts = {"by": row.requester, "reason": row.reason}
    return Note(deployment=row.id, at=row.requested_at, code="requested", facts=facts)


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


def ahead(session: Session, deployment: Deployment) -> list[Deployment]:
    """The deployments that go first in the same environment, the running one at the head."""
    return list(
        session.scalars(
            select(Deployment)
            .where(
                Deployment.environment == deployment.environment,
                Deployment.state.in_(("queued", "running")),
                Deployment.id != deployment.id,
                (Deployment.state == "running")
                | (Deployment.queue_place < (deployment.queue_place or 0)),
            )
            .order_by(Deployment.state.desc(), Deployment.queue_place)
        )
    )


def work_name(row: Deployment) -> str:
    """What the work of one stay in the queue is called. Asked again after its approvals became
    void, a deployment queues a second time, and that is other work."""
    return f"op:{row.id}:{row.queue_place}"


def next_place(session: Session) -> int:
    """The next number of the queue: first come is by approval, not by request."""
    return (session.scalar(select(func.max(Deployment.queue_place))) or 0) + 1


def card_link(session: Session, deployment: int) -> str:
    """Where its card stands in Slack; empty until it was posted."""
    card = session.get(Card, deployment)
    return card.permalink if card else ""
