"""What Slack shows of it: one card, and the history in its thread."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


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
