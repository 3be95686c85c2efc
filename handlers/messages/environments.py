"""Environments: which there are, and opening a locked one."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Command, Question


@dataclass(frozen=True)
class ClearLock(Command):
    """Open a locked environment; ``claim`` names the lock that was seen, so a newer one stays."""

    environment: str
    claim: int
    reason: str


@dataclass(frozen=True)
class ShowLock(Question):
    """The lock that somebody is about to open; without a claim the one that would be opened."""

    environment: str
    claim: int = 0


@dataclass(frozen=True)
class ShowBoard(Question):
    """What waits for this person, what they hold, and how every environment is."""


@dataclass(frozen=True)
class ListEnvironments(Question):
    pass


@dataclass(frozen=True)
class ShowEnvironment(Question):
    environment: str
