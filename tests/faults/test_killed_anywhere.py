"""``kill -9`` at every external call and around every durable step of a deployment that goes
live, of one that is rolled back, and of a rollback. Whatever happens: nothing twice, nothing
lost, the last good version serves, the card is right, the audit chain holds."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.server import Playground
from tests.databases import migrated
from tests.faults.line import Line, Prober
from tests.station import MANIFEST, make_spots, seed, settings, write_team
from tests.workspace import Workspace

LANES = 4
"""Lines that are swept side by side, each with its own workspace, database and environment."""

SAMPLE, EVERY_POINT = 5, "STATION_TESTS_EVERY_POINT"
"""Every fifth point, others in each flow; with this set, as `make sweep` does, all of them."""

REPEATED = re.compile(
    r"(look|chat\.update|postMessage|serving|instances|getPermalink|accepting|deciding|versions)"
    r"#(\d+)$"
)
"""Calls that repeat in a loop: the first two of them stand for all."""


def worth(point: str) -> bool:
    repeated = REPEATED.search(point)
    return not repeated or int(repeated[2]) <= 2


def sweep(lanes: list[Any], points: list[str], flow: Callable[[Any, str], bool]) -> None:
    """Go through a flow once for each point, dying there; hardly any may fail to come by."""

    def part(number: int) -> list[str]:
        missed = []
        for point in points[number::LANES]:
            try:
                died = flow(lanes[number], point)
            except AssertionError as error:
                raise AssertionError(f"killed at {point!r}: {error}") from error
            missed += [] if died else [point]
        return missed

    with ThreadPoolExecutor(LANES) as pool:
        missed = [point for some in pool.map(part, range(LANES)) for point in some]
    assert len(missed) <= len(points) // 10, missed


class Lane:
    """One line with what it stands on."""

    KIND = "prod"

    def __init__(self, folder: Path, shop: Path, number: int) -> None:
        spots = make_spots({self.KIND: 1})
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


@pytest.fixture(scope="module")
def lanes(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Lane]]:
    folder = tmp_path_factory.mktemp("faults")
    lanes = [Lane(folder, shop, number) for number in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(first_versions, lanes))
    yield lanes
    for lane in lanes:
        lane.close()


def first_versions(lane: Lane) -> None:
    """Both good versions have been live here, so that each can be rolled back to."""
    for version in GOOD:
        lane.deploy(version)
        lane.line.check(lane.line.settle(), "live", version)
        lane.serves = version


def other(version: str) -> str:
    return GOOD[1 - GOOD.index(version)]


def goes_live(lane: Lane, end: str) -> bool:
    target = other(lane.serves)
    return run(lane, end, lambda: lane.deploy(target), "live", target)


def fails(lane: Lane, end: str) -> bool:
    lane.wait_for_health("0.8s")
    return run(lane, end, lambda: lane.deploy("1.2.0"), "rolled_back", lane.serves)


def rolls_back(lane: Lane, end: str) -> bool:
    lane.wait_for_health("20s")
    target = other(lane.serves)
    return run(lane, end, lambda: lane.roll_back(target), "live", target)


Flow = Callable[[Lane, str], bool]


def run(lane: Lane, end: str, act: Callable[[], None], state: str, serves: str) -> bool:
    """One flow with one death at ``end``, under traffic, and then the oracles. False when this
    time it did not come to ``end``: how often something is looked at depends on the machine."""
    line = lane.line
    line.stop()
    line.passed.write_text("")
    line.deaths = 0
    with Prober(line.spot.url(), {lane.serves, serves}) as prober:
        line.start(end)
        act()
        row = line.settle()
    assert prober.wrong == [], end
    assert line.deaths <= (1 if end else 0)
    line.check(row, state, serves)
    lane.serves = serves
    return line.deaths == 1


FLOWS: list[Flow] = [goes_live, fails, rolls_back]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flow", FLOWS)
def test_whenever_it_is_killed_it_ends_as_if_it_had_not_been(lanes: list[Lane], flow: Flow) -> None:
    flow(lanes[0], "")
    points = [p for p in lanes[0].line.passed.read_text().splitlines() if worth(p)]
    assert len(points) > 25
    if not os.environ.get(EVERY_POINT):
        points = points[FLOWS.index(flow) * SAMPLE // len(FLOWS) :: SAMPLE]

    sweep(lanes, points, flow)
