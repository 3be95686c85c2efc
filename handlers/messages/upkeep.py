"""What the clock asks for, the state of the bot itself, and help."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Command, Question


@dataclass(frozen=True)
class Reconcile(Command):
    """A deployment of ours is open, and the durable engine does not work on it: ``engine`` is the
    engine's own word for its state, empty where it has never heard of it."""

    deployment: int
    engine: str


@dataclass(frozen=True)
class ReconcileBuild(Command):
    """Likewise of a build."""

    build: int
    engine: str


@dataclass(frozen=True)
class ReviveService(Command):
    """What should serve does not run: the machine or the process went away."""

    deployment: int


@dataclass(frozen=True)
class ForgetReceipts(Command):
    """Drop receipts and engine rows older than any delivery that could still repeat them."""


@dataclass(frozen=True)
class ShowStatus(Question):
    """What runs, what waits, what is locked, and whether the bot itself is well."""


@dataclass(frozen=True)
class ShowHelp(Question):
    """What this person may do; ``topic`` is one slash command, or empty for all."""

    topic: str = ""
