"""What Slack shows: of each subject one card and the history in its thread, and private notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from handlers.subjects import Subject
from handlers.tables.base import Base


class Card(Base):
    """The one Slack message that shows one subject: where it stands and what it shows.

    ``revision`` counts the changes of what it should show, ``drawn`` is the one that it does.
    ``attempts`` counts posts that were begun; while there is no ``ts``, a begun post may or may
    not have reached Slack, and the channel's history is looked at before the next attempt.
    ``owner`` gets it directly where the channel cannot be reached.
    """

    __tablename__ = "cards"
    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[Subject] = composite(Subject, "subject", "number")
    channel: Mapped[str]
    owner: Mapped[str]
    opened_at: Mapped[datetime]
    ts: Mapped[str] = mapped_column(default="")
    permalink: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    drawn: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    """Counts up over all cards with every drawing: the lowest has waited longest."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index("cards_by_turn", "turn"),
        Index(
            "cards_behind",
            "channel",
            sqlite_where=text("drawn < revision"),
            postgresql_where=text("drawn < revision"),
        ),
    )


class Note(Base):
    """One line of a subject's history, posted once in its card's thread."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    number: Mapped[int]
    of: Mapped[Subject] = composite(Subject, "subject", "number")
    at: Mapped[datetime]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    ts: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index("notes_by_subject", "subject", "number"),
        Index(
            "notes_to_post",
            "ts",
            sqlite_where=text("ts = ''"),
            postgresql_where=text("ts = ''"),
        ),
    )


class Step(Base):
    """One step of a subject's work; run again it finds its row and does not repeat it."""

    __tablename__ = "steps"
    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    of: Mapped[Subject] = composite(Subject, "subject", "number")
    position: Mapped[int]
    state: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(default="")


class Notice(Base):
    """A private message to one person, redrawn in place when what it says has changed.

    ``code`` and ``facts`` are what it says now; ``about`` is the subject it belongs to, if any.
    ``channel`` is where it stands once it was posted; the rest is as for cards.
    """

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str]
    at: Mapped[datetime]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    subject: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=0)
    about: Mapped[Subject] = composite(Subject, "subject", "number")
    channel: Mapped[str] = mapped_column(default="")
    ts: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    drawn: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index("notices_about", "subject", "number"),
        Index(
            "notices_behind",
            "user",
            sqlite_where=text("drawn < revision"),
            postgresql_where=text("drawn < revision"),
        ),
    )
