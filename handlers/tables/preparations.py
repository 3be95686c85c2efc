"""What is done with an environment as a whole: preparing, resetting, stopping, starting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base

OPEN = "state IN ('queued', 'running', 'stuck')"
WAITING = "state = 'waiting'"


class Preparation(Base):
    """One act of bringing an environment to its blueprint, to rest or back: ``kind`` is prepare,
    reset, stop, start or restart. ``service`` is the one that is restarted, empty for all.

    ``waiting`` needs approvals and has no place in the queue yet (0). ``stuck`` waits for a person
    after a step that failed, with the environment still held; ``attempt`` counts how often its
    work was started.
    """

    __tablename__ = "preparations"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    environment: Mapped[str]
    state: Mapped[str]
    team: Mapped[str]
    requester: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    queue_place: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1)
    approvals_needed: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    there: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Of each service that is restarted, since when each of its instances ran before."""
    failure: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "one_open_preparation",
            "environment",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index(
            "one_preparation_to_approve",
            "environment",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
    )
