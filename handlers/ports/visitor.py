"""How the services of an environment are looked at from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """What an address answered: ``status`` is 0 when it did not, and ``text`` says why then."""

    status: int
    text: str = ""


class Visitor(Protocol):
    """Asks services as their users do."""

    def ask(self, address: str, path: str, limit: float) -> Answer:
        """GET ``path`` at ``address`` (host:port) within ``limit`` seconds in all. A redirect is
        an answer like any other; the text is cut at 64 kB. Never raises for what it is told."""
