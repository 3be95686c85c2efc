"""Who holds an environment, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from handlers.subjects import Subject
from handlers.tables.base import Base


class Lock(Base):
    """A hold on an environment. ``operation`` holds are taken by durable work while it runs;
    ``failure`` holds keep people out until somebody states that the cause is gone; a ``person``'s
    hold has an end, and ``environment`` may be a scope (``handlers/locks.py``)."""

    __tablename__ = "locks"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=0)
    cause: Mapped[Subject] = composite(Subject, "subject", "number")
    """The work that holds, or that failed; none (number 0) where a person took the lock."""
    owner: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(default="")
    release_reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "one_active_lock",
            "environment",
            "kind",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )
