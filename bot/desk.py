"""The desk: one question or command in, one answer out, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.reply import reply
from bot.views.message import Message
from handlers.gate import Gate
from handlers.messages import Actor, Command, Outcome, Question

REREAD = {
    "unknown_version": "read_catalogue",
    "unknown_person": "read_directory",
    "directory_stale": "read_directory",
    "not_permitted": "read_directory",
    "needs_unread": "read_catalogue",
    "unsuitable": "measure",
}
"""Refusals that what was read a moment ago may already contradict: read again right away."""


@dataclass(frozen=True)
class Desk:
    """The gate, and a bell for what should be read again."""

    gate: Gate
    reread: Callable[[str], None]

    def take(self, message: Command | Question, actor: Actor, key: str) -> Outcome:
        if isinstance(message, Command):
            outcome = self.gate.submit(message, actor, key)
        else:
            outcome = self.gate.ask(message, actor)
        return self._noted(outcome)

    def refusal(self, command: Command, actor: Actor) -> Outcome | None:
        """What keeps the actor from it before a word is typed."""
        outcome = self.gate.refusal(command, actor)
        return outcome and self._noted(outcome)

    def answer(self, message: Command | Question, actor: Actor, key: str) -> Message:
        return reply(self.take(message, actor, key))

    def _noted(self, outcome: Outcome) -> Outcome:
        if outcome.refused:
            blockers = outcome.facts.get("blockers", ())
            codes = [outcome.code, *(blocker["code"] for blocker in blockers)]
            for what in dict.fromkeys(REREAD[code] for code in codes if code in REREAD):
                self.reread(what)
        return outcome
