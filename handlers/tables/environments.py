"""Environments that were made from blueprints, and who holds an environment, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
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


class Created(Base):
    """An environment that was made from a blueprint. ``shape`` is what it was made as, addresses
    included: a blueprint that changes later does not change what is there.

    ``state`` is open, going (it is being destroyed), stuck (that stopped) or gone. ``attempt``
    counts how often it was begun to be destroyed.
    """

    __tablename__ = "created"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    blueprint: Mapped[str]
    shape: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str]
    team: Mapped[str]
    owner: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    queue_place: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    going_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    ending: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")

    @property
    def requester(self) -> str:
        """Who asked for what is done with it now."""
        return self.ended_by or self.owner

    __table_args__ = (
        Index(
            "one_environment_of_a_name",
            "environment",
            unique=True,
            sqlite_where=text("state <> 'gone'"),
            postgresql_where=text("state <> 'gone'"),
        ),
    )


class Declaration(Base):
    """A time in which the setup file had an environment, as it was seen from ``since`` until it was
    seen to be taken out; ``until`` is None while the file has it."""

    __tablename__ = "declarations"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "one_open_declaration",
            "environment",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )


class Stop(Base):
    """A time in which an environment is stopped on purpose: what is live there on record does not
    run, and comes back as it was. ``by`` is who had it stopped, the clock for itself."""

    __tablename__ = "stops"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "one_stop_at_a_time",
            "environment",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Stay(Base):
    """Somebody's word that an environment is to run until then, whatever its hours say."""

    __tablename__ = "stays"
    environment: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    by: Mapped[str]
    at: Mapped[datetime]


class Idle(Base):
    """Whether an environment is used. ``count`` is what its routers last said that they were asked
    in all, None where they do not count; ``asked_at`` when that had last grown. ``told_at`` is when
    its owner was told that it is idle, by that ``notice``; none while it is used."""

    __tablename__ = "idles"
    environment: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    notice: Mapped[int] = mapped_column(default=0)


class TakenPort(Base):
    """A port that one of them has: no two can have it at once, whoever makes them."""

    __tablename__ = "taken_ports"
    port: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created: Mapped[int]
