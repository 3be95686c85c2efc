"""What is to be shown of a subject: its one card, and its history in the card's thread.

Called in the transaction that changes the subject; the courier tells Slack afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from handlers.subjects import Subject
from handlers.tables import Card, Note


def open_card(session: Session, of: Subject, at: datetime, channel: str, owner: str) -> None:
    """Have a card posted in ``channel``; where that cannot be reached it goes to ``owner``."""
    session.add(Card(of=of, opened_at=at, channel=channel, owner=owner))


def touch(session: Session, of: Subject) -> None:
    """What the card shows has changed: have it redrawn. No card is no harm."""
    _touch(session, Card.of == of)


def touch_all(session: Session, kind: str, numbers: Select[int]) -> None:
    """``touch`` for every subject of a kind that a query finds."""
    _touch(session, (Card.subject == kind) & Card.number.in_(numbers))


def _touch(session: Session, which: ColumnElement[bool]) -> None:
    moved = update(Card).where(which).values(revision=Card.revision + 1)
    session.execute(moved.execution_options(synchronize_session=False))


def note(session: Session, of: Subject, at: datetime, code: str, /, **facts: Any) -> None:
    """Add a line to the subject's history and have its card redrawn."""
    session.add(Note(of=of, at=at, code=code, facts=facts))
    touch(session, of)


def last_note(session: Session, of: Subject, *codes: str) -> Note | None:
    """The newest line of its history, or the newest of one of ``codes``."""
    lines = select(Note).where(Note.of == of).order_by(Note.id.desc()).limit(1)
    return session.scalar(lines.where(Note.code.in_(codes)) if codes else lines)


def link(session: Session, of: Subject) -> str:
    """Where its card stands in Slack; empty until it was posted."""
    card = session.get(Card, (of.kind, of.number))
    return card.permalink if card else ""
