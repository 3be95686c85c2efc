"""Where services keep their data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Volume:
    """The data of one service in one environment, and what it holds at its baseline: what the
    folder ``baseline`` holds, with the files of ``seeds`` laid over it in their order.

    ``user`` is whom its service runs as where containers run it, as ``Container`` says it. ``host``
    is where one was found that nobody declares any more; empty is this machine.
    """

    environment: str
    service: str
    baseline: str = ""
    seeds: tuple[str, ...] = ()
    user: str = ""
    host: str = field(default="", compare=False)


@dataclass(frozen=True)
class Backup:
    """A copy of a volume: where it is, how many files and bytes, and the SHA-256 of them all."""

    place: str
    files: int
    size: int
    digest: str


class Volumes(Protocol):
    """Keeps the data of services. Whoever calls sees to it that nobody writes there meanwhile.

    Every method may be called again after a crash at any point, and raises PortError when it
    cannot do what it says.
    """

    def check(self) -> str:
        """One line saying that data can be kept; PortError otherwise. Changes nothing."""

    def where(self, volume: Volume) -> str:
        """What its service is told to find it by, the same for ever. Makes nothing."""

    def files(self, volume: Volume) -> int | None:
        """How many files are in it; None where it does not exist. Changes nothing."""

    def provision(self, volume: Volume) -> bool:
        """Make sure it exists, empty at first, and that its service may write there; what is in it
        stays. Whether anything is in it."""

    def restore(self, volume: Volume, operation: str) -> int:
        """Replace what is in it by its baseline, whole or not at all; how many files it has now.

        Nothing outside is written, whatever links the baseline has. A folder of the baseline or
        of the seeds that is not there is a permanent PortError, and what is there stays.
        """

    def back_up(self, volume: Volume, operation: str) -> Backup:
        """Keep a copy of it under the name ``operation``. One that is there already and whole is
        the answer and is left alone. A copy appears under its name only when it is complete."""

    def left(self, gone: Collection[str]) -> tuple[Volume, ...]:
        """The volumes that exist in the environments ``gone``, without their baselines."""

    def put_back(self, volume: Volume, operation: str) -> Backup:
        """Replace what is in it by the copy that is kept under the name ``operation``, whole or not
        at all. No whole copy of that name is a permanent PortError, and what is there stays."""

    def remove(self, volume: Volume) -> None:
        """Have nothing of it left but its backups; nobody uses it. Not there is success."""
