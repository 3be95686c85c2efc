"""What ran once for deployments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class HookRun(Base):
    """A hook of one deployment, as it was declared when that began, and what came of it.

    ``state``: planned, begun, done, failed, undone, or stuck where its way back failed, which
    ``back_by`` tried, the number of a deployment. ``sentence`` and ``log`` are of the last failure.
    """

    __tablename__ = "hook_runs"
    deployment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    phase: Mapped[str]
    command: Mapped[list[Any]] = mapped_column(JSON)
    image: Mapped[str]
    timeout: Mapped[int]
    """In seconds."""
    way_back: Mapped[str]
    undo: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="planned")
    began_at: Mapped[datetime | None]
    sentence: Mapped[str] = mapped_column(default="")
    log: Mapped[list[Any] | None] = mapped_column(JSON)
    back_by: Mapped[int] = mapped_column(default=0)
