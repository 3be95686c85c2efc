"""The desk: one question or command in, one answer out, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.links import Links
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

LOOKED_AT = {"environment": "look_around", "hosts": "read_hosts"}
"""Answers from readings that whoever looks again will want to be newer."""


@dataclass(frozen=True)
class Desk:
    """The gate, and a bell for what should be read again."""

    gate: Gate
    reread: Callable[[str], None]
    links: Links | None = None
    """The addresses of calendars; None where the web server is off."""

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
        return reply(self._with_links(self.take(message, actor, key)))

    def _with_links(self, outcome: Outcome) -> Outcome:
        """Addresses are told to the one who asked, and stand nowhere else."""
        if outcome.code != "calendar_links" or self.links is None:
            return outcome
        facts, links = outcome.facts, self.links
        which = int(facts["feed"]), int(facts["generation"])
        told = [
            {"environment": name, "url": links.address(*which, name)}
            for name in ("", *facts["environments"])
        ]
        return Outcome(outcome.code, {**facts, "addresses": told})

    def _noted(self, outcome: Outcome) -> Outcome:
        if outcome.code in LOOKED_AT:
            self.reread(LOOKED_AT[outcome.code])
        if outcome.refused:
            blockers = outcome.facts.get("blockers", ())
            codes = [outcome.code, *(blocker["code"] for blocker in blockers)]
            for what in dict.fromkeys(REREAD[code] for code in codes if code in REREAD):
                self.reread(what)
        return outcome
