"""What a handler of the ask beat has in hand: one transaction, the setup, the time, who asks.

There is no port here: an ask decides and records in milliseconds and cannot reach the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.messages import Actor
from handlers.setup import Setup


@dataclass(frozen=True)
class Work:
    """Durable work to start: the workflow, the name that makes it start once, the number of
    what it is for, and, where it must take turns, the environment and its place in that queue; else
    the ``queue`` it waits in, where that is not the one for what is in no hurry."""

    workflow: str
    name: str
    number: int
    environment: str = ""
    place: int = 1
    queue: str = ""


Start = Callable[[Session, Work], None]
"""Starts work when the session commits, and never otherwise."""


@dataclass(frozen=True)
class Ask:
    session: Session
    setup: Setup
    now: datetime
    actor: Actor
    start: Start


def stamp(at: datetime | None) -> int | None:
    """A moment as facts carry it: whole seconds since the epoch."""
    return None if at is None else int(at.timestamp())
