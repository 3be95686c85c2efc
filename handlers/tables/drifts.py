"""What environments run against what they are to be, where that differs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class Drift(Base):
    """One thing of an environment that was changed outside the bot.

    ``noticed_at`` is when it was seen first; ``told_at`` when it had stayed and people were told,
    none before that; ``absent_at`` when it was first seen to be over, and ``cleared_at`` when that
    had stayed too.
    """

    __tablename__ = "drifts"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    service: Mapped[str]
    what: Mapped[str]
    declared: Mapped[Any] = mapped_column(JSON)
    runs: Mapped[Any] = mapped_column(JSON)
    remedy: Mapped[str] = mapped_column(default="")
    noticed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    absent_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "one_open_drift",
            "environment",
            "service",
            "what",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )


class ToldChange(Base):
    """What people were told last of how an environment differs from the setup file: what is told
    once is not told again until it is something else."""

    __tablename__ = "told_changes"
    environment: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]
