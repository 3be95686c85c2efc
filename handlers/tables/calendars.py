"""Pictures that were asked for, and whose calendars others may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class Picture(Base):
    """A picture of some environments' calendar that somebody asked for.

    ``channel`` is where it goes: a channel, or the person where ``wanted`` could not be reached or
    none was. ``file`` is what Slack called the last
    one that was uploaded, which may or may not have been shared before a crash.
    """

    __tablename__ = "pictures"
    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    user: Mapped[str]
    environments: Mapped[list[Any]] = mapped_column(JSON)
    channel: Mapped[str]
    wanted: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    file: Mapped[str] = mapped_column(default="")
    posted_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "pictures_to_post",
            "channel",
            sqlite_where=text("posted_at IS NULL"),
            postgresql_where=text("posted_at IS NULL"),
        ),
    )


class Feed(Base):
    """Somebody's secret addresses. No secret is kept: each is made of a key that stands in the data
    folder, this row's number and its ``generation``, which counts up when they are renewed."""

    __tablename__ = "feeds"
    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    user: Mapped[str]
    generation: Mapped[int] = mapped_column(default=1)
    renewed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("team", "user"),)
