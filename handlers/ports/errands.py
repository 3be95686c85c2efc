"""Programs that run once beside what serves, and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.ports.runtime_plan import Plan, Say, silent


@dataclass(frozen=True)
class Errand:
    """A program that runs once, in the release of ``plan`` and with its variables.

    ``name`` tells the errands of one operation apart. ``words`` are the program and what it is
    told, never a shell. Where containers run it, ``image`` names its exact bytes; empty is the
    plan's own.
    """

    plan: Plan
    name: str
    words: tuple[str, ...]
    image: str = ""


@dataclass(frozen=True)
class Report:
    """How an errand is: ``code`` is the exit code of one that has ended, None where nobody knows
    it any more. ``reason`` is one plain sentence; ``log`` the last lines that it wrote."""

    state: Literal["absent", "running", "ended"]
    code: int | None = None
    reason: str = ""
    log: tuple[str, ...] = ()


class Errands(Protocol):
    """Sends programs that run once. Every method may be called again after a crash at any point,
    and raises PortError when it cannot do what it says."""

    def send(self, errand: Errand, say: Say = silent) -> None:
        """Make sure that it was begun, once.

        Looks before it acts: one of that name that is there, running or ended, is the answer and is
        not begun again. Fetches its image where that is another than the plan's, which may take
        minutes. A plan that is not prepared is a permanent PortError. It is no instance: no address
        ever leads to it.
        """

    def report(self, errand: Errand) -> Report:
        """How it is now; what has ended stays ended, with its code, until it is recalled."""

    def recall(self, errand: Errand) -> None:
        """End it if it still runs, and leave nothing of it. Not there is success."""
