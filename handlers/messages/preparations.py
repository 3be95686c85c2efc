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
    """Data back to its baseline, whatever is there now."""

    environment: str
    reason: str


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
