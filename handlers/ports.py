"""The ports: what the act beat asks of the outside world, and the frozen values exchanged there.

The docstring of each method is its contract; tests/contracts holds every implementation to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.rules.secrets import hide


class PortError(Exception):
    """An outside failure, in one sentence a person can act on.

    ``permanent`` says that trying again is useless until somebody changes something. What has the
    shape of a secret is hidden here already: addresses of repositories carry passwords.
    """

    def __init__(self, message: str, permanent: bool = False) -> None:
        super().__init__(hide(message))
        self.message = hide(message)
        self.permanent = permanent


@dataclass(frozen=True)
class Tag:
    """A version name in a repository and the commit it names at the moment of reading."""

    version: str
    commit: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Change:
    """One commit, as the approval card shows it."""

    commit: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Changes:
    """What a deployment brings (``ahead``) and takes away (``behind``), newest commit first.

    ``commits`` is cut at the asked limit; the counts are not.
    """

    commits: tuple[Change, ...]
    ahead: int
    behind: int


@dataclass(frozen=True)
class File:
    """One file as text; where it cannot be that, ``problem`` says why in one sentence."""

    text: str = ""
    problem: str = ""


class Source(Protocol):
    """Where releases come from: a version control system."""

    def check(self, repository: str) -> str:
        """One line saying the repository answers; PortError otherwise. Within 10 s."""

    def versions(self, repository: str) -> tuple[Tag, ...]:
        """Every release version, newest version first; fetches what is new before it answers.

        A tag ``v1.2.0`` and a tag ``1.2.0`` are both version ``1.2.0``; tags that are no
        version are left out. PortError when the repository cannot be reached. Within 30 s.
        """

    def changes(self, repository: str, since: str | None, until: str, limit: int) -> Changes:
        """The commits in ``until`` that are not in ``since`` (all of them when it is None).

        Both are full commit ids. An unknown commit is a permanent PortError.
        """

    def export(self, repository: str, commit: str, into: str) -> None:
        """Write the tree of ``commit`` to the folder ``into``, whole or not at all.

        Idempotent: a folder that is already there is a finished export and is left alone.
        Nothing outside ``into`` is written, whatever the tree contains.
        """

    def read(
        self, repository: str, commits: tuple[str, ...], path: str
    ) -> Mapping[str, File | None]:
        """What ``path`` is in the tree of each of ``commits``; None where there is no such file.

        A problem is what is no file, is larger than 64 KiB, or is not UTF-8; a link is the text
        that it is, and never followed. An unknown commit is a permanent PortError. Within 10 s.
        """


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
class Plan:
    """All a runtime needs to bring one release of one service to one environment.

    ``operation`` names the deployment everywhere (labels, folders, log lines); ``fence`` grows
    with every deployment, so that a runtime can refuse an order older than the last it obeyed.
    ``address`` is the stable ``host:port`` that people and other services use.
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


@dataclass(frozen=True)
class Look:
    """One look at an instance.

    absent: nothing of that operation is there, or it was retired · starting: alive, but gave no
    answer (after a switch that is as bad as unhealthy) · healthy: it answered its health check
    just now · unhealthy: alive, but it answered wrongly · exited: it ended by itself. ``reason``
    is one plain sentence; ``log`` the last lines it wrote.
    """

    state: Literal["absent", "starting", "healthy", "unhealthy", "exited"]
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


class Runtime(Protocol):
    """Runs instances of services and leads a stable address to one of them.

    Every method returns within seconds, may be called again after a crash at any point, and
    raises PortError (permanent or not) when it cannot do what it says. Waiting is the caller's.
    """

    def check(self) -> str:
        """One line saying the runtime is ready; PortError otherwise. Starts and changes nothing."""

    def prepare(self, plan: Plan) -> None:
        """Fetch what will run (export the commit, pull the image). Changes nothing that serves."""

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
        is a deployment that takes its own switch back, and is obeyed.
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

    def prune(self, plan: Plan) -> None:
        """Forget prepared releases of this service beyond the newest ``plan.keep``.

        What runs and what ``plan.operation`` runs from is never removed.
        """


class Probe(Protocol):
    """Looks at a service of others that an environment has."""

    def version(self, address: str) -> str:
        """The version that the service at ``address`` says it has, such as ``14.8``.

        ``http://host:port/path`` is asked for its path, ``tcp://host:port/WORDS`` is told the
        words and a line's end; without words it is only listened to. The version is the first
        dotted number of the answer, or the first number after ``#words`` at the end of the
        address. No redirects, no more than 16 KiB, within 3 s. PortError when there is no answer,
        and a permanent one when there is no version in it.
        """


@dataclass(frozen=True)
class Volume:
    """The data of one service in one environment, and what it holds at its baseline: what the
    folder ``baseline`` holds, with the files of ``seeds`` laid over it in their order."""

    environment: str
    service: str
    baseline: str = ""
    seeds: tuple[str, ...] = ()


class Volumes(Protocol):
    """Keeps the data of services. Whoever calls sees to it that nobody writes there meanwhile.

    Every method may be called again after a crash at any point, and raises PortError when it
    cannot do what it says.
    """

    def check(self) -> str:
        """One line saying that data can be kept; PortError otherwise. Changes nothing."""

    def where(self, volume: Volume) -> str:
        """What its service is told to find it by, the same for ever. Makes nothing."""

    def provision(self, volume: Volume) -> bool:
        """Make sure it exists, empty at first; what is in it stays. Whether anything is in it."""

    def restore(self, volume: Volume, operation: str) -> int:
        """Replace what is in it by its baseline, whole or not at all; how many files it has now.

        Nothing outside is written, whatever links the baseline has. A folder of the baseline or
        of the seeds that is not there is a permanent PortError, and what is there stays.
        """


@dataclass(frozen=True)
class Person:
    """A Slack account as the directory reports it; the ids are its identity, never the name."""

    team: str
    user: str
    name: str
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False
    is_deactivated: bool = False
    is_stranger: bool = False


class Directory(Protocol):
    """Who is who: the workspace's people and user groups."""

    def people(self) -> tuple[Person, ...]:
        """Every account of the workspace, deactivated ones included. PortError when unsure."""

    def members(self, group: str) -> tuple[str, ...]:
        """User ids in the user group ``group``. PortError when unsure, never a partial list."""
