"""``kill -9`` at every external call and around every durable step of a deployment with hooks that
is taken back. Beside what holds for every deployment: each hook and what undoes it runs once, in
their order, and nothing of them is left."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.docker.engine import Engine
from tests.faults.conftest import opened
from tests.faults.lane import Lane, first_version, run
from tests.faults.line import Ends
from tests.faults.sweep import sweep, together
from tests.faults.test_killed_on_docker import Dock

WRITES = "import sys, time; time.sleep(0.2); open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')"


def hooks(*words: str) -> dict[str, object]:
    """Two hooks, each undone by itself."""
    return {
        "before": [
            {
                "name": name, "way_back": "reversible",
                "command": [*words, name], "undo": [*words, f"not {name}"],
            }
            for name in ("first", "second")
        ]
    }  # fmt: skip


def declare(team: Path, *words: str) -> None:
    setup = json.loads(team.read_text("utf-8"))
    setup["services"]["shop-api"]["hooks"] = hooks(*words)
    team.write_text(json.dumps(setup), "utf-8")


class Hooked(Lane):
    """A lane whose service has hooks that write down that they ran."""

    @property
    def written(self) -> Path:
        return self.team.with_name("written")

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        declare(self.team, sys.executable, "-c", WRITES, str(self.written))


@pytest.fixture(scope="module")
def hooked(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hooked]]:
    folder = tmp_path_factory.mktemp("hooked")
    yield from opened(lambda number: Hooked(folder, shop, number), first_version)


def fails(lane: Hooked, ends: Ends) -> None:
    lane.wait_for_health("0.8s")
    lane.written.write_text("")
    run(lane, ends, lambda: lane.deploy("1.2.0"), "rolled_back", lane.serves)
    assert lane.written.read_text().splitlines() == ["first", "second", "not second", "not first"]
    assert list((lane.line.settings.data / "process" / "errands").iterdir()) == []


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_each_hook_runs_once_and_is_undone_once(hooked: list[Hooked]) -> None:
    sweep(hooked, fails)


class Broken(Hooked):
    """A lane where the second hook fails for one version."""

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        fails = "; import os; sys.exit(3 * (os.environ['STATION_VERSION'] == '1.2.0'))"
        setup = json.loads(self.team.read_text("utf-8"))
        setup["services"]["shop-api"]["hooks"]["before"][1]["command"][2] = WRITES + fails
        self.team.write_text(json.dumps(setup), "utf-8")


@pytest.fixture(scope="module")
def broken(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    lane = Broken(tmp_path_factory.mktemp("broken"), shop, 0)
    first_version(lane)
    yield lane
    lane.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "ends",
    together("after runtime.recall#1", "before runtime.recall#2", "after runtime.recall#1",
             alone=("after runtime.recall#2",)),
)  # fmt: skip
def test_what_has_ended_has_ended_whoever_is_killed_then(broken: Broken, ends: Ends) -> None:
    broken.written.write_text("")
    run(broken, ends, lambda: broken.deploy("1.2.0"), "rolled_back", broken.serves)
    assert broken.line.deaths == len(ends)
    assert broken.written.read_text().splitlines() == ["first", "second", "not first"]


class HookedDock(Dock):
    """The same on an Engine, which tells itself what was started."""

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        declare(self.team, "python3", "-c", "import time; time.sleep(0.2)")

    def started(self, since: int) -> list[str]:
        wanted = {
            "event": ["start"],
            "label": [
                "stationmaster.role=errand", f"stationmaster.environment={self.line.spot.name}",
            ],
        }  # fmt: skip
        asked = f"/events?since={since}&until={int(time.time()) + 1}&filters="
        said = self.engine.ask("GET", asked + quote(json.dumps(wanted)))
        assert isinstance(said, bytes), "one line for each"
        told = [json.loads(line) for line in said.splitlines()]
        return [one["Actor"]["Attributes"]["stationmaster.intent"] for one in told]


@pytest.fixture(scope="module")
def dock(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HookedDock]:
    dock = HookedDock(engine, tmp_path_factory.mktemp("hooked-docks"), shop)
    first_version(dock)
    yield dock
    dock.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "ends",
    together("after runtime.send#1", "before runtime.recall#1", "after runtime.recall#2",
             "after runtime.send#1", alone=("after runtime.send#3",)),
)  # fmt: skip
def test_on_an_engine_each_is_looked_for_and_never_started_again(
    dock: HookedDock, ends: Ends
) -> None:
    since = int(time.time())
    dock.wait_for_health("0.8s")
    run(dock, ends, lambda: dock.deploy("1.2.0"), "rolled_back", dock.serves)
    assert dock.line.deaths == len(ends)
    names = [name.removesuffix(f"-{dock.line.newest().id}") for name in dock.started(since)]  # type: ignore[union-attr]
    assert names == ["hook-first", "hook-second", "undo-second", "undo-first"]


SPOILS = (
    "import os, pathlib; pathlib.Path(os.environ['SHOP_DATA'], 'catalogue.json')"
    ".write_text(os.environ['STATION_VERSION'])"
)


class Copied(Lane):
    """A lane whose service has a hook that changes its data."""

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        command = [sys.executable, "-c", SPOILS]
        hook = {"name": "rewrite", "way_back": "needs_backup", "command": command}
        setup = json.loads(self.team.read_text("utf-8"))
        setup["services"]["shop-api"]["hooks"] = {"before": [hook]}
        self.team.write_text(json.dumps(setup), "utf-8")

    @property
    def catalogue(self) -> str:
        place = self.line.settings.data / "volumes" / self.line.spot.name / "shop-api" / "data"
        return (place / "catalogue.json").read_text("utf-8")


@pytest.fixture(scope="module")
def copied(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    lane = Copied(tmp_path_factory.mktemp("copied"), shop, 0)
    first_version(lane)
    yield lane
    lane.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "ends",
    together("after runtime.halt#1", "after volumes.back_up#1", "before runtime.revive#1",
             "after runtime.halt#1", "after volumes.put_back#1", "before runtime.revive#1",
             alone=("after runtime.halt#2", "before runtime.revive#2")),
)  # fmt: skip
def test_whenever_it_is_killed_the_data_is_that_from_before_the_hook(
    copied: Copied, ends: Ends
) -> None:
    """It stands still for its copy, so nobody asks meanwhile."""
    copied.wait_for_health("0.8s")
    line, before = copied.line, copied.catalogue
    assert before == copied.serves
    line.begin(ends)
    copied.deploy("1.2.0")
    row = line.settle()
    assert line.deaths == len(ends)
    line.check(row, "rolled_back", copied.serves)
    assert copied.catalogue == before
