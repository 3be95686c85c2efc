"""Facts as sentences use them: each word harmless, and a missing one never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from bot.views import words
from handlers.messages import Facts

NOUNS = {kind: kind for kind in ("reset", "stop", "start", "restart")}
"""What is done with an environment as a whole, in one word; anything else is a preparation."""


@dataclass(frozen=True)
class Told:
    """What an outcome, a refusal, a blocker or a note tells."""

    facts: Facts

    def get(self, name: str) -> Any:
        return self.facts.get(name)

    def __getitem__(self, name: str) -> str:
        """A short text, escaped; empty when it was not told."""
        value = self.facts.get(name)
        return "" if value is None else words.escape(value)

    def long(self, name: str) -> str:
        """A sentence that somebody or something else wrote, ended by a full stop."""
        said = words.escape(self.facts.get(name) or "", 600)
        return said if not said or said[-1] in ".!?…" else f"{said}."

    def code(self, name: str) -> str:
        return words.code(self.facts.get(name) or "")

    def who(self, name: str) -> str:
        return words.person(self.facts.get(name))

    def when(self, name: str) -> str:
        return words.when(self.facts.get(name))

    def has(self, name: str) -> bool:
        return bool(self.facts.get(name))

    def number(self, name: str) -> int:
        value = self.facts.get(name)
        return int(value) if isinstance(value, int | float) and isfinite(value) else 0

    def people(self, name: str, most: int = 8) -> str:
        return words.one_of(map(words.person, self.items(name)), most=most)

    def codes(self, name: str, last: str = "or") -> str:
        return words.one_of(map(words.code, self.items(name)), last)

    def items(self, name: str) -> list[Any]:
        value = self.facts.get(name)
        there = isinstance(value, Iterable) and not isinstance(value, str | Mapping)
        return list(value) if there and value is not None else []

    def each(self, name: str) -> list[Told]:
        return [Told(item) for item in self.items(name) if isinstance(item, Mapping)]

    def part(self, name: str) -> Told:
        value = self.facts.get(name)
        return Told(value if isinstance(value, Mapping) else {})

    @property
    def deployment(self) -> str:
        """``#12``, of a deployment or a preparation, leading to its card where that stands."""
        number = self.facts.get("deployment", self.facts.get("id", self.facts.get("preparation")))
        return words.link(self.facts.get("link"), f"#{words.escape(number or '?', 12)}")

    @property
    def journey(self) -> str:
        """What goes where, in bold: the words by which people know a deployment."""
        if self.has("preparation"):
            noun = NOUNS.get(str(self.facts.get("kind")), "preparation")
            return f"{noun} of *{self['environment']}*"
        if self.facts.get("kind") == "rollback":
            return f"rollback of *{self['service']} to {self['version']} in {self['environment']}*"
        return f"*{self['service']} {self['version']} → {self['environment']}*"
