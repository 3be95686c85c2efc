"""App Homes as the courier brings them: drawn anew when something has happened, published when
that has changed what the person sees."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from bot.letters import Letter, Rows
from bot.post import Post
from bot.reply import reply
from bot.views.board import draw_board, draw_home
from bot.views.message import Message
from bot.views.told import Told
from handlers import homes
from handlers.ask import Work
from handlers.gate import Gate
from handlers.homes import HomeDue
from handlers.messages import Outcome, ShowBoard

CHANNEL = "App Homes"
"""All of them take turns: Slack takes about a hundred in a minute, of everybody's together."""


def next_home(rows: Rows) -> list[Letter]:
    """The one Home that is drawn next, if any is behind."""
    due = homes.next_due(rows.store, rows.now())
    return [HomeLetter(rows, due)] if due else []


@dataclass(frozen=True)
class HomeLetter:
    rows: Rows = field(repr=False)
    due: HomeDue

    @property
    def channel(self) -> str:
        return CHANNEL

    def deliver(self, post: Post) -> bool:
        """Publish it unless it shows this already, which is so most of the time."""
        at = self.rows.now()
        view = draw_home(_drawn(_gate(self.rows).ask(ShowBoard(), self.due.actor)))
        shown = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        is_new = shown != self.due.shown
        if is_new:
            post.publish(self.due.actor.user, view)
        homes.drawn(self.rows.store, self.due, at, shown)
        return is_new

    def lost(self) -> None:
        self.give_up("lost")

    def divert(self) -> bool:
        return False

    def give_up(self, why: str) -> None:
        homes.failed(self.rows.store, self.due, why)


def _gate(rows: Rows) -> Gate:
    """A board is asked for at the one door as well: who may see nothing is told why."""
    return Gate(rows.store, rows.in_force, rows.now, _starts_nothing)


def _starts_nothing(session: Session, work: Work) -> None:
    raise AssertionError("a question starts no work")


def _drawn(outcome: Outcome) -> Message:
    return draw_board(Told(outcome.facts)) if outcome.code == "board" else reply(outcome)
