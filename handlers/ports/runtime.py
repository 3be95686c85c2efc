"""What runs releases in an environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class HealthCheck:
    """How an instance proves it is fit to serve: an HTTP path that answers 2xx, without redirects.

    ``timeout`` is the whole time an instance has to become healthy; times are in seconds.
    """

    path: str = "/healthz"
    timeout: float = 30.0
    interval: float = 0.25
    request_timeout: float = 2.0


@dataclass(frozen=True)
class Rollout:
    """How a cluster places containers, and replaces those of one version by those of another.

    ``order`` is what comes first where one is replaced: the start of the new one, or the stop of
    the old one. The cluster watches each new one for ``monitor`` seconds and does ``on_failure``
    by itself. ``health`` is a program of the image, with its words, that says whether a container
    is fit to serve, asked every ``every`` seconds; {port} and {path} are filled in. Only nodes
    that meet all ``constraints`` get any. ``secrets`` and ``configs`` are names of what the
    cluster keeps: containers find them as files in /run/secrets and /run/configs.
    """

    order: Literal["start-first", "stop-first"] = "start-first"
    on_failure: Literal["rollback", "pause", "continue"] = "rollback"
    monitor: float = 5.0
    health: tuple[str, ...] = ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:{port}{path}")
    every: float = 2.0
    constraints: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Container:
    """How a service runs where containers run it.

    ``image`` names exact bytes, never a tag: ``name@sha256:…`` of a registry, or ``sha256:…``, the
    id of an image that no registry has. The service listens on ``port`` inside. ``replicas`` are
    as many containers of one operation, each with ``cpu`` cores and ``memory`` bytes at most;
    they come and go at most ``surge`` at a time, with at most ``unavailable`` missing. ``user`` is
    whom it runs as, where that is not what the image says.
    """

    image: str
    port: int = 8080
    replicas: int = 1
    cpu: float = 1.0
    memory: int = 256 * 2**20
    surge: int = 1
    unavailable: int = 0
    read_only: bool = False
    user: str = ""
    rollout: Rollout = Rollout()


@dataclass(frozen=True)
class Plan:
    """All a runtime needs to bring one release of one service to one environment.

    ``operation`` names the deployment everywhere (labels, folders, log lines); ``fence`` grows
    with every deployment, so that a runtime can refuse an order older than the last it obeyed.
    ``address`` is the stable ``host:port`` that people and other services use. ``container`` is
    there for runtimes that run containers; ``command`` may be empty there, the image has its own.
    """

    operation: str
    fence: int
    environment: str
    service: str
    version: str
    commit: str
    repository: str
    command: tuple[str, ...]
    address: str
    variables: tuple[tuple[str, str], ...] = ()
    health: HealthCheck = HealthCheck()
    drain: float = 10.0
    keep: int = 5
    container: Container | None = None


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


Say = Callable[[str], None]
"""Is told how far a long task is, in a few words."""


def silent(words: str) -> None:
    """For who does not want to know."""


class Runtime(Protocol):
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
