"""Who asks, what comes back, and the two kinds of asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Facts = Mapping[str, Any]
"""JSON values only: outcomes are kept in receipts and read back for a twin."""


@dataclass(frozen=True)
class Actor:
    """Who does it. People are ``(team, user)`` Slack ids, never names; the clock is itself."""

    team: str
    user: str
    via: Literal["slack", "command line", "clock"] = "slack"

    @property
    def is_clock(self) -> bool:
        return self.via == "clock"


CLOCK = Actor("", "clock", "clock")


@dataclass(frozen=True)
class Outcome:
    """The command was done; ``code`` says how it ended."""

    code: str
    facts: Facts = field(default_factory=dict)
    refused: bool = False


class Refusal(Exception):
    """An expected no: ``code`` says why, ``facts`` who, since when, until when."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Command:
    """A request that changes rows: claimed once, permitted, decided, audited."""


class Question:
    """A request that only reads."""
