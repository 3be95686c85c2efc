"""What a runtime is told of a release that it is to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Say = Callable[[str], None]
"""Is told how far a long task is, in a few words."""


def silent(words: str) -> None:
    """For who does not want to know."""


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
    whom it runs as, where that is not what the image says. What ``keeps_data`` finds the service's
    own volume where ``Volumes`` says. ``secrets`` are names with the file of this machine that each
    is read from when the first container of an operation is made: all of them find the files in
    /run/secrets, to be read only, and neither what the runtime tells nor what it keeps on record
    has them in it.
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
    keeps_data: bool = False
    secrets: tuple[tuple[str, str], ...] = ()
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
