"""Releases, what was done with them, and who said yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from handlers.subjects import Subject
from handlers.tables.base import Base

OPEN = "state IN ('building', 'waiting', 'queued', 'running')"


class Release(Base):
    """A version of a service and the commit it was resolved to, once."""

    __tablename__ = "releases"
    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str]
    version: Mapped[str]
    commit: Mapped[str]
    subject: Mapped[str]
    tagged_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    order: Mapped[int]
    moved_to: Mapped[str] = mapped_column(default="")
    """The commit its tag names today where that is no longer ``commit``; never followed."""
    needs: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What it needs beside what its service needs, from its commit; None before that was read."""
    needs_problem: Mapped[str] = mapped_column(default="")
    """What is wrong with the file that says so; such a release goes nowhere."""
    artefact: Mapped[str] = mapped_column(default="")
    """The exact image that its version named when it was first there; empty before that."""
    artefact_problem: Mapped[str] = mapped_column(default="")
    """Why that is not known, by the last who was asked."""
    artefact_moved: Mapped[str] = mapped_column(default="")
    """What its version names today where that is no longer ``artefact``; never followed."""
    __table_args__ = (UniqueConstraint("service", "version"),)


class Deployment(Base):
    """One act of bringing a release of a service to an environment, and its request."""

    __tablename__ = "deployments"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    service: Mapped[str]
    environment: Mapped[str]
    version: Mapped[str]
    commit: Mapped[str]
    artefact: Mapped[str] = mapped_column(default="")
    """The exact image that was asked for; empty where none is needed."""
    build: Mapped[int | None]
    """What builds that image, or has; None where it was there already."""
    state: Mapped[str]
    team: Mapped[str]
    requester: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    approvals_needed: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    replaces: Mapped[int | None]
    """The deployment that was live when this one was asked for: where a rollback leads."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    queue_place: Mapped[int | None]
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    log: Mapped[list[Any] | None] = mapped_column(JSON)
    cancelled_by: Mapped[str] = mapped_column(default="")
    made_as: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """How setup and people said that it runs when it went live; None where nobody wrote it down."""
    part_of: Mapped[int | None]
    """The reset that brings its baseline version back by it, under the reset's hold and on the
    reset's card. Until that is over its state is ``in_reset``."""
    __table_args__ = (
        Index(
            "one_running_deployment",
            "environment",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "one_live_deployment",
            "service",
            "environment",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index(
            "one_identical_request",
            "service",
            "environment",
            "version",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("deployments_by_place", "environment", "service", "state"),
    )


class Approval(Base):
    """One person's yes or no to one fingerprint; a second one of the same person cannot exist."""

    __tablename__ = "approvals"
    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    of: Mapped[Subject] = composite(Subject, "subject", "number")
    team: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
