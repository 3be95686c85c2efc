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


@dataclass(frozen=True)
class CreateEnvironment(Command):
    """Make a short-lived environment from a blueprint; without ``when`` it lives as long as the
    blueprint says."""

    environment: str
    blueprint: str
    when: str = ""
    reason: str = ""


@dataclass(frozen=True)
class KeepEnvironment(Command):
    """Have one that was made from a blueprint end at another time; ``created`` is the one that
    was seen."""

    environment: str
    when: str
    created: int = 0


@dataclass(frozen=True)
class DestroyEnvironment(Command):
    """Stop everything in one that was made from a blueprint, remove its data, free its addresses.
    Also tries again where that stopped; ``created`` is the one that was seen."""

    environment: str
    reason: str
    created: int = 0


@dataclass(frozen=True)
class StopEnvironment(Command):
    """Have nothing run there until it is started again or deployed to. ``seen`` names what the one
    who asks was told that this hits, empty before that."""

    environment: str
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True)
class StartEnvironment(Command):
    """Have everything run again that ran before it was stopped."""

    environment: str
    reason: str = ""


@dataclass(frozen=True)
class RestartEnvironment(Command):
    """Restart the instances of a service, or of all, at most half of them at a time; ``seen`` as
    for ``StopEnvironment``."""

    environment: str
    service: str = ""
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True)
class KeepRunning(Command):
    """Have it run until then, whatever its working hours say."""

    environment: str
    when: str


@dataclass(frozen=True)
class SweepStops(Command):
    """Start and stop what is due by working hours and bookings."""


@dataclass(frozen=True)
class SweepEnvironments(Command):
    """Remind owners of ends that come near, and destroy what is over."""


@dataclass(frozen=True)
class CompareSetup(Command):
    """Tell people once where the setup file has changed under what was made by it."""


@dataclass(frozen=True)
class ReconcileDestruction(Command):
    """One is being destroyed, and the durable engine does not work on it."""

    created: int
    engine: str
