"""What runs: reading it, changing how many there are, and tidying up after it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Command, Question


@dataclass(frozen=True)
class ReadLog(Command):
    """The last ``tail`` lines that a service wrote within ``since`` seconds (0: ever), and that
    contain ``words``."""

    environment: str
    service: str
    since: float = 0.0
    tail: int = 50
    words: str = ""


@dataclass(frozen=True)
class ScaleService(Command):
    """How many instances of a service run. Far fewer than now needs a ``reason``."""

    environment: str
    service: str
    replicas: int
    reason: str = ""


@dataclass(frozen=True)
class ShowHosts(Question):
    """What every machine has, and what is free there."""


@dataclass(frozen=True)
class PlanEnvironment(Command):
    """What an environment is to be against what really runs there, read anew."""

    environment: str


@dataclass(frozen=True)
class FindLeftovers(Command):
    """What could be removed from the hosts; the power is needed in every environment."""

    environment: str = "all"


@dataclass(frozen=True)
class CleanUp(Command):
    """Remove what was listed in the answer to an inquiry, where it is left over still."""

    inquiry: int
    environment: str = "all"
