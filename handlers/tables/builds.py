"""Images that are built from the commits of releases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base

UNDER_WAY = "state IN ('queued', 'running')"


class Build(Base):
    """One build of the image of a service from a commit; deployments wait for it.

    ``state``: queued, running, built, failed or cancelled. ``pushed`` is the exact image by what
    the Engine says, ``artefact`` by what the registry itself says, ``failure`` why there is none.
    ``said`` is what the build wrote, with secrets hidden; it is forgotten after a while.
    """

    __tablename__ = "builds"
    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str]
    version: Mapped[str]
    commit: Mapped[str]
    state: Mapped[str]
    team: Mapped[str]
    requester: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pushed: Mapped[str] = mapped_column(default="")
    artefact: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "one_build_under_way",
            "service",
            "commit",
            unique=True,
            sqlite_where=text(UNDER_WAY),
            postgresql_where=text(UNDER_WAY),
        ),
        Index("builds_by_service", "service", "state"),
    )
