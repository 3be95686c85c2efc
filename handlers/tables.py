"""The rows. Rules that must hold whoever writes stand here as constraints, not in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Utc(TypeDecorator[datetime]):
    """An aware moment, kept as UTC without a zone: SQLite has no zones and would drop it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        datetime: Utc,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Receipt(Base):
    """Proof that one delivery was handled, with the answer it got."""

    __tablename__ = "receipts"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    refused: Mapped[bool]


class AuditEntry(Base):
    """One thing that was asked, decided or done; each hash covers the one before it."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    team: Mapped[str]
    actor: Mapped[str]
    via: Mapped[str]
    action: Mapped[str]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """The last entry of the chain; writers take turns by locking this one row."""

    __tablename__ = "audit_head"
    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[int]
    hash: Mapped[str]


class Account(Base):
    """A Slack account as the directory last reported it."""

    __tablename__ = "accounts"
    team: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    is_bot: Mapped[bool]
    is_guest: Mapped[bool]
    is_deactivated: Mapped[bool]
    is_stranger: Mapped[bool]


class GroupMember(Base):
    __tablename__ = "group_members"
    group: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)


class Reading(Base):
    """When something outside was last read, and what went wrong since, if anything."""

    __tablename__ = "readings"
    of: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


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
    revision: Mapped[int] = mapped_column(default=1)
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
            sqlite_where=text("state IN ('waiting', 'queued', 'running')"),
            postgresql_where=text("state IN ('waiting', 'queued', 'running')"),
        ),
        Index("deployments_by_place", "environment", "service", "state"),
    )


class Approval(Base):
    """One person's yes or no to one fingerprint; a second one of the same person cannot exist."""

    __tablename__ = "approvals"
    deployment: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Step(Base):
    """One step of a deployment's work; run again it finds its row and does not repeat it."""

    __tablename__ = "steps"
    deployment: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    state: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(default="")


class Lock(Base):
    """A hold on an environment. ``operation`` holds are taken by durable work while it runs;
    ``failure`` holds keep people out until somebody states that the cause is gone."""

    __tablename__ = "locks"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    kind: Mapped[str]
    deployment: Mapped[int | None] = mapped_column(ForeignKey("deployments.id"))
    owner: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
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


class Card(Base):
    """The one Slack message that shows one deployment: where it stands and what it shows.

    ``attempts`` counts posts that were begun; while there is no ``ts``, a begun post may or may
    not have reached Slack, and the channel's history is looked at before the next attempt.
    """

    __tablename__ = "cards"
    deployment: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    channel: Mapped[str]
    ts: Mapped[str] = mapped_column(default="")
    permalink: Mapped[str] = mapped_column(default="")
    drawn: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    """Counts up over all cards with every drawing: the lowest has waited longest."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("cards_by_turn", "turn"),)


class Note(Base):
    """One line of a deployment's history, posted once in the card's thread."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    deployment: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    at: Mapped[datetime]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    ts: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index(
            "notes_to_post",
            "ts",
            sqlite_where=text("ts = ''"),
            postgresql_where=text("ts = ''"),
        ),
    )
