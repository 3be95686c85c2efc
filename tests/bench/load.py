"""Command to ack, beside an app that only acks: by turns, because the machine has its moods."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.crowd import Acks, Crowd
from tests.bench.mix import Said, mix
from tests.bench.place import BARE, BOT, Place, open_place, running, versions

ONE, SOME, ALL = "1 client", "16 clients", "at once"


@dataclass(frozen=True)
class Size:
    """How much of everything. ``turns`` of each app; lines of each kind in one turn."""

    turns: int = 3
    warm: int = 40
    one: int = 60
    some: int = 500
    all: int = 200

    @property
    def tags(self) -> int:
        """Versions needed so that no request is asked twice unless it is meant to be."""
        lines = 2 * self.turns * (self.warm + self.one + self.some + self.all)
        return lines // 2 // (2 * ENVIRONMENTS) + 1


ENVIRONMENTS = 10


@dataclass
class Measured:
    """What was seen of one app over all its turns."""

    acks: dict[str, Acks] = field(default_factory=lambda: {k: Acks() for k in (ONE, SOME, ALL)})
    starts: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def measure(home: Path, size: Size) -> tuple[Measured, Measured]:
    """The bare app and ours, by turns on one workspace."""
    bare, ours = Measured(), Measured()
    with open_place(home, {"prod": ENVIRONMENTS}, size.tags) as place:
        lines = mix(place.spots, versions(size.tags))
        crowd = Crowd(place.workspace)
        for _ in range(size.turns):
            for app, seen in ((BARE, bare), (BOT, ours)):
                _turn(place, app, seen, crowd, lines, size)
    return bare, ours


def _turn(
    place: Place, app: tuple[str, ...], seen: Measured, crowd: Crowd, lines: Iterator[Said],
    size: Size,
) -> None:  # fmt: skip
    _begin_a_new_day(place)
    with running(place, app) as process:
        seen.starts.append(process.started_in)
        seen.megabytes.append(process.megabytes)
        time.sleep(1)  # the bot reads the repositories right after its first start
        crowd.types(list(itertools.islice(lines, size.warm)), 4)
        for name, count, clients in (
            (ONE, size.one, 1),
            (SOME, size.some, 16),
            (ALL, size.all, size.all),
        ):
            seen.acks[name].add(crowd.types(list(itertools.islice(lines, count)), clients))
            _until_decided(place)
        seen.megabytes.append(process.megabytes)


def _until_decided(place: Place) -> None:
    """What was acked is decided after it; the next measurement begins on an empty desk."""
    inbox = place.home / "data" / "inbox.db"
    until = time.monotonic() + 120
    while inbox.exists() and time.monotonic() < until:
        with closing(sqlite3.connect(inbox)) as connection:
            if not connection.execute("SELECT count(*) FROM inbox").fetchone()[0]:
                return
        time.sleep(0.2)


def _begin_a_new_day(place: Place) -> None:
    """What was asked for is decided and told, so that requests do not pile up by the thousand."""
    database = place.home / "data" / "stationmaster.db"
    if not database.exists():
        return
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE deployments SET state = 'expired'")
        connection.execute("UPDATE cards SET error = 'over'")
