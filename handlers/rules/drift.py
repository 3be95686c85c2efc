"""What an environment is to run against what runs there, line by line. Drift is what differs though
neither the setup file nor a deployment nor an order to scale says so: somebody else changed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

AS_DECLARED, DIFFERS, MISSING = "as_declared", "differs", "missing"
NOT_DECLARED, UNKNOWN = "not_declared", "unknown"
DEPLOY, PREPARE, RESET = "deploy", "prepare", "reset"
ITS_DATA, ITS_SECRETS = "its data", "its secrets"
"""Among what is mounted: what the bot itself has mounted there."""


@dataclass(frozen=True)
class How:
    """How many instances, within which limits; a limit of 0 is none. Memory is in bytes.
    ``mounts`` are what each finds beside its image, in words; None where nobody says."""

    replicas: int
    cores: float = 0.0
    memory: int = 0
    mounts: str | None = None


@dataclass(frozen=True)
class Declared:
    """One service as it is to run. ``operation`` is the deployment that is live on record, empty
    where none is; ``was`` is how it was made, ``now`` what setup and people say today. ``was`` is
    None where nobody wrote it down: then nobody can say who changed what differs."""

    service: str
    now: How
    was: How | None = None
    operation: str = ""
    version: str = ""
    commit: str = ""
    image: str = ""
    baseline: str = ""


@dataclass(frozen=True)
class Seen:
    """One instance as it was read; limits as in ``How``."""

    service: str
    operation: str
    version: str
    commit: str
    image: str
    state: str
    cores: float
    memory: int
    serves: bool
    mounts: str = ""

    @property
    def is_up(self) -> bool:
        return self.state in ("running", "starting")


@dataclass(frozen=True)
class Line:
    """One line of the comparison. ``remedy`` names the command that brings it back, if one does."""

    service: str
    what: str
    state: str
    declared: Any = None
    runs: Any = None
    remedy: str = ""
    is_drift: bool = False


def digest(image: str) -> str:
    """The exact bytes that an image's name stands for; the name itself where it names none."""
    _, found, exact = image.rpartition("sha256:")
    return exact if found else image


def compare(
    declared: Iterable[Declared], there: Sequence[Seen], ours: Collection[str]
) -> tuple[Line, ...]:
    """Every service that is declared, then what runs beside. ``ours`` are the operations that the
    bot itself has started there at any time."""
    wanted = list(declared)
    known = {one.service for one in wanted}
    lines = [line for one in wanted for line in _service(one, there, ours)]
    beside = [one for one in there if one.service not in known and one.is_up]
    return (*lines, *_not_declared(beside, ours))


def drift(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.is_drift)


def _service(one: Declared, there: Sequence[Seen], ours: Collection[str]) -> list[Line]:
    here = [seen for seen in there if seen.service == one.service and seen.is_up]
    mine = [seen for seen in here if seen.operation == one.operation]
    beside = _not_declared([seen for seen in here if seen not in mine], ours)
    if not one.operation:
        return [Line(one.service, "service", MISSING, remedy=DEPLOY), *beside]
    if not mine:
        gone = Line(one.service, "service", MISSING, one.version, None, PREPARE, is_drift=True)
        return [gone, *beside]
    return [_version(one), _exact(one, mine), *_numbers(one, mine), _address(one, mine), *beside]


def _version(one: Declared) -> Line:
    if one.baseline and one.baseline != one.version:
        return Line(one.service, "baseline", DIFFERS, one.baseline, one.version, RESET)
    return Line(one.service, "version", AS_DECLARED, one.version, one.version)


def _exact(one: Declared, mine: Sequence[Seen]) -> Line:
    """Containers are bound to an image, processes to a commit."""
    what, wanted = ("image", digest(one.image)) if one.image else ("commit", one.commit)
    found = [digest(seen.image) if one.image else seen.commit for seen in mine]
    other = next((exact for exact in found if exact != wanted), wanted)
    if other == wanted:
        return Line(one.service, what, AS_DECLARED, wanted, wanted)
    return Line(one.service, what, DIFFERS, wanted, other, DEPLOY, is_drift=True)


def _numbers(one: Declared, mine: Sequence[Seen]) -> list[Line]:
    lines = [_replicas(one, len(mine))]
    for what in ("cores", "memory"):
        now = getattr(one.now, what)
        if now:
            before = getattr(one.was, what) if one.was else None
            lines.append(_same(one, what, now, before, [getattr(seen, what) for seen in mine]))
    if one.now.mounts is not None:
        before = one.was.mounts if one.was else None
        lines.append(_same(one, "mounts", one.now.mounts, before, [seen.mounts for seen in mine]))
    return lines


def _replicas(one: Declared, count: int) -> Line:
    now, was = one.now.replicas, one.was.replicas if one.was else None
    if count == now:
        return Line(one.service, "replicas", AS_DECLARED, now, count)
    remedy = PREPARE if count < now else DEPLOY
    changed = was is not None and count != was
    return Line(one.service, "replicas", DIFFERS, now, count, remedy, is_drift=changed)


def _same(one: Declared, what: str, now: Any, was: Any, found: Sequence[Any]) -> Line:
    """Each instance is to have what was declared when it was made, or what is now."""
    other = next((value for value in found if value not in (now, was)), None)
    if other is not None:
        is_drift = was is not None
        return Line(one.service, what, DIFFERS, now, other, DEPLOY, is_drift)
    old = next((value for value in found if value != now), None)
    if old is not None:
        return Line(one.service, what, DIFFERS, now, old, DEPLOY)
    return Line(one.service, what, AS_DECLARED, now, now)


def _address(one: Declared, mine: Sequence[Seen]) -> Line:
    if any(seen.serves for seen in mine):
        return Line(one.service, "address", AS_DECLARED, one.version, one.version)
    return Line(one.service, "address", DIFFERS, one.version, None, DEPLOY, is_drift=True)


def _not_declared(found: Iterable[Seen], ours: Collection[str]) -> list[Line]:
    """What the bot has started itself and left behind is no change by others."""
    by_name: dict[str, list[Seen]] = {}
    for seen in found:
        by_name.setdefault(seen.service, []).append(seen)
    return [
        Line(
            service, "beside", NOT_DECLARED, None, _named(there),
            is_drift=any(one.operation not in ours for one in there),
        )
        for service, there in by_name.items()
    ]  # fmt: skip


def _named(there: Sequence[Seen]) -> str:
    first = there[0]
    return first.version or first.image or first.operation
