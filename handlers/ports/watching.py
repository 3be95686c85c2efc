"""What runs and what it costs, as runtimes tell it to people on call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.ports.runtime_plan import Plan
from handlers.rules.drift import ITS_DATA, ITS_SECRETS

__all__ = [
    "ITS_DATA", "ITS_SECRETS", "Leftover", "Lines", "Machine", "Running", "Wanted", "Watched",
]  # fmt: skip


@dataclass(frozen=True)
class Running:
    """One instance that is there at this moment, alive or not.

    ``image`` names its exact bytes, empty where it was made from ``commit`` alone; ``number``
    tells instances of one operation apart. ``cpu`` is what it used of late, in cores, of at most
    ``cores``; ``memory`` in bytes of at most ``limit``; a bound of 0 is none, and None is what its
    machine does not tell. ``serves`` says whether the address leads to it, ``host`` on which
    machine it is. ``mounts`` are what it finds beside its image, in words: ``ITS_DATA``,
    ``ITS_SECRETS``, and anything else by its kind, where it is from and where it is found.
    """

    service: str
    operation: str
    version: str
    commit: str
    image: str
    number: int
    state: Literal["running", "starting", "unhealthy", "ended"]
    since: datetime | None
    restarts: int
    cpu: float | None
    cores: float
    memory: int | None
    limit: int
    serves: bool
    host: str
    mounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which lines of a log: the last ``tail`` of those written within ``since`` seconds (0: ever)
    that contain ``words``, whatever their case."""

    tail: int = 50
    since: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines of a log, oldest first; ``is_cut`` when older ones could not be looked through."""

    lines: tuple[str, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class Machine:
    """A host with what it has and what of it is free; bytes, and cores that are busy of late.
    ``images`` is what all images take of the disk; of ``most_networks`` as many have room, 0 where
    the host does not say. ``error`` is there instead of figures where it does not answer."""

    name: str
    environments: tuple[str, ...] = ()
    cores: float = 0.0
    busy: float = 0.0
    memory: int = 0
    free_memory: int = 0
    disk: int = 0
    free_disk: int = 0
    running: int = 0
    images: int = 0
    volumes: int = 0
    networks: int = 0
    most_networks: int = 0
    error: str = ""


@dataclass(frozen=True)
class Leftover:
    """Something of ours on a host that nothing runs from: ``id`` finds it again, ``name`` tells
    people what it is, ``size`` is in bytes. What belongs to an ``environment`` that is gone may
    be running still."""

    host: str
    kind: Literal[
        "image", "volume", "release", "container", "network", "service", "config", "process", "data"
    ]
    id: str
    name: str
    size: int = 0
    environment: str = ""


class Watched(Protocol):
    """What every runtime lets people see and change beside deployments.

    Every method returns within seconds and raises PortError when it cannot do what it says.
    """

    def inspect(self, environment: str) -> tuple[Running, ...]:
        """Every instance of every service there, read anew; by service, operation and number.
        What others have put beside them, where that can be seen, is among them by its own name and
        without an operation.

        Never a part of them: PortError when any cannot be read.
        """

    def log(self, environment: str, service: str, wanted: Wanted) -> Lines:
        """What the instances wrote that the address leads to; where it leads to none, those that
        were started last.

        Whatever they write, it takes bounded memory, and each line is text of bounded length
        without control characters. With several instances each line begins with its number.
        Nothing there is no lines. A permanent PortError where lines carry no time and ``since``
        asks for it.
        """

    def hosts(self) -> tuple[Machine, ...]:
        """Every machine that it runs things on, by name. One that does not answer is among them
        with its error, and does not keep the others from answering."""

    def scale(self, plan: Plan) -> None:
        """Have as many instances of ``plan.operation`` serve as its container says.

        New ones serve when they are healthy; those that go finish their requests first. Already
        so is success. What the address does not lead to, an older ``plan.fence`` than that of the
        last switch, and a runtime that has one of each, are permanent PortErrors. New ones that
        are unfit are too, and the old ones still serve then.
        """

    def requests(self, environment: str) -> int | None:
        """How many requests its addresses were asked in all, as what leads them has counted; it may
        begin anew when that does. Health checks are none. None where nobody counts."""

    def restart(self, plan: Plan, old: Collection[datetime]) -> int:
        """Restart those instances of ``plan.operation`` that have run since one of the moments
        ``old``, as ``inspect`` told them, with what they were made of and their data.

        At most half of all are away at any time; with fewer than two, the one. Does what can be
        done now and returns how many are not through yet, to be called again until none is: one
        is through when it is healthy. What the address does not lead to is a permanent PortError.
        """

    def leftovers(
        self, needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        """What of ours could be removed: nothing runs from it, and neither its commit nor its
        image is ``needed``; and all, running or not, that belongs to environments that are
        ``gone``. What others made, and what nobody could bring back, is never among it. Changes
        nothing."""

    def clean(
        self, which: Collection[Leftover], needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        """Remove those of them that are left over still, and nothing else; which those were."""

    def watch(self, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
        """Tell ``changed`` the environment whenever something of ours there begins, ends or is
        changed by anybody, until ``stopping`` says so or for at most a minute: then it is called
        again. A runtime that hears of nothing returns at once."""
