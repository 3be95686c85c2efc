"""Bringing an environment to what its blueprint says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.messages.base import Command


@dataclass(frozen=True)
class PrepareEnvironment(Command):
    """Data where there is none, processes where none run, and a smoke test."""

    environment: str
    reason: str = ""


@dataclass(frozen=True)
class ResetEnvironment(Command):
    """Data and versions back to their baseline, whatever is there now."""

    environment: str
    reason: str


@dataclass(frozen=True)
class ApproveReset(Command):
    """One person's yes to a reset that needs it, as it was seen."""

    preparation: int
    fingerprint: str


@dataclass(frozen=True)
class RejectReset(Command):
    """One person's no to a reset, with the reason; whoever asked for it may take it back so."""

    preparation: int
    fingerprint: str
    reason: str


@dataclass(frozen=True)
class WithdrawPreparation(Command):
    """Take back what was asked for and has not begun; without a ``preparation`` the one that
    waits there."""

    environment: str
    preparation: int = 0


@dataclass(frozen=True)
class ReconcilePreparation(Command):
    """A preparation is open, and the durable engine does not work on it: ``engine`` is the
    engine's own word for its state, empty where it has never heard of it."""

    preparation: int
    engine: str


@dataclass(frozen=True)
class DecidePreparation(Command):
    """What becomes of a step that failed; ``attempt`` is the one that was seen."""

    preparation: int
    attempt: int
    choice: Literal["retry", "skip", "abort"]
