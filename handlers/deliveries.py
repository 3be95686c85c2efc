"""What Slack has been told: which cards are behind their rows, and which notes are unsaid.

The courier reads and writes here. An attempt to post is written down before it is made, so that
after a crash it is known that the message may exist, and it is looked for instead of repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from handlers.setup import Setup
from handlers.snapshots import CardView, card
from handlers.store import Store
from handlers.tables import Card, Deployment, Note


@dataclass(frozen=True)
class CardDue:
    """A card that does not show the newest revision. No ``ts``: it was not posted yet, or a post
    was begun ``attempts`` times and nobody knows whether it arrived."""

    deployment: int
    channel: str
    ts: str
    attempts: int
    revision: int


@dataclass(frozen=True)
class NoteDue:
    """A line of history that its card's thread does not have yet."""

    id: int
    deployment: int
    channel: str
    thread: str
    attempts: int
    at: datetime
    code: str
    facts: Mapping[str, Any]


def cards_due(store: Store) -> list[CardDue]:
    """Of each channel the card that has been behind its row for longest; given-up ones are left
    alone. Only the next one, because a channel takes one message a second and many may wait."""
    turn = func.row_number().over(partition_by=Card.channel, order_by=(Card.turn, Card.deployment))
    due = (
        select(Card.deployment, Card.channel, Card.ts, Card.attempts, Deployment.revision)
        .add_columns(turn.label("turn"))
        .join(Deployment, Deployment.id == Card.deployment)
        .where(Card.drawn < Deployment.revision, Card.error == "")
        .subquery()
    )
    with store.read() as session:
        rows = session.execute(select(due).where(due.c.turn == 1)).all()
        return [CardDue(*row[:-1]) for row in rows]


def notes_due(store: Store) -> list[NoteDue]:
    """Of each channel the oldest unsaid note of a posted card."""
    oldest = (
        select(func.min(Note.id))
        .join(Card, Card.deployment == Note.deployment)
        .where(Note.ts == "", Card.ts != "", Card.error == "")
        .group_by(Card.channel)
    )
    with store.read() as session:
        rows = session.execute(
            select(Note, Card)
            .join(Card, Card.deployment == Note.deployment)
            .where(Note.id.in_(oldest))
        ).all()
        return [
            NoteDue(n.id, n.deployment, c.channel, c.ts, n.attempts, n.at, n.code, n.facts)
            for n, c in rows
        ]


def read_card(store: Store, setup: Setup, now: datetime, deployment: int) -> CardView:
    with store.read() as session:
        return card(session, setup, now, deployment)


def begin_card(store: Store, deployment: int) -> None:
    """Write down that a post is about to be made."""
    with store.write() as session:
        session.get_one(Card, deployment).attempts += 1


def card_posted(store: Store, deployment: int, channel: str, ts: str, permalink: str) -> None:
    with store.write() as session:
        row = session.get_one(Card, deployment)
        row.channel, row.ts, row.permalink = channel, ts, permalink


def card_drawn(store: Store, deployment: int, revision: int) -> None:
    with store.write() as session:
        row = session.get_one(Card, deployment)
        row.drawn = revision
        row.turn = (session.scalar(select(func.max(Card.turn))) or 0) + 1


def card_failed(store: Store, deployment: int, error: str) -> None:
    """Slack refuses this card for good: kept for `/ops status`, not tried again."""
    with store.write() as session:
        session.get_one(Card, deployment).error = error


def begin_note(store: Store, note: int) -> None:
    with store.write() as session:
        session.get_one(Note, note).attempts += 1


def note_posted(store: Store, note: int, ts: str) -> None:
    """Said, as message ``ts``; a note that is not worth a message is marked with ``-``."""
    with store.write() as session:
        session.get_one(Note, note).ts = ts


def card_lost(store: Store, deployment: int) -> None:
    """Somebody deleted the card: what is decided on it must stay visible, so it is posted anew."""
    with store.write() as session:
        row = session.get_one(Card, deployment)
        row.ts, row.permalink, row.drawn, row.attempts = "", "", 0, 0


def card_to_requester(store: Store, deployment: int) -> bool:
    """The channel cannot be reached: have the card go to the requester's direct messages. False
    when it is there already, or that has been tried."""
    with store.write() as session:
        row = session.get_one(Card, deployment)
        requester = session.get_one(Deployment, deployment).requester
        if row.channel == requester or row.channel.startswith("D"):
            return False
        row.channel, row.attempts = requester, 0
        row.ts, row.permalink, row.drawn = "", "", 0
        return True
