"""What the outside said when it was last read: people, groups, and when that was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


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


class Measurement(Base):
    """One fact of an environment as it was last read, and what went wrong since, if anything.
    ``name`` is cpu, memory, disk or ``service:…``; ``value`` null says that there is none."""

    __tablename__ = "measurements"
    environment: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
