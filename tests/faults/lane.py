"""One environment with two good versions, its bot and its traffic, and one flow with one death."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.server import Playground
from tests.databases import migrated
from tests.faults.line import Ends, Line, Prober
from tests.station import MANIFEST, make_spots, seed, settings, write_team
from tests.workspace import Workspace


class Lane:
    """One line with what it stands on."""

    KIND = "prod"
    IS_BESIDE_OTHERS = False
    """Whether other lanes have environments of theirs in the same place at the same time."""

    def __init__(self, folder: Path, shop: Path, number: int) -> None:
        spots = make_spots({self.KIND: 1})
        if self.IS_BESIDE_OTHERS:
            spots = spots.named(f"{type(self).__name__.lower()}-{os.getpid()}")
        self.playground = Playground(MANIFEST, seed(spots))
        self.playground.start()
        home = folder / f"lane-{number}"
        home.mkdir()
        self.team, self.shop, self.spots = home / "team.yml", shop, spots
        self.wait_for_health("20s")
        told = settings(self.playground.base_url, home, self.team)
        migrated(told.database_url)
        spot = spots.by_kind[self.KIND][0]
        self.line = Line(Workspace(self.playground.base_url), spot, told, home / "passed")
        self.serves = ""

    def wait_for_health(self, timeout: str) -> None:
        """What a version gets to become healthy, from the next start of the bot on."""
        health = {"path": "/healthz", "timeout": timeout}
        write_team(self.team, self.shop, self.spots, health=health, watch="0.2s")
        self.team.write_text(
            self.team.read_text().replace('"tier": "production"', '"tier": "test"')
        )

    def deploy(self, version: str) -> None:
        self.line.ask(f"/deploy shop-api {version} to {self.line.spot.name}", "U0ANA")

    def roll_back(self, version: str) -> None:
        self.line.ask(f"/rollback shop-api in {self.line.spot.name} to {version}", "U0OPAL")

    def close(self) -> None:
        self.line.stop()
        self.line.store.close()
        data = self.line.settings.data
        ProcessRuntime(data / "process", GitSource(data / "repositories")).stop_everything()
        self.playground.stop()


GOOD = ("1.0.0", "1.1.0")


def first_version(lane: Lane) -> None:
    """A good version is live here."""
    _bring(lane, GOOD[0])


def both_versions(lane: Lane) -> None:
    """Both good versions have been live here, so that each can be rolled back to."""
    for version in GOOD:
        _bring(lane, version)


def _bring(lane: Lane, version: str) -> None:
    lane.deploy(version)
    lane.line.check(lane.line.settle(), "live", version)
    lane.serves = version


def other(version: str) -> str:
    return GOOD[1 - GOOD.index(version)]


def run(lane: Lane, ends: Ends, act: Callable[[], None], state: str, serves: str) -> None:
    """One flow that dies at each of ``ends``, under traffic, and then the oracles."""
    line = lane.line
    line.stop()
    with Prober(line.spot.url(), {lane.serves, serves}) as prober:
        line.begin(ends)
        act()
        row = line.settle()
    assert prober.wrong == []
    line.check(row, state, serves)
    lane.serves = serves
