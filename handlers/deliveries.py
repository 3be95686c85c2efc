"""What Slack has been told: which cards are behind their subjects, which notes and notices unsaid.

The courier reads and writes here. An attempt to post is written down before it is made, so that
after a crash it is known that the message may exist, and it is looked for instead of repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.created import with_created
from handlers.setup import Setup
from handlers.store import Store
from handlers.subjects import Subject
from handlers.tables import Build, Card, Inquiry, Note, Notice

View = TypeVar("View")
Read = Callable[[Session, Setup, datetime, int], View]
"""How the read model of one kind of subject is read, by its number."""


@dataclass(frozen=True)
class CardDue:
    """A card that does not show the newest revision. No ``ts``: it was not posted yet, or a post
    was begun ``attempts`` times and nobody knows whether it arrived."""

    of: Subject
    channel: str
    ts: str
    attempts: int
    at: datetime


@dataclass(frozen=True)
class NoteDue:
    """A line of history that its card's thread does not have yet."""

    id: int
    of: Subject
    channel: str
    thread: str
    attempts: int
    at: datetime
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class NoticeDue:
    """A private message that its person does not have as it is now; ``channel`` is where it
    stands, or the person, whose direct messages have to be opened."""

    id: int
    channel: str
    ts: str
    attempts: int
    revision: int
    at: datetime
    code: str
    facts: Mapping[str, Any]


def cards_due(store: Store) -> list[CardDue]:
    """Of each channel the card that has been behind its subject for longest; given-up ones are
    left alone. Only the next one, because a channel takes one message a second and many may wait.
    """
    order = (Card.turn, Card.subject, Card.number)
    nth = func.row_number().over(partition_by=Card.channel, order_by=order).label("nth")
    due = select(Card, nth).where(Card.drawn < Card.revision, Card.error == "").subquery()
    with store.read() as session:
        rows = session.execute(select(due).where(due.c.nth == 1))
        return [
            CardDue(Subject(c.subject, c.number), c.channel, c.ts, c.attempts, c.opened_at)
            for c in rows
        ]


def notes_due(store: Store) -> list[NoteDue]:
    """Of each channel the oldest unsaid note of a posted card."""
    on_its_card = (Card.subject == Note.subject) & (Card.number == Note.number)
    oldest = (
        select(func.min(Note.id))
        .join(Card, on_its_card)
        .where(Note.ts == "", Card.ts != "", Card.error == "")
        .group_by(Card.channel)
    )
    with store.read() as session:
        rows = session.execute(
            select(Note, Card).join(Card, on_its_card).where(Note.id.in_(oldest))
        ).all()
        return [
            NoteDue(n.id, n.of, c.channel, c.ts, n.attempts, n.at, n.code, n.facts) for n, c in rows
        ]


def notices_due(store: Store) -> list[NoticeDue]:
    """Of each person the oldest notice that is behind; given-up ones are left alone."""
    oldest = (
        select(func.min(Notice.id))
        .where(Notice.drawn < Notice.revision, Notice.error == "")
        .group_by(Notice.user)
    )
    with store.read() as session:
        return [
            NoticeDue(
                n.id, n.channel or n.user, n.ts, n.attempts, n.revision, n.at, n.code, n.facts
            )
            for n in session.scalars(select(Notice).where(Notice.id.in_(oldest)))
        ]


def read_card(
    store: Store, setup: Setup, now: datetime, of: Subject, read: Read[View]
) -> tuple[int, View]:
    """The subject as its card shows it now, and the revision that this is at least."""
    with store.read() as session:
        revision = _card(session, of).revision  # first: what moves meanwhile is drawn again
        return revision, read(session, with_created(session, setup), now, of.number)


def begin_card(store: Store, of: Subject) -> None:
    """Write down that a post is about to be made."""
    with store.write() as session:
        _card(session, of).attempts += 1


def card_posted(store: Store, of: Subject, channel: str, ts: str, permalink: str) -> None:
    with store.write() as session:
        row = _card(session, of)
        row.channel, row.ts, row.permalink = channel, ts, permalink


def card_drawn(store: Store, of: Subject, revision: int) -> None:
    with store.write() as session:
        row = _card(session, of)
        row.drawn = revision
        row.turn = (session.scalar(select(func.max(Card.turn))) or 0) + 1


def card_failed(store: Store, of: Subject, error: str) -> None:
    """Slack refuses this card for good: kept for `/ops status`, not tried again."""
    with store.write() as session:
        _card(session, of).error = error


def card_lost(store: Store, of: Subject) -> None:
    """Somebody deleted the card: what is decided on it must stay visible, so it is posted anew."""
    with store.write() as session:
        row = _card(session, of)
        row.ts, row.permalink, row.drawn, row.attempts = "", "", 0, 0


def card_to_owner(store: Store, of: Subject) -> bool:
    """The channel cannot be reached: have the card go to its owner's direct messages. False when
    it is there already, or that has been tried."""
    with store.write() as session:
        row = _card(session, of)
        if row.channel == row.owner or row.channel.startswith("D"):
            return False
        row.channel, row.attempts = row.owner, 0
        row.ts, row.permalink, row.drawn = "", "", 0
        return True


def _card(session: Session, of: Subject) -> Card:
    return session.get_one(Card, (of.kind, of.number))


def begin_note(store: Store, note: int) -> None:
    with store.write() as session:
        session.get_one(Note, note).attempts += 1


def note_posted(store: Store, note: int, ts: str) -> None:
    """Said, as message ``ts``; a note that is not worth a message is marked with ``-``."""
    with store.write() as session:
        session.get_one(Note, note).ts = ts


def long_answer(store: Store, inquiry: int) -> str:
    """The text that was too long for the notice; empty when it was forgotten."""
    with store.read() as session:
        row = session.get(Inquiry, inquiry)
        return str(row.found.get("text", "")) if row else ""


def build_log(store: Store, build: int) -> str:
    """What a build wrote; empty when it was forgotten."""
    with store.read() as session:
        row = session.get(Build, build)
        return row.said if row else ""


def begin_notice(store: Store, notice: int) -> None:
    with store.write() as session:
        session.get_one(Notice, notice).attempts += 1


def notice_posted(store: Store, notice: int, channel: str, ts: str) -> None:
    with store.write() as session:
        row = session.get_one(Notice, notice)
        row.channel, row.ts = channel, ts


def notice_drawn(store: Store, notice: int, revision: int) -> None:
    with store.write() as session:
        session.get_one(Notice, notice).drawn = revision


def notice_failed(store: Store, notice: int, error: str) -> None:
    """Slack refuses this notice for good: kept for `/ops status`, not tried again."""
    with store.write() as session:
        session.get_one(Notice, notice).error = error
