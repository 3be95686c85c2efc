"""What Slack can show: a subject is a kind and the number of its row.

Each kind has its row in ``bot/views/subjects.py``: how it is read and how its card is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

DEPLOYMENT, BOOKING, LOCK = "deployment", "booking", "lock"
PREPARATION, CREATED, BUILD = "preparation", "created", "build"


@dataclass(frozen=True)
class Subject:
    """One thing with a card and a history, such as ``deployment`` 12."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def deployment(number: int) -> Subject:
    return Subject(DEPLOYMENT, number)


def booking(number: int) -> Subject:
    return Subject(BOOKING, number)


def preparation(number: int) -> Subject:
    """An environment that is prepared or reset."""
    return Subject(PREPARATION, number)


def created(number: int) -> Subject:
    """An environment that was made from a blueprint."""
    return Subject(CREATED, number)


def build(number: int) -> Subject:
    """A build has no card of its own: it is shown on those of the deployments that wait for it."""
    return Subject(BUILD, number)


def lock(number: int) -> Subject:
    """A lock that a person took; what failed has its own card."""
    return Subject(LOCK, number)
