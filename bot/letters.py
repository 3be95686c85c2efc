"""What the courier carries: cards, the history in their threads, and private notices. Each knows
how it is delivered, and what becomes of it where Slack will not have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from bot.post import Post
from bot.views.notices import draw_notice
from bot.views.subjects import SUBJECTS
from handlers import deliveries
from handlers.deliveries import CardDue, NoteDue, NoticeDue
from handlers.setup import InForce, Setup
from handlers.store import Store


@dataclass(frozen=True)
class Rows:
    """What letters are drawn from, as of ``now``."""

    store: Store
    in_force: InForce
    now: Callable[[], datetime]

    @property
    def setup(self) -> Setup:
        return self.in_force.setup


class Letter(Protocol):
    """One message that is due."""

    @property
    def channel(self) -> str:
        """Where it goes: a channel, or a person's id."""

    def deliver(self, post: Post) -> bool:
        """Bring it, and record that; False when nothing was sent."""

    def lost(self) -> None:
        """The message it changes, or answers, was deleted."""

    def divert(self) -> bool:
        """Its channel cannot be reached: have it go elsewhere. False when it cannot."""

    def give_up(self, why: str) -> None:
        """It will never arrive; the reason is kept and it is not tried again."""


def due_letters(rows: Rows) -> list[Letter]:
    """Of each channel and person what goes next: cards before history, oldest first."""
    # Read from the last to the first: what comes between two reads has its card here, or nothing.
    notes = [NoteLetter(rows, due) for due in deliveries.notes_due(rows.store)]
    notices = [NoticeLetter(rows, due) for due in deliveries.notices_due(rows.store)]
    cards = [CardLetter(rows, due) for due in deliveries.cards_due(rows.store)]
    return [*cards, *notices, *notes]


@dataclass(frozen=True)
class CardLetter:
    rows: Rows = field(repr=False)
    due: CardDue

    @property
    def channel(self) -> str:
        return self.due.channel

    def deliver(self, post: Post) -> bool:
        due, rows, shown = self.due, self.rows, SUBJECTS[self.due.of.kind]
        revision, view = deliveries.read_card(
            rows.store, rows.setup, rows.now(), due.of, shown.read
        )
        message = shown.draw(view)
        if due.ts:
            post.change(due.channel, due.ts, message)
        else:
            marker = _marker("card", str(due.of), due.at)
            deliveries.begin_card(rows.store, due.of)
            new = post.once(due.channel, message, marker, due.attempts)
            link = post.permalink(new.channel, new.ts)
            deliveries.card_posted(rows.store, due.of, new.channel, new.ts, link)
            if not new.is_new:
                return False  # it shows what was true when it was posted; it is redrawn next
        deliveries.card_drawn(rows.store, due.of, revision)
        return True

    def lost(self) -> None:
        deliveries.card_lost(self.rows.store, self.due.of)

    def divert(self) -> bool:
        return deliveries.card_to_owner(self.rows.store, self.due.of)

    def give_up(self, why: str) -> None:
        deliveries.card_failed(self.rows.store, self.due.of, why)


@dataclass(frozen=True)
class NoteLetter:
    rows: Rows = field(repr=False)
    due: NoteDue

    @property
    def channel(self) -> str:
        return self.due.channel

    def deliver(self, post: Post) -> bool:
        due, store = self.due, self.rows.store
        message = SUBJECTS[due.of.kind].draw_note(due.code, due.facts)
        if message is None:
            deliveries.note_posted(store, due.id, "-")
            return False
        marker = _marker("note", due.id, due.at)
        deliveries.begin_note(store, due.id)
        new = post.once(due.channel, message, marker, due.attempts, due.thread)
        if name := due.facts.get("file"):
            text = deliveries.build_log(store, int(due.facts["build"]))
            post.attach_if_possible(due.channel, due.thread, str(name), text)
        deliveries.note_posted(store, due.id, new.ts)
        return True

    def lost(self) -> None:
        deliveries.card_lost(self.rows.store, self.due.of)

    def divert(self) -> bool:
        return deliveries.card_to_owner(self.rows.store, self.due.of)

    def give_up(self, why: str) -> None:
        deliveries.note_posted(self.rows.store, self.due.id, f"refused: {why}")


@dataclass(frozen=True)
class NoticeLetter:
    rows: Rows = field(repr=False)
    due: NoticeDue

    @property
    def channel(self) -> str:
        return self.due.channel

    def deliver(self, post: Post) -> bool:
        due, store = self.due, self.rows.store
        message = draw_notice(due.code, due.facts)
        if due.ts:
            post.change(due.channel, due.ts, message)
        else:
            marker = _marker("notice", due.id, due.at)
            deliveries.begin_notice(store, due.id)
            new = post.once(due.channel, message, marker, due.attempts)
            deliveries.notice_posted(store, due.id, new.channel, new.ts)
            if not new.is_new:
                return False  # it may say what was true before the answer; it is redrawn next
            due = replace(due, channel=new.channel, ts=new.ts)
        self._attach(post, due)
        deliveries.notice_drawn(store, due.id, due.revision)
        return True

    def _attach(self, post: Post, due: NoticeDue) -> None:
        """The file that the notice speaks of; it may have been forgotten by now."""
        if name := due.facts.get("file"):
            text = deliveries.long_answer(self.rows.store, int(due.facts["inquiry"]))
            if text:
                post.attach(due.channel, due.ts, str(name), text)

    def lost(self) -> None:
        """Whoever deleted it has read it."""
        self.give_up("deleted")

    def divert(self) -> bool:
        return False

    def give_up(self, why: str) -> None:
        deliveries.notice_failed(self.rows.store, self.due.id, why)


def _marker(what: str, which: object, at: datetime) -> dict[str, Any]:
    """By what a message is recognised, and when it was asked for at the earliest."""
    return {what: which, "asked": int(at.timestamp())}
