"""Whose App Home is kept up to date, and what it shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class Home(Base):
    """The App Home of one person, once they have opened it.

    ``revision`` counts the openings, ``drawn`` is the one that was answered. ``mark`` says how far
    the rows were when it was last drawn, ``shown`` is the hash of what it shows.
    """

    __tablename__ = "homes"
    team: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    drawn: Mapped[int] = mapped_column(default=0)
    mark: Mapped[str] = mapped_column(default="")
    shown: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
