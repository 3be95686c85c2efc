"""What people asked of running services: questions that the network answers, and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class Inquiry(Base):
    """A question whose answer is outside: asked here, answered by durable work, told in private.

    ``words`` is what exactly was asked, by ``kind``; ``found`` the answer as others need it, such
    as the file that is too long for a message. Rows are forgotten after a day.
    """

    __tablename__ = "inquiries"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    words: Mapped[dict[str, Any]]
    team: Mapped[str]
    user: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    found: Mapped[dict[str, Any]]


class Scaling(Base):
    """Somebody's order of how many instances of a service run. The newest that was carried out is
    what later deployments keep."""

    __tablename__ = "scalings"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    service: Mapped[str]
    replicas: Mapped[int]
    before: Mapped[int]
    team: Mapped[str]
    requester: Mapped[str]
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    queue_place: Mapped[int]
    state: Mapped[str]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("scalings_by_service", "environment", "service", "state"),)


class HostReading(Base):
    """A machine as it was last read; ``told_at`` is when people were told that its disk is nearly
    full, none once there is room again."""

    __tablename__ = "host_readings"
    runtime: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime | None]
