"""How a swarm places containers and replaces them, and what it keeps for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from handlers.setup.forms import CONSTRAINT, KEPT, Duration, formed
from handlers.setup.part import Part

Constraints = tuple[Annotated[str, formed(CONSTRAINT)], ...]
Kept = tuple[Annotated[str, formed(KEPT)], ...]


class Swarm(Part):
    """What a whole environment says of it. ``entry`` are constraints on the nodes where its
    addresses answer; without any, every node does."""

    order: Literal["start-first", "stop-first"] = "start-first"
    on_failure: Literal["rollback", "pause", "continue"] = "rollback"
    monitor: Duration | None = None
    """As long as the service itself is watched, if it is not said."""
    constraints: Constraints = ()
    entry: Constraints = ()


class Placed(Part):
    """What one service says of it, on top of what its environment says."""

    constraints: Constraints = ()
    secrets: Kept = ()
    configs: Kept = ()


HEALTH = ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:{port}{path}")
Words = Annotated[tuple[str, ...], Field(min_length=1)]
