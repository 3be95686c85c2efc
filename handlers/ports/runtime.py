"""What runs releases in an environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.ports.errands import Errands
from handlers.ports.runtime_plan import Container, HealthCheck, Plan, Rollout, Say, silent
from handlers.ports.watching import Watched

__all__ = [
    "Container",
    "HealthCheck",
    "Look",
    "Measured",
    "Plan",
    "Rollout",
    "Runtime",
    "Say",
    "Serving",
    "silent",
]


@dataclass(frozen=True)
class Look:
    """One look at an instance.

    absent: nothing of that operation is there, or it was retired · starting: alive, but gave no
    answer (after a switch that is as bad as unhealthy) · healthy: it answered its health check
    just now · unhealthy: alive, but it answered wrongly · exited: it ended by itself, or what runs
    it has taken it back · switching: the switch was ordered and is still being carried out, well so
    far; one that does not come forward is unhealthy. ``reason`` is one plain sentence; ``log`` the
    last lines it wrote.
    """

    state: Literal["absent", "starting", "healthy", "unhealthy", "exited", "switching"]
    reason: str = ""
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Serving:
    """What the stable address leads to now."""

    operation: str
    version: str
    commit: str
    url: str


@dataclass(frozen=True)
class Measured:
    """What there is room for in an environment, and what runs there: each service that its
    address leads to and that is alive, with its version. Memory and disk are in bytes."""

    cores: float
    memory: int
    disk: int
    running: Mapping[str, str]


class Runtime(Watched, Errands, Protocol):
    """Runs instances of services and leads a stable address to one of them.

    Every method returns within seconds, may be called again after a crash at any point, and
    raises PortError (permanent or not) when it cannot do what it says. Waiting is the caller's.
    """

    def check(self) -> str:
        """One line saying the runtime is ready; PortError otherwise. Starts and changes nothing."""

    def prepare(self, plan: Plan, say: Say = silent) -> None:
        """Fetch what will run (export the commit, pull the image). Changes nothing that serves.

        May take minutes where much has to come from far away, and says now and then how far it is.
        """

    def start(self, plan: Plan) -> None:
        """Make sure one instance of ``plan.operation`` has been started beside what serves.

        Looks before it acts: an instance of this operation that is there, in whatever state, is
        the answer and is not started twice. Receives no traffic yet. Not prepared is a permanent
        PortError.
        """

    def look(self, plan: Plan) -> Look:
        """Look once at the instance of ``plan.operation``; asks its health check."""

    def switch(self, plan: Plan) -> Serving:
        """Lead the stable address to the instance of ``plan.operation``.

        Requests already under way finish where they are. Already so is success. Refuses, as a
        permanent PortError, when that instance is not alive or when ``plan.fence`` is older
        than the fence of the last switch of that service. The same fence with another operation
        is a deployment that takes its own switch back, and is obeyed. A runtime that replaces
        instances one after the other has only begun to when this returns: ``look`` says how far,
        and another call meanwhile helps along what is held up.
        """

    def serving(self, environment: str, service: str) -> Serving | None:
        """What the stable address leads to, read from the runtime itself; None when nothing."""

    def revive(self, plan: Plan) -> None:
        """Make sure that what the address leads to is alive again after the machine or the
        process went away; already alive is success.

        Does not wait until it is healthy. Nothing prepared, or an address that leads to another
        operation than ``plan.operation``, is a permanent PortError.
        """

    def instances(self, environment: str, service: str) -> tuple[str, ...]:
        """The operations of all instances that are alive, serving or not."""

    def measure(self, environment: str) -> Measured:
        """What ``environment`` has at this moment, read anew with every call.

        ``cores`` are those that its services may use, ``memory`` what they could still get,
        ``disk`` what is free where releases are kept. Starts no instance. PortError when unsure,
        never a guess or a part.
        """

    def retire(self, plan: Plan, operation: str) -> None:
        """Drain and stop the instance of ``operation``: no new requests, wait at most
        ``plan.drain`` seconds for those under way, ask it to end, then end it.

        Not there is success. Refuses, as a permanent PortError, to retire what serves.
        """

    def halt(self, environment: str, service: str, drain: float) -> None:
        """Stop every instance of the service there, what serves included, as ``retire`` stops one.
        The address stays with what it led to, until that is revived. Nothing there is success."""

    def prune(self, plan: Plan) -> None:
        """Forget prepared releases of this service beyond the newest ``plan.keep``.

        What runs and what ``plan.operation`` runs from is never removed.
        """

    def forget(self, environment: str, service: str) -> None:
        """Have nothing of the service left there, and its address free for others. For what was
        stopped: while an instance of it is alive it is a permanent PortError. Nothing there is
        success."""
