"""Preparing and resetting an environment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base

OPEN = "state IN ('queued', 'running', 'stuck')"


class Preparation(Base):
    """One act of bringing an environment to its blueprint: ``kind`` is prepare or reset.

    ``stuck`` waits for a person after a step that failed, with the environment still held;
    ``attempt`` counts how often its work was started.
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
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "one_open_preparation",
            "environment",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )
